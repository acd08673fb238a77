/** Rows of delimited text files; the only file that knows csv-parse. */
import { parse } from 'csv-parse/sync';
import { FileError } from '../../errors.ts';
import type { LayoutFile, SourceRow } from '../../model.ts';
import { DEFAULT_READ_LIMITS, type OpenedRows, type ReadLimits, type ReadOutcome } from '../opened-rows.ts';
import { openText } from './decode.ts';
import { type Delimiter, findDelimiter } from './delimiter.ts';
import type { Encoding } from './encodings.ts';
import { cutRecords } from './quotes.ts';
import { endOfWholeLines, skipLines, splitLines } from './text-lines.ts';

const BATCH_ROWS = 1000;
/** Ctrl-Z, which old exports still write after the last line. */
const DOS_END_OF_FILE = '\u001a';

/** How the file is written, so that an answer can be written alike. */
export interface OpenedCsv extends OpenedRows {
  readonly encoding: Encoding;
  readonly delimiter: Delimiter;
}

/**
 * Opens a delimited text file (RFC 4180, any of the delimiters, line ends mixed). `headerWords` are the header names its layout knows.
 * The header is the first row that is not blank from `file.headerRow` on. Blank, delimiter-only and space-only lines are no rows
 * but count in row numbers. Rows are as long as the file has them, cells are text as it stands.
 * Throws FileError: `file.encoding` {encoding, line}, `file.format` {line, reason} for quotes or a delimiter that cannot be
 * trusted, `file.limit` {line, limit} for a record that is too long; the last two also while `rows` are read.
 */
export async function readCsv(
  path: string,
  file: Pick<LayoutFile, 'encoding' | 'delimiter' | 'headerRow'>,
  headerWords: readonly string[],
  limits: ReadLimits = DEFAULT_READ_LIMITS,
): Promise<OpenedCsv> {
  const opened = await openText(path, file.encoding);
  const { delimiter, linesToSkip } = findDelimiter(await firstPiece(opened.text()), file, headerWords);
  const blocks = () =>
    readBlocks(skipLines(opened.text(), linesToSkip), delimiter, linesToSkip + 1, limits.maxRecordSize);
  // The header is read apart from the rows, so that a caller who refuses it leaves no open file behind.
  const header = file.headerRow > 0 ? await firstRow(blocks()) : null;
  let outcome: ReadOutcome | null = null;

  async function* rows(): AsyncGenerator<readonly SourceRow[]> {
    let batch: SourceRow[] = [];
    let dataRows = 0;
    let lastLineComplete = false;
    for await (const block of blocks()) {
      lastLineComplete = block.endsInLineEnd;
      for (const row of block.rows) {
        if (row.rowNumber === header?.rowNumber) continue;
        dataRows += 1;
        if (batch.push(row) < BATCH_ROWS) continue;
        yield batch;
        batch = [];
      }
    }
    if (batch.length > 0) yield batch;
    outcome = { warnings: opened.warnings, lastLineComplete, proof: null, dataRows };
  }

  return {
    encoding: opened.encoding,
    delimiter,
    header: header?.cells ?? null,
    rows: rows(),
    outcome() {
      if (outcome === null) throw new Error('the outcome is known only when all rows have been read');
      return outcome;
    },
  };
}

/** The rows that one piece of text completed, and whether the text so far ends in a line end. */
export interface Block {
  readonly rows: readonly SourceRow[];
  readonly endsInLineEnd: boolean;
}

/**
 * Rows of a text that comes in pieces, cut anywhere: a block for each piece and one at the end. The text begins on line `firstLine`.
 * A record without a quote is cut by hand, which is exact and several times faster; every other record goes through csv-parse.
 */
export async function* readBlocks(
  pieces: AsyncIterable<string>,
  delimiter: Delimiter,
  firstLine: number,
  maxSize: number,
): AsyncGenerator<Block> {
  let rest = '';
  let line = firstLine;
  let ending = '';
  let hasCrLf = false;
  const cut = (text: string, atEnd: boolean): Block => {
    const { rows, end, nextLine } = (text.includes('"') ? cutQuoted : cutPlain)(text, delimiter, line, maxSize, atEnd);
    rest = text.slice(end);
    line = nextLine;
    const last = ending.replace(DOS_END_OF_FILE, '').at(-1);
    // Half of a CR LF is a file that was cut there, though its last row is whole.
    return { rows, endsInLineEnd: last === '\n' || (last === '\r' && !hasCrLf) };
  };
  for await (const piece of pieces) {
    const seen = ending + piece;
    hasCrLf ||= seen.includes('\r\n');
    ending = seen.slice(-2);
    yield cut(rest + piece, false);
  }
  yield cut(rest.endsWith(DOS_END_OF_FILE) ? rest.slice(0, -1) : rest, true);
}

interface Cut {
  readonly rows: readonly SourceRow[];
  readonly end: number;
  readonly nextLine: number;
}

/** Cuts text without quotes: every line is a record, every delimiter a border. */
export function cutPlain(text: string, delimiter: Delimiter, firstLine: number, maxSize: number, atEnd: boolean): Cut {
  const end = atEnd ? text.length : endOfWholeLines(text);
  const lines = splitLines(text.slice(0, end));
  const nextLine = firstLine + lines.length;
  if (text.length > maxSize) {
    const tooLong = lines.findIndex((line) => line.length > maxSize);
    if (tooLong >= 0) throw new FileError('file.limit', { line: firstLine + tooLong, limit: maxSize });
    if (text.length - end > maxSize) throw new FileError('file.limit', { line: nextLine, limit: maxSize });
  }
  const rows: SourceRow[] = [];
  for (const [index, line] of lines.entries()) addRow(rows, firstLine + index, line.split(delimiter));
  return { rows, end, nextLine };
}

/** Cuts text with quotes: `cutRecords` says where records end and which quotes may stand; only records with quotes need csv-parse. */
export function cutQuoted(text: string, delimiter: Delimiter, firstLine: number, maxSize: number, atEnd: boolean): Cut {
  const { records, end, nextLine } = cutRecords(text, delimiter, firstLine, maxSize, atEnd);
  const withQuotes = records.filter(({ hasQuote }) => hasQuote).map((record) => record.text);
  const parsed = parse(withQuotes.join('\n'), {
    delimiter,
    record_delimiter: '\n',
    relax_quotes: true,
    relax_column_count: true,
  });
  // Both follow the same rules; should they ever differ, cells would come under other rows' numbers.
  if (parsed.length !== withQuotes.length) throw new FileError('file.format', { line: firstLine, reason: 'quote' });
  const rows: SourceRow[] = [];
  let next = 0;
  for (const record of records) {
    if (record.hasQuote) addRow(rows, record.line, parsed[next++]!);
    else addRow(rows, record.line, record.text.split(delimiter));
  }
  return { rows, end, nextLine };
}

function addRow(rows: SourceRow[], rowNumber: number, cells: readonly string[]): void {
  if (cells.some((cell) => cell.trim() !== '')) rows.push({ rowNumber, cells });
}

async function firstRow(blocks: AsyncIterable<Block>): Promise<SourceRow | null> {
  for await (const { rows } of blocks) {
    if (rows[0] !== undefined) return rows[0];
  }
  return null;
}

async function firstPiece(pieces: AsyncIterable<string>): Promise<string> {
  for await (const piece of pieces) return piece;
  return '';
}
