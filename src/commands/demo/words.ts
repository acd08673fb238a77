/** The demo's short sentences about files and drafts. */

import { NO_COUNTS } from '../../jobs/intake/receipt.ts';
import type { WaitingDraft } from '../../load/orders/waiting-drafts.ts';
import type { FileCounts } from '../../model.ts';
import { counted } from '../print.ts';

interface CountedFile {
  readonly result: { readonly status: string; readonly counts: FileCounts };
}

export function plural(count: number, noun: string): string {
  return `${count} ${noun}${count === 1 ? '' : 's'}`;
}

/** `17 files, 405 rows: 388 new, 14 refused; 1 duplicate, 3 rejected`. */
export function filesLine(files: readonly CountedFile[]): string {
  const counts = addCounts(files);
  const rows = told([
    [counts.created, 'new'],
    [counts.updated, 'changed'],
    [counts.unchanged, 'the same'],
    [counts.rejected, 'refused'],
  ]);
  const whole = (status: string) => files.filter(({ result }) => result.status === status).length;
  const outcomes = told([
    [whole('duplicate'), 'known already'],
    [whole('rejected'), 'rejected'],
    [whole('held'), 'held'],
  ]);
  const ofRows = counts.read === 0 ? '' : `, ${counted(counts.read, 'row')}${rows === '' ? '' : ` (${rows})`}`;
  return `${plural(files.length, 'file')}${outcomes === '' ? '' : ` (${outcomes})`}${ofRows}`;
}

/** `13 drafts (13 first-order, 1 no-card)`. */
export function countDrafts(drafts: readonly WaitingDraft[]): string {
  const byCode = Map.groupBy(
    drafts.flatMap(({ codes }) => codes),
    (code) => code,
  );
  const codes = told([...byCode].map(([code, all]) => [all.length, code]));
  return `${plural(drafts.length, 'draft')} (${codes})`;
}

export function addCounts(files: readonly CountedFile[]): FileCounts {
  const sum = { ...NO_COUNTS };
  for (const { result } of files) {
    for (const name of Object.keys(sum) as (keyof FileCounts)[]) sum[name] += result.counts[name];
  }
  return sum;
}

/** Lines of at most `width` columns, parted between words; a no-break space keeps two together. */
export function wrap(text: string, width = 110): string[] {
  const lines: string[] = [];
  for (const word of text.split(' ')) {
    const last = lines.at(-1);
    if (last !== undefined && last.length + 1 + word.length <= width) lines[lines.length - 1] = `${last} ${word}`;
    else lines.push(word);
  }
  return lines.map((line) => line.replaceAll('\u00a0', ' '));
}

function told(parts: readonly (readonly [number, string])[]): string {
  return parts
    .filter(([count]) => count > 0)
    .map(([count, word]) => `${count} ${word}`)
    .join(', ');
}
