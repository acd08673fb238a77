/** What goes back to a drop when its files are decided: they leave the inbox, and their receipts and rejects are put. */
import { listToArchive } from '../../load/files/arrivals.ts';
import { listQueuedOutgoing } from '../../load/files/outgoing.ts';
import type { JobContext } from '../context.ts';
import { archiveFiles } from './archive-files.ts';
import type { Returns } from './returns.ts';
import { sendFiles } from './send-outgoing.ts';

const BATCH = 50;

/**
 * Some of what is waiting; called until nothing is returned.
 * @returns how many files were moved or put
 * @throws RetryableError when the drop is lost
 */
export async function returnDecided(context: JobContext, returns: Returns): Promise<number> {
  const { prepared: db } = context.database;
  const { drop, failed } = returns;
  const archived = drop.archive === 'none' ? [] : await listToArchive(db, drop.id, BATCH, [...failed.files]);
  const queued = await listQueuedOutgoing(db, drop.id, BATCH, [...failed.outgoing]);
  if (archived.length + queued.length === 0) return 0;
  const opened = await returns.opened();
  const moved = await archiveFiles(context, returns, opened, archived);
  return moved + (await sendFiles(context, drop.id, opened, queued, failed.outgoing));
}

/** All of it. */
export async function returnAll(context: JobContext, returns: Returns): Promise<number> {
  for (let total = 0; ; ) {
    const returned = await returnDecided(context, returns);
    if (returned === 0) return total;
    total += returned;
  }
}
