/** Navette's own store: every fetched file is kept by its hash, so that it can be read again, explained and rejected anew. */
import { createHash } from 'node:crypto';
import { createReadStream, createWriteStream } from 'node:fs';
import { mkdir, rename, rm, stat } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { pipeline } from 'node:stream/promises';
import { syncFolder } from '../../ingest/drops/landing.ts';
import { ofOwnDisk } from '../../ingest/drops/own-disk.ts';
import { passingPath } from './passing-files.ts';

/** Where a file with this hash is kept. */
export function keptPath(storage: string, sha256: string): string {
  return join(storage, sha256.slice(0, 2), sha256);
}

/**
 * Gives an arrived file its final place, where a power cut finds it: what the ledger says afterwards must be true then too.
 * @throws RetryableError `disk_full` or `store_failed`
 */
export async function keepArrived(storage: string, arrived: string, sha256: string): Promise<string> {
  const kept = keptPath(storage, sha256);
  try {
    const made = await mkdir(dirname(kept), { recursive: true, mode: 0o700 });
    await rename(arrived, kept);
    await syncFolder(dirname(kept));
    if (made !== undefined) await syncFolder(storage);
  } catch (error) {
    throw ofOwnDisk(error);
  }
  return kept;
}

/** Copies a local file into the store; the original stays as it is. */
export async function keepCopy(
  storage: string,
  path: string,
): Promise<{ sha256: string; size: number; storedAt: string }> {
  const arrival = await passingPath(storage, 'arriving');
  const digest = createHash('sha256');
  try {
    await pipeline(
      createReadStream(path),
      async function* (pieces: AsyncIterable<Buffer>) {
        for await (const piece of pieces) {
          digest.update(piece);
          yield piece;
        }
      },
      createWriteStream(arrival, { mode: 0o600, flush: true }),
    );
    const sha256 = digest.digest('hex');
    const { size } = await stat(arrival);
    return { sha256, size, storedAt: await keepArrived(storage, arrival, sha256) };
  } catch (error) {
    await rm(arrival, { force: true }).catch(() => undefined);
    throw isAboutReading(error, path) ? error : ofOwnDisk(error);
  }
}

function isAboutReading(error: unknown, path: string): boolean {
  const { syscall, path: at } = error as NodeJS.ErrnoException;
  return at === path || syscall === 'read';
}
