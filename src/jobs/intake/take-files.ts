/** The settled files of a listing: those that are new are fetched, oldest first, and taken; what cannot be taken now is left. */
import type { Drop } from '../../config.ts';
import { FileError, RefusedError, RetryableError } from '../../errors.ts';
import type { OpenDrop, RemoteFile } from '../../ingest/drops/drop.ts';
import { sentNameFault } from '../../ingest/drops/remote-name.ts';
import type { ReadyFile } from '../../ingest/drops/settled.ts';
import { type Arrival, findOpenArrivals } from '../../load/files/arrivals.ts';
import { getFile } from '../../load/files/ledger.ts';
import { fileNameForLog } from '../../log.ts';
import { isAboutConnection } from '../connection-errors.ts';
import type { JobContext } from '../context.ts';
import { type Enqueue, fetchFile, isToTake, pathOf } from './fetch-file.ts';
import { refuseFile } from './refuse-file.ts';

export interface Taking {
  readonly drop: Drop;
  readonly opened: OpenDrop;
  /** names that have left the inbox since it was listed */
  readonly moved: ReadonlySet<string>;
  /** puts a fetched file into the queue; null gives it to `then` alone */
  readonly enqueue: Enqueue | null;
  readonly most: number;
  readonly signal?: AbortSignal;
}

/** The ledger is asked about so many files of a listing at once. */
const ASKED_AT_ONCE = 200;

/**
 * `then` is given every file that was fetched, or was fetched before and is still to be imported.
 * @returns how many were taken, and whether more could have been
 * @throws RetryableError when the drop or the database is lost
 */
export async function takeFiles(
  context: JobContext,
  taking: Taking,
  ready: readonly ReadyFile[],
  then: (file: RemoteFile, id: number) => Promise<void> = async () => undefined,
): Promise<{ taken: number; more: boolean }> {
  const { drop, moved, most, signal } = taking;
  let taken = 0;
  for (let start = 0; start < ready.length; start += ASKED_AT_ONCE) {
    const some = ready.slice(start, start + ASKED_AT_ONCE);
    const known = await findOpenArrivals(
      context.database.db,
      drop.id,
      some.map(({ file }) => ({ ...file, path: pathOf(drop, file) })),
    );
    for (const settled of some) {
      const { file } = settled;
      if (moved.has(file.name) || sentNameFault(file.name) !== null) continue;
      const arrival = known.get(pathOf(drop, file)) ?? null;
      // What is known and waits for its turn or its way out leaves nothing more to take.
      if (arrival !== null && !isToTake(drop, arrival, taking.enqueue)) continue;
      if (signal?.aborted || taken >= most) return { taken, more: true };
      try {
        const id = await fetchFile(context, drop, taking.opened, settled, arrival, taking.enqueue);
        if (id === null) continue;
        await then(file, id);
        taken += 1;
      } catch (error) {
        await leaveUntaken(context, drop, file, arrival, error);
      }
    }
  }
  return { taken, more: false };
}

async function leaveUntaken(
  context: JobContext,
  drop: Drop,
  file: RemoteFile,
  arrival: Arrival | null,
  error: unknown,
): Promise<void> {
  const facts = { drop: drop.id, file: fileNameForLog(file.name) };
  if (error instanceof FileError) {
    await refuseUnread(context, drop, file, arrival, error);
  } else if (error instanceof RetryableError) {
    if (['drop_down', 'stalled', 'database_down'].includes(error.reason)) throw error;
    const changed = ['changed_while_reading', 'changed', 'gone', 'short_read'].includes(error.reason);
    if (error.reason === 'claimed' || error.reason === 'claim_lost') context.log('file.claimed_elsewhere', facts);
    else if (changed) context.log('file.changed_while_reading', { ...facts, reason: error.reason });
    else context.log('file.waiting', { ...facts, reason: error.reason });
  } else if (isAboutConnection(error)) {
    throw new RetryableError('database_down', 'The database cannot be reached.', { cause: error });
  } else if (error instanceof RefusedError) {
    context.log('file.waiting', { ...facts, reason: 'refused' });
  } else {
    // It stands in the log and in the ledger already; the other files of the drop are not to suffer from it.
    context.log('file.waiting', { ...facts, reason: 'failed' });
  }
}

/** A file that may not even be fetched: too large. */
async function refuseUnread(
  context: JobContext,
  drop: Drop,
  file: RemoteFile,
  before: Arrival | null,
  error: FileError,
): Promise<void> {
  const { db } = context.database;
  const path = pathOf(drop, file);
  const known = before ?? (await findOpenArrivals(db, drop.id, [{ ...file, path }])).get(path);
  const row = known === undefined ? undefined : await getFile(db, known.id);
  const facts = { drop: drop.id, file: fileNameForLog(file.name) };
  try {
    // What was decided before stays so, whatever is found out about the object that still stands there.
    if (row?.status === 'seen' || row?.status === 'waiting') await refuseFile(context, row, error);
    else context.log('file.waiting', { ...facts, reason: error.code });
  } catch (second) {
    if (!(second instanceof RetryableError)) throw second;
    context.log('file.claimed_elsewhere', facts);
  }
}
