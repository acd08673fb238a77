/** What our own disk refuses: nobody's file is to blame, and it may pass by itself. */
import { RetryableError } from '../../errors.ts';
import { errorCode } from './error-code.ts';

/** The reasons for which our own disk makes a file wait. */
export const OUR_DISK: readonly string[] = ['disk_full', 'store_failed'];

const FULL = ['ENOSPC', 'EDQUOT'];
const REFUSED = [
  ...['EACCES', 'EBUSY', 'EEXIST', 'EIO', 'EISDIR', 'EMFILE', 'ENFILE', 'ENODEV', 'ENOENT', 'ENOTDIR', 'ENOTEMPTY'],
  ...['ENXIO', 'EPERM', 'EROFS', 'ESTALE'],
];

/** Where only our own files were touched: `RetryableError` `disk_full` or `store_failed` for what the system said, any other error as it is. */
export function ofOwnDisk(error: unknown): unknown {
  const code = String(errorCode(error));
  if (FULL.includes(code)) return diskFull(error);
  return REFUSED.includes(code) ? storeFailed(error) : error;
}

export function isDiskFull(error: unknown): boolean {
  return FULL.includes(String(errorCode(error)));
}

export function storeFailed(cause: unknown): RetryableError {
  return new RetryableError('store_failed', 'The folder for fetched files cannot be written or read.', { cause });
}

export function diskFull(cause?: unknown): RetryableError {
  return new RetryableError('disk_full', 'There is not enough free disk space for the file.', { cause });
}
