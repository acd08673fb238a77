/** Brings a stream of bytes into a local file that appears whole or not at all. */
import { createHash } from 'node:crypto';
import { type FileHandle, open, rename, rm, statfs } from 'node:fs/promises';
import { dirname } from 'node:path';
import type { Readable } from 'node:stream';
import { pipeline } from 'node:stream/promises';
import { FileError, RetryableError } from '../../errors.ts';
import type { FetchedFile } from './drop-shape.ts';
import { diskFull, isDiskFull, storeFailed } from './own-disk.ts';
import { changedWhileReading } from './whole-read.ts';

export interface Landing {
  /** opens the source; called when the target is ready to be written */
  readonly source: () => Readable;
  readonly to: string;
  /** bytes the source is said to have, 0 when that is not known */
  readonly size: number;
  readonly maxBytes: number;
  /** called for every piece that arrives */
  readonly onProgress: () => void;
  /** called when all bytes are on the disk and before the file gets its name; throws when they are not the whole file */
  readonly confirm: (bytes: number) => Promise<{ sizeKnown: boolean }>;
}

/**
 * Counts, hashes and stores; a temporary file beside the target is renamed at the end and removed on any failure.
 * Throws `RetryableError` `disk_full`, `store_failed` or `changed_while_reading` (more bytes than the source has),
 * `FileError` `file.limit`; an error of the source or of `confirm` passes as it is.
 */
export async function land(landing: Landing): Promise<FetchedFile> {
  if (landing.size > landing.maxBytes) throw tooLarge(landing.maxBytes);
  const folder = dirname(landing.to);
  const temporary = `${landing.to}.part`;
  const target = await prepare(folder, temporary, landing.size);
  try {
    const hash = createHash('sha256');
    let bytes = 0;
    async function* measured(pieces: AsyncIterable<Buffer>): AsyncGenerator<Buffer> {
      for await (const piece of pieces) {
        landing.onProgress();
        bytes += piece.length;
        // A file that grows as fast as it is read would never end.
        if (landing.size > 0 && bytes > landing.size) throw changedWhileReading();
        if (bytes > landing.maxBytes) throw tooLarge(landing.maxBytes);
        hash.update(piece);
        yield piece;
      }
    }
    await pipeline(landing.source(), measured, target.createWriteStream({ flush: true }));
    const { sizeKnown } = await landing.confirm(bytes);
    await rename(temporary, landing.to);
    await syncFolder(folder);
    return { bytes, sha256: hash.digest('hex'), sizeKnown };
  } catch (error) {
    await target.close().catch(() => undefined);
    await rm(temporary, { force: true });
    if (isDiskFull(error)) throw diskFull(error);
    throw isOwnDisk(error) ? storeFailed(error) : error;
  }
}

/** Makes the names in a folder last through a power cut. */
export async function syncFolder(folder: string): Promise<void> {
  const handle = await open(folder, 'r');
  try {
    await handle.sync();
  } finally {
    await handle.close();
  }
}

export function tooLarge(maxBytes: number): FileError {
  return new FileError('file.limit', { maxBytes });
}

async function prepare(folder: string, temporary: string, size: number): Promise<FileHandle> {
  try {
    const disk = await statfs(folder);
    if (disk.bavail * disk.bsize < size) throw diskFull();
    return await open(temporary, 'w', 0o600);
  } catch (error) {
    if (error instanceof RetryableError) throw error;
    if (isDiskFull(error)) throw diskFull(error);
    throw storeFailed(error);
  }
}

/** Only our side writes, so these calls tell our disk from the one that is read. */
function isOwnDisk(error: unknown): boolean {
  const call = error instanceof Error && 'syscall' in error ? error.syscall : undefined;
  return call === 'write' || call === 'fsync' || call === 'rename';
}
