/** Rows of text files of fixed width: every line is a row, or each line says what it is and the last one counts them. */
import { FileError } from '../../errors.ts';
import type { CharRange, LayoutFile, RecordTypes, SourceRow } from '../../model.ts';
import { DEFAULT_READ_LIMITS, type OpenedRows, type ReadLimits, type ReadOutcome } from '../opened-rows.ts';
import { openText } from './decode.ts';
import { readLines, type TextLine } from './text-lines.ts';

/** Ctrl-Z, which old exports still write after the last line. */
const DOS_END_OF_FILE = '\u001a';

/**
 * Opens a file of fixed width. The first cell of a row is its whole line, to be cut by who knows the columns; with
 * `file.rows` the values that lines of other types have set follow it, in the order of `file.rows.context`. A value
 * stands until the next line of its type, which sets it anew even when it is blank there. Blank lines are no rows and are not
 * counted by a trailer, but count in row numbers; the first `file.headerRow` lines are passed over.
 * Throws FileError: `file.encoding` {encoding, line}; `file.format` {line} for a line of unknown type or one after the
 * trailer, for the first line before any row is read; while `rows` are read `file.truncated` {expected, found}
 * for a trailer that counts otherwise, or {line} where the file ends without one; `file.limit` {line, limit}.
 */
export async function readFixedWidth(
  path: string,
  file: Pick<LayoutFile, 'encoding' | 'headerRow' | 'rows'>,
  limits: ReadLimits = DEFAULT_READ_LIMITS,
): Promise<OpenedRows> {
  const opened = await openText(path, file.encoding);
  const types = file.rows ?? null;
  let outcome: ReadOutcome | null = null;
  let ending = '';

  async function* pieces(): AsyncGenerator<string> {
    ending = '';
    for await (const piece of opened.text()) {
      ending = (ending + piece).slice(-2);
      yield piece;
    }
  }
  async function* filledLines(): AsyncGenerator<TextLine[]> {
    for await (const lines of readLines(pieces(), limits.maxRecordSize)) {
      const tooLong = lines.find((line) => line.tooLong);
      if (tooLong !== undefined)
        throw new FileError('file.limit', { line: tooLong.number, limit: limits.maxRecordSize });
      yield lines.filter(({ number, text }) => number > file.headerRow && !isBlank(text));
    }
  }
  async function* rows(): AsyncGenerator<readonly SourceRow[]> {
    const toRows = types === null ? null : recordReader(types);
    let dataRows = 0;
    for await (const lines of filledLines()) {
      const batch =
        toRows === null
          ? lines.map(({ number, text }) => ({ rowNumber: number, cells: [text] }))
          : lines.flatMap((line) => toRows.take(line));
      dataRows += batch.length;
      if (batch.length > 0) yield batch;
    }
    const proven = toRows?.end() ?? false;
    const lastLineComplete = proven || /[\r\n]$/.test(ending.replace(DOS_END_OF_FILE, ''));
    outcome = { warnings: opened.warnings, lastLineComplete, proof: proven ? 'trailer' : null, dataRows };
  }

  if (types !== null) await checkFirstLines(filledLines(), types);
  return {
    header: null,
    rows: rows(),
    outcome() {
      if (outcome === null) throw new Error('the outcome is known only when all rows have been read');
      return outcome;
    },
  };
}

/** So that a file of another shape is refused before it is taken for one of this layout. */
async function checkFirstLines(batches: AsyncIterable<readonly TextLine[]>, types: RecordTypes): Promise<void> {
  const reader = recordReader(types);
  let looked = 0;
  for await (const lines of batches) {
    for (const line of lines) {
      reader.take(line);
      looked += 1;
      if (looked === 2) return;
    }
  }
}

/** Takes the lines one by one, in their order; `end` tells whether a trailer has proven that all of them came. */
function recordReader(types: RecordTypes): { take(line: TextLine): SourceRow[]; end(): boolean } {
  const { context, trailer } = types;
  const contextTypes = new Set(context.map(({ type }) => type));
  let values: readonly string[] = context.map(() => '');
  let lines = 0;
  let lastNumber = 0;
  let closed = false;

  return {
    take({ number, text }) {
      const type = cut(text, types.type);
      if (closed) throw new FileError('file.format', { line: number });
      lastNumber = number;
      if (type === trailer?.type) {
        closed = true;
        checkCount(cut(text, trailer.count), lines, number);
        return [];
      }
      lines += 1;
      if (type === types.row) return [{ rowNumber: number, cells: [text, ...values] }];
      if (contextTypes.has(type)) {
        values = context.map((one, index) => (one.type === type ? cut(text, one.chars) : (values[index] ?? '')));
        // A type that the layout does not name is a header when it comes first, and a fault anywhere else.
      } else if (lines > 1 && !types.ignore.includes(type)) {
        throw new FileError('file.format', { line: number });
      }
      return [];
    },
    end() {
      if (trailer !== null && !closed) throw new FileError('file.truncated', { line: lastNumber });
      return closed;
    },
  };
}

function checkCount(text: string, found: number, line: number): void {
  if (!/^\d+$/.test(text)) throw new FileError('file.truncated', { line });
  if (Number(text) !== found) throw new FileError('file.truncated', { expected: Number(text), found });
}

function cut(text: string, [from, to]: CharRange): string {
  return text.slice(from - 1, to).trim();
}

function isBlank(text: string): boolean {
  return text.replace(DOS_END_OF_FILE, '').trim() === '';
}
