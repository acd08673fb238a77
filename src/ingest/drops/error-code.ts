/** Reads the code of an error that a file system or an SFTP server gave. */

/** `ENOENT` and the like from the file system, a status number from an SFTP server, otherwise undefined. */
export function errorCode(error: unknown): string | number | undefined {
  if (typeof error !== 'object' || error === null || !('code' in error)) return undefined;
  return typeof error.code === 'string' || typeof error.code === 'number' ? error.code : undefined;
}
