/** Values of JSON Lines files: one JSON value a line, a line that is none is one broken row. */

import { DEFAULT_READ_LIMITS, type ReadLimits, type ReadOutcome } from '../opened-rows.ts';
import { openText } from './decode.ts';
import { readLines, type TextLine } from './text-lines.ts';

interface JsonRow {
  /** the line an editor shows */
  readonly rowNumber: number;
  /** undefined when the line is broken */
  readonly value: unknown;
  /** the line is no JSON, or longer than the limit */
  readonly broken: boolean;
}

/** Like OpenedRows, with values in the place of cells; `rows` may be iterated once. */
export interface OpenedJson {
  readonly rows: AsyncIterable<readonly JsonRow[]>;
  /** valid only when `rows` has been read to its end */
  outcome(): ReadOutcome;
}

/**
 * Opens a JSON Lines file (jsonlines.org: UTF-8; a byte order mark is tolerated). Blank lines are no rows but count in row numbers.
 * Throws FileError `file.encoding` {encoding, line} when the file is no UTF-8; a faulty line is a row with `broken`.
 */
export async function readJsonl(path: string, limits: ReadLimits = DEFAULT_READ_LIMITS): Promise<OpenedJson> {
  const opened = await openText(path, 'utf-8');
  let outcome: ReadOutcome | null = null;

  async function* rows(): AsyncGenerator<readonly JsonRow[]> {
    let dataRows = 0;
    let last = '';
    async function* watched(): AsyncGenerator<string> {
      for await (const piece of opened.text()) {
        last = piece;
        yield piece;
      }
    }
    for await (const lines of readLines(watched(), limits.maxRecordSize)) {
      const batch = lines.filter(({ text, tooLong }) => tooLong || text.trim() !== '').map(toRow);
      dataRows += batch.length;
      if (batch.length > 0) yield batch;
    }
    outcome = { warnings: opened.warnings, lastLineComplete: /[\r\n]$/.test(last), proof: null, dataRows };
  }

  return {
    rows: rows(),
    outcome() {
      if (outcome === null) throw new Error('the outcome is known only when all rows have been read');
      return outcome;
    },
  };
}

function toRow({ number, text, tooLong }: TextLine): JsonRow {
  if (tooLong) return { rowNumber: number, value: undefined, broken: true };
  try {
    return { rowNumber: number, value: JSON.parse(text), broken: false };
  } catch {
    return { rowNumber: number, value: undefined, broken: true };
  }
}
