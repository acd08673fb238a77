/** One job of the queue: a fetched file imported; what cannot be done now comes back when it is due. */
import { isoMoment } from '../../clock.ts';
import { ConfigError, RefusedError, RetryableError } from '../../errors.ts';
import { getFile } from '../../load/files/ledger.ts';
import type { Queue, Worked } from '../../load/queue.ts';
import { isAboutConnection } from '../connection-errors.ts';
import type { JobContext } from '../context.ts';
import { importFound } from '../import/import-kept.ts';
import { leaveFile } from './leave-file.ts';

const CLAIMED_AGAIN_MILLISECONDS = 5_000;

/**
 * `decided` is told the drop of a file that is to leave its inbox.
 * @returns `again` when the database is away: the queue then gives the job to whoever is there
 */
export async function workFile(
  context: JobContext,
  queue: Queue,
  fileId: number,
  decided: (dropId: string) => void,
): Promise<Worked> {
  const { prepared: db } = context.database;
  try {
    const file = await getFile(db, fileId);
    if (file === undefined) return 'done';
    await importFound(context, file);
    decided(file.drop_id);
    return 'done';
  } catch (error) {
    const claimed = error instanceof RetryableError && error.reason === 'claimed';
    if (claimed) context.log('file.claimed_elsewhere', { fileId });
    else if (isAboutConnection(error)) return 'again';
    else if (error instanceof RefusedError) return 'done';
    // Everything else stands in the ledger and in the log already.
    try {
      const file = await getFile(db, fileId);
      if (file?.status !== 'fetched') {
        if (file !== undefined) decided(file.drop_id);
        return 'done';
      }
      // What cannot even be claimed, such as a file whose layout is configured no more.
      if (error instanceof ConfigError && file.not_before === null) await leaveFile(context, file, error);
      if (error instanceof ConfigError) return 'done';
      await queue.enqueue(db, fileId, file.not_before ?? isoMoment(context.now + CLAIMED_AGAIN_MILLISECONDS));
      return 'done';
    } catch {
      return 'again';
    }
  }
}
