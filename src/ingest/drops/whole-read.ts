/** Decides whether what was read of a file is all of it and still it, and names what it is otherwise. */
import { RetryableError } from '../../errors.ts';

/** Size in bytes and ISO time of a file at one moment. */
export interface FileState {
  readonly size: number;
  readonly mtime: string;
}

export function sameState(a: FileState, b: FileState): boolean {
  return a.size === b.size && Date.parse(a.mtime) === Date.parse(b.mtime);
}

/** Throws `RetryableError` `gone` or `changed_while_reading` unless the file is still what the listing showed. */
export function requireListed(listed: FileState, now: FileState | null): asserts now is FileState {
  if (now === null) throw gone();
  if (!sameState(listed, now)) throw changedWhileReading();
}

/**
 * Compares the bytes read with the file before and after. Some servers say 0 of every file: that proves nothing, so
 * it is let through as `sizeKnown: false`. Throws `RetryableError`: `gone`, `changed_while_reading`, `short_read`.
 */
export function checkWholeRead(before: FileState, after: FileState | null, bytes: number): { sizeKnown: boolean } {
  if (after === null) throw gone();
  if (!sameState(before, after) || (before.size > 0 && bytes > before.size)) throw changedWhileReading();
  if (bytes < before.size) throw new RetryableError('short_read', 'The file ended before all its bytes had come.');
  return { sizeKnown: bytes === before.size };
}

/** ISO UTC of a server's time in milliseconds; a server that tells none gets the epoch. */
export function isoTime(milliseconds: number): string {
  return new Date(Number.isFinite(milliseconds) ? milliseconds : 0).toISOString();
}

export function gone(): RetryableError {
  return new RetryableError('gone', 'The file is no longer there.');
}

export function changedWhileReading(): RetryableError {
  return new RetryableError('changed_while_reading', 'The file changed while it was read.');
}

export function changed(): RetryableError {
  return new RetryableError('changed', 'The file is no longer the one that was read.');
}

export function denied(cause: unknown): RetryableError {
  return new RetryableError('denied', 'The drop refused access to a file.', { cause });
}
