/** What a worker that is cut off in the middle of its work leaves behind: no claim, no turn, and nothing readable. */
import { openDatabase } from '../load/database.ts';
import { giveBackAll } from '../load/files/claims.ts';
import { releaseSlots } from '../load/job-slots.ts';
import { removeWorker } from '../load/workers.ts';
import { clearOwnPassingFiles } from './intake/passing-files.ts';
import { OWNER } from './owner.ts';

/** Whoever waits for the end of the process kills it soon. */
const MOST_MILLISECONDS = 3_000;

/**
 * Over a connection of its own: those of the pool are in use. What it cannot do in time is found out by the others, who then count
 * this worker as lost. Nothing that is still at work here may go on afterwards.
 */
export async function letGo(url: string, storage: string): Promise<void> {
  await clearOwnPassingFiles(storage);
  const database = await openDatabase(url, () => undefined, 1, MOST_MILLISECONDS);
  try {
    await giveBackAll(database.db, OWNER);
    await releaseSlots(database.db, OWNER);
    await removeWorker(database.db, OWNER);
  } finally {
    await database.close();
  }
}
