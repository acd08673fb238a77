/** What every reader of rows hands on, whatever the format: header, batches of rows, and what was found out by the end. */
import type { Cell, RowIssue, SourceRow } from '../model.ts';

/** A file opened for reading. `rows` may be iterated once; leaving it early closes the file. */
export interface OpenedRows {
  /** the header's cells, null when the layout has none or the file ends before it */
  readonly header: readonly Cell[] | null;
  /** batches of about a thousand rows, in the order of the file; a FileError stops the iteration */
  readonly rows: AsyncIterable<readonly SourceRow[]>;
  /** valid only when `rows` has been read to its end */
  outcome(): ReadOutcome;
}

export interface ReadOutcome {
  /** issues of the file as a whole, such as `encoding.assumed` */
  readonly warnings: readonly RowIssue[];
  /** the file ends in a line end: no sign that it was cut. Formats with a closing mark of their own say true */
  readonly lastLineComplete: boolean;
  /** what proves from within that nothing is missing: a trailer that counts the lines, the directory of a zip */
  readonly proof: 'trailer' | 'zip' | null;
  /** rows handed on, the header not counted */
  readonly dataRows: number;
}

/** What a file may use up before it is refused. */
export interface ReadLimits {
  /** longest record (or line), in characters, quotes and line ends included */
  readonly maxRecordSize: number;
}

/** 1 MB: the longest record any shipped layout needs is under 2 kB. */
export const DEFAULT_READ_LIMITS: ReadLimits = { maxRecordSize: 1_048_576 };
