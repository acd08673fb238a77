/** Where files pass through the store: those that arrive, and the readable copies of encrypted ones. */
import { mkdir } from 'node:fs/promises';
import { join } from 'node:path';
import { ofOwnDisk } from '../../ingest/drops/own-disk.ts';
import { clearOwnPassing, clearPassing, passingName } from '../../load/files/passing-files.ts';
import { listLostProcesses } from '../../load/workers.ts';
import type { JobContext } from '../context.ts';

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
export async function clearPassingFiles(storage: string, now: number, lost?: ReadonlySet<string>): Promise<void> {
  for (const folder of FOLDERS) await clearPassing(join(storage, folder), now, lost);
}

/** The same, also for workers of other machines that were lost: a container that is killed comes back under another name. */
export async function sweepPassingFiles(
  { config, database }: Pick<JobContext, 'config' | 'database'>,
  now: number,
): Promise<void> {
  await clearPassingFiles(config.storage, now, await listLostProcesses(database.db));
}

/** Removes what this very process has there, at its end. */
export async function clearOwnPassingFiles(storage: string): Promise<void> {
  for (const folder of FOLDERS) await clearOwnPassing(join(storage, folder));
}
