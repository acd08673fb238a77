/** Whether a file that was read is all that its sender wrote: by what was said of it, by the server, by the file itself. */
import { FileError, RetryableError } from '../../errors.ts';
import type { DropFile } from '../../load/tables.ts';

/** So long a file that contradicts what is said of it is waited for: its upload may still go on. */
const MOST_WAITED_MILLISECONDS = 24 * 3_600_000;

export function isWaitedFor(file: Pick<DropFile, 'received_at'>, now: number): boolean {
  return now - Date.parse(file.received_at) < MOST_WAITED_MILLISECONDS;
}

/**
 * `rows` null for formats that prove themselves by their totals or their last mark; `proven` when the file proves itself.
 * @throws RetryableError `incomplete` while it is waited for, FileError `file.truncated` after that
 */
export function requireWhole(file: DropFile, read: { rows: number | null; proven: boolean }, now: number): void {
  const counted = file.expected_rows === null || read.rows === null || file.expected_rows === read.rows;
  if (counted && (file.size_known || read.proven || file.proof !== null)) return;
  if (!isWaitedFor(file, now)) throw new FileError('file.truncated');
  throw incomplete();
}

export function incomplete(): RetryableError {
  return new RetryableError('incomplete', 'The file is not what its sender or its server says of it, or is cut.');
}

/**
 * Whether a file that was found to be cut may be on its way still: nobody said that it is whole, and it is young.
 * `saidWhole` as the rule of its drop has it.
 */
export function isStillComing(file: DropFile, error: FileError, saidWhole: boolean, now: number): boolean {
  return error.code === 'file.truncated' && !saidWhole && file.proof === null && isWaitedFor(file, now);
}
