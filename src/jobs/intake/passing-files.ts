/** Where files pass through the store: those that arrive, and the readable copies of encrypted ones. */
import { mkdir } from 'node:fs/promises';
import { join } from 'node:path';
import { ofOwnDisk } from '../../ingest/drops/own-disk.ts';
import { clearPassing, passingName } from '../../load/files/passing-files.ts';

const FOLDERS = ['arriving', 'plain'] as const;

/**
 * A private path of its own on the disk of the store; who makes a file there removes it.
 * @throws RetryableError `disk_full` or `store_failed`
 */
export async function passingPath(storage: string, folder: (typeof FOLDERS)[number]): Promise<string> {
  await mkdir(join(storage, folder), { recursive: true, mode: 0o700 }).catch((error) => {
    throw ofOwnDisk(error);
  });
  return join(storage, folder, passingName());
}

/** Removes what killed processes left there; `now` is that of the real clock. */
export async function clearPassingFiles(storage: string, now: number): Promise<void> {
  for (const folder of FOLDERS) await clearPassing(join(storage, folder), now);
}
