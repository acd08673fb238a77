/** Proposes a layout for an unknown file: looks at its first rows and leaves the judging to the scores. */
import { basename, extname } from 'node:path';
import type { Config } from '../../config.ts';
import { FileError } from '../../errors.ts';
import { sniffFile } from '../../ingest/sniff.ts';
import { startsAs } from '../../ingest/statements/statement-format.ts';
import { readCsv } from '../../ingest/text/read-csv.ts';
import { readFixedWidth } from '../../ingest/text/read-fixed-width.ts';
import { readXlsx } from '../../ingest/xlsx/read-xlsx.ts';
import type { Day, LayoutFile, LayoutKind, SourceRow } from '../../model.ts';
import { type SuggestedLayout, suggestForLines, suggestForTable } from '../../transform/suggest/suggest-layout.ts';
import { layoutYaml, type SuggestedFile } from '../../transform/suggest/suggest-yaml.ts';
import { productNames } from '../import/fit-layout.ts';

export interface LayoutSuggestion {
  readonly file: SuggestedFile;
  readonly kind: LayoutKind;
  /** null for formats without columns */
  readonly layout: SuggestedLayout | null;
  /** the layout as a file of the configuration */
  readonly yaml: string;
}

const SAMPLE_ROWS = 500;
const SAMPLE_LINES = 2_000;
const CODA_LINE = 128;

const ANY_FILE: LayoutFile = {
  formats: ['csv'],
  encoding: 'auto',
  delimiter: 'auto',
  headerRow: 0,
  sheet: 'auto',
  name: null,
};

/**
 * `name` is what the sender called the file.
 * @throws FileError for a file that no layout could read, such as an old workbook or a picture
 */
export async function suggestLayout(config: Config, path: string, name: string, today: Day): Promise<LayoutSuggestion> {
  const kind = await sniffFile(path);
  if (kind === 'empty') throw new FileError('file.empty');
  if (kind !== 'xlsx' && kind !== 'text') throw new FileError('file.format', { found: kind });
  const id = idOf(name);
  const context = { today, products: productNames(config) };
  const plain = { id, encoding: null, delimiter: null, sheet: null };
  if (kind === 'xlsx') {
    const { sheet, rows } = await readSheet(path, config.navette.limits.maxBytes);
    const layout = suggestForTable({ rows }, name, context);
    return told({ ...plain, format: 'xlsx', sheet }, layout.kind, layout);
  }
  if ((await startsAs(path)) === 'xml') return told({ ...plain, format: 'camt053' }, 'bank-statement', null);
  const { lines, total } = await readLinesOf(path);
  const [first = ''] = lines;
  if (isCoda(lines)) return told({ ...plain, format: 'coda' }, 'bank-statement', null);
  if (isJson(first)) return told({ ...plain, format: 'jsonl' }, 'employers', null);
  if (isDelimited(lines)) {
    const opened = await readCsv(path, ANY_FILE, []);
    const layout = suggestForTable({ rows: await firstRows(opened.rows) }, name, context);
    const { encoding, delimiter } = opened;
    return told({ ...plain, format: 'csv', encoding, delimiter }, layout.kind, layout);
  }
  const layout = suggestForLines(lines, total, name, context);
  return told({ ...plain, format: 'fixed-width' }, layout.kind, layout);
}

function told(file: SuggestedFile, kind: LayoutKind, layout: SuggestedLayout | null): LayoutSuggestion {
  return { file, kind, layout, yaml: layoutYaml(file, kind, layout) };
}

/** The sheet that holds people, wherever it stands; the first visible one when none does. */
async function readSheet(path: string, maxBytes: number): Promise<{ sheet: string; rows: SourceRow[] }> {
  for (const sheet of ['auto', 'first']) {
    try {
      const opened = await readXlsx(path, { ...ANY_FILE, formats: ['xlsx'], sheet }, { maxBytes });
      return { sheet, rows: await firstRows(opened.rows) };
    } catch (error) {
      if (sheet === 'first' || !(error instanceof FileError) || error.code !== 'file.header') throw error;
    }
  }
  throw new FileError('file.header');
}

async function firstRows(batches: AsyncIterable<readonly SourceRow[]>): Promise<SourceRow[]> {
  const rows: SourceRow[] = [];
  for await (const batch of batches) {
    rows.push(...batch.slice(0, SAMPLE_ROWS - rows.length));
    if (rows.length === SAMPLE_ROWS) break;
  }
  return rows;
}

/** The first lines and the last, which may count the others. */
async function readLinesOf(path: string): Promise<{ lines: string[]; total: number }> {
  const lines: string[] = [];
  let total = 0;
  let last = '';
  for await (const batch of (await readFixedWidth(path, ANY_FILE)).rows) {
    for (const { cells } of batch) {
      last = String(cells[0]);
      total += 1;
      if (total <= SAMPLE_LINES) lines.push(last);
    }
  }
  if (total > SAMPLE_LINES) lines.push(last);
  return { lines, total };
}

/** CODA (Febelfin): lines of 128 characters, of which the first begins with 0 and the next with 1. */
function isCoda(lines: readonly string[]): boolean {
  const [first = '', second = ''] = lines;
  return first.length === CODA_LINE && first.startsWith('00000') && /^1/.test(second);
}

function isJson(line: string): boolean {
  return /^\s*\{\s*"/.test(line);
}

/** Nearly every line holds one of the delimiters; of positions alone, none does. */
function isDelimited(lines: readonly string[]): boolean {
  const filled = lines.filter((line) => line.trim() !== '');
  return [';', '\t', '|', ','].some(
    (delimiter) => filled.filter((line) => line.includes(delimiter)).length >= 0.9 * filled.length,
  );
}

/** Small letters, digits and dashes of the file's name, without what changes from month to month. */
function idOf(name: string): string {
  const words = basename(name, extname(name))
    .normalize('NFKD')
    .replace(/\p{M}/gu, '')
    .toLowerCase()
    .match(/[a-z]+/g);
  return `proposed-${(words ?? ['layout']).join('-')}`.slice(0, 60);
}
