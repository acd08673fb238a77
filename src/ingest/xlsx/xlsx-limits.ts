/** What a workbook may use up, and the errors that say it cannot be read. */
import { FileError } from '../../errors.ts';

export interface XlsxLimits {
  /** size of the file */
  readonly maxBytes: number;
  /** all parts of the zip together, inflated */
  readonly maxInflatedBytes?: number;
}

export const DEFAULT_XLSX_LIMITS = { maxBytes: 500_000_000, maxInflatedBytes: 2_000_000_000 } as const;

/** Excel's own limits (ECMA-376 leaves them to the application; Excel specifications and limits). */
export const MAX_ROWS = 1_048_576;
export const MAX_COLUMNS = 16_384;
export const MAX_CELL_CHARACTERS = 32_767;

/** The workbook is broken or not one; `found` is a stable word: `broken-xml`, `doctype`, `damaged`, `encrypted`, `xlsb`, ... */
export function badWorkbook(found: string): FileError {
  return new FileError('file.format', { found });
}

/** More of `what` (`inflated`, `ratio`, `entries`, `cell`, `token`, `depth`, `strings`, ...) than `limit`. */
export function overLimit(what: string, limit: number): FileError {
  return new FileError('file.limit', { what, limit });
}

/** An error while a workbook is read, as the caller shall see it: errors of the disk stay what they are. */
export function asWorkbookError(error: unknown): unknown {
  const fromSystem = error instanceof Error && 'syscall' in error;
  return error instanceof FileError || fromSystem ? error : badWorkbook('damaged');
}
