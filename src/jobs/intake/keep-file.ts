/** Navette's own store: every fetched file is kept by its hash, so that it can be read again, explained and rejected anew. */
import { createHash, randomUUID } from 'node:crypto';
import { createReadStream, createWriteStream } from 'node:fs';
import { mkdir, rename, rm, stat } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { pipeline } from 'node:stream/promises';

/** Where a file with this hash is kept. */
export function keptPath(storage: string, sha256: string): string {
  return join(storage, sha256.slice(0, 2), sha256);
}

/** A private place on the same disk for a file that is still arriving. */
export async function arrivalPath(storage: string): Promise<string> {
  const folder = join(storage, 'arriving');
  await mkdir(folder, { recursive: true, mode: 0o700 });
  return join(folder, randomUUID());
}

/** Gives an arrived file its final place. */
export async function keepArrived(storage: string, arrived: string, sha256: string): Promise<string> {
  const kept = keptPath(storage, sha256);
  await mkdir(dirname(kept), { recursive: true, mode: 0o700 });
  await rename(arrived, kept);
  return kept;
}

/** Copies a local file into the store; the original stays as it is. */
export async function keepCopy(
  storage: string,
  path: string,
): Promise<{ sha256: string; size: number; storedAt: string }> {
  const arrival = await arrivalPath(storage);
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
    await rm(arrival, { force: true });
    throw error;
  }
}
