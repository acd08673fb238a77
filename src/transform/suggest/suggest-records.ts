/** Owns whether the lines of an unknown file of fixed width say their type, and what each type brings. */
import type { SuggestContext } from './suggest-columns.ts';
import type { SuggestedCut } from './suggest-counts.ts';
import { suggestCuts } from './suggest-fixed-width.ts';

/** Types of lines, as the option `file.rows` of a layout says them. Positions are 1-based and inclusive. */
export interface SuggestedRecords {
  readonly type: readonly [from: number, to: number];
  readonly ignore: readonly string[];
  readonly context: readonly { readonly type: string; readonly cut: SuggestedCut }[];
  readonly row: string;
  readonly trailer: { readonly type: string; readonly count: readonly [from: number, to: number] } | null;
}

const MOST_TYPES = 8;

/**
 * Null when every line is a row. The cuts of the rows themselves are beside it. `lines` are the first of the file and its last,
 * `total` how many it has.
 */
export function suggestRecords(
  lines: readonly string[],
  total: number,
  context: SuggestContext,
): { readonly records: SuggestedRecords; readonly cuts: SuggestedCut[] } | null {
  for (const width of [3, 2, 1]) {
    const found = withTypesOf(width, lines, total, context);
    if (found !== null) return found;
  }
  return null;
}

function withTypesOf(width: number, lines: readonly string[], total: number, context: SuggestContext) {
  const groups = new Map<string, string[]>();
  for (const line of lines) {
    const type = line.slice(0, width);
    groups.set(type, [...(groups.get(type) ?? []), line]);
  }
  if (groups.size < 2 || groups.size > MOST_TYPES || [...groups.keys()].some((type) => !/^[A-Z\d]+$/.test(type))) {
    return null;
  }
  const trailer = trailerOf(lines, total, width);
  const first = lines[0]?.slice(0, width) ?? '';
  const isHeader = groups.get(first)?.length === 1;
  if (trailer === null && !isHeader) return null;
  const inner = [...groups].filter(([type]) => type !== trailer?.type && !(isHeader && type === first));
  const cutsOf = new Map(inner.map(([type, own]) => [type, suggestCuts(own, width + 1, context)]));
  const [row] = inner
    .filter(([type]) => cutsOf.get(type)?.some(({ field }) => field === 'quantity'))
    .sort(([, one], [, other]) => other.length - one.length);
  if (row === undefined) return null;
  const cuts = cutsOf.get(row[0]) ?? [];
  const known = new Set(cuts.map(({ field }) => field));
  const set: SuggestedRecords['context'][number][] = [];
  for (const [type] of inner) {
    if (type === row[0]) continue;
    for (const cut of cutsOf.get(type) ?? []) {
      if (known.has(cut.field) || cut.field === 'quantity' || cut.field === 'faceValue') continue;
      known.add(cut.field);
      set.push({ type, cut });
    }
  }
  const told = new Set([row[0], trailer?.type, ...set.map(({ type }) => type)]);
  const records: SuggestedRecords = {
    type: [1, width],
    ignore: [...groups.keys()].filter((type) => !told.has(type)),
    context: set,
    row: row[0],
    trailer,
  };
  return { records, cuts };
}

/** The last line, alone of its type, when it holds the number of lines before it. */
function trailerOf(lines: readonly string[], total: number, width: number): SuggestedRecords['trailer'] {
  const last = lines.at(-1) ?? '';
  const type = last.slice(0, width);
  if (lines.filter((line) => line.startsWith(type)).length !== 1) return null;
  const digits = /^\d+/.exec(last.slice(width))?.[0] ?? '';
  if (digits === '' || Number(digits) !== total - 1) return null;
  return { type, count: [width + 1, width + digits.length] };
}
