/** The settled files of a listing: those that are new are fetched, oldest first, and taken; what cannot be taken now is left. */
import type { Drop } from '../../config.ts';
import { FileError, RefusedError, RetryableError } from '../../errors.ts';
import type { OpenDrop, RemoteFile } from '../../ingest/drops/drop.ts';
import { OUR_DISK, ofOwnDisk } from '../../ingest/drops/own-disk.ts';
import { sentNameFault } from '../../ingest/drops/remote-name.ts';
import { type Arrival, findOpenArrivals } from '../../load/files/arrivals.ts';
import { postponeFile } from '../../load/files/claims.ts';
import { getFile } from '../../load/files/ledger.ts';
import type { DropFile } from '../../load/tables.ts';
import { fileNameForLog } from '../../log.ts';
import { isAboutConnection } from '../connection-errors.ts';
import type { JobContext } from '../context.ts';
import { type Enqueue, fetchFile, isToTake, pathOf, type SettledFile, tellSeen } from './fetch-file.ts';
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

/** One may only be too large for what is left; when so many find no place, none will. */
const MOST_UNSTORED = 3;
/** The ledger is asked about so many files of a listing at once. */
const ASKED_AT_ONCE = 200;

/**
 * `then` is given every file that was fetched, or was fetched before and is still to be imported. For a queue, a file is kept and
 * told while the next one is read, so that they are enqueued in the order in which they were sent.
 * @returns how many were taken, and whether more could have been
 * @throws RetryableError when the drop or the database is lost
 */
export async function takeFiles(
  context: JobContext,
  taking: Taking,
  ready: readonly SettledFile[],
  then: (file: RemoteFile, id: number) => Promise<void> = async () => undefined,
): Promise<{ taken: number; more: boolean }> {
  const round: Round = { taken: 0, unstored: 0, keeping: Promise.resolve() };
  let more = false;
  try {
    for (let start = 0; start < ready.length && !more && round.unstored < MOST_UNSTORED; start += ASKED_AT_ONCE) {
      more = await takeSome(context, taking, ready.slice(start, start + ASKED_AT_ONCE), then, round);
    }
  } finally {
    await round.keeping;
  }
  return { taken: round.taken, more };
}

interface Round {
  taken: number;
  unstored: number;
  /** what is being kept while the next one is read */
  keeping: Promise<void>;
}

/** @returns whether more could have been taken */
async function takeSome(
  context: JobContext,
  taking: Taking,
  ready: readonly SettledFile[],
  then: (file: RemoteFile, id: number) => Promise<void>,
  round: Round,
): Promise<boolean> {
  const { drop, moved, most, signal } = taking;
  const usable = ready.filter(({ file }) => sentNameFault(file.name) === null);
  const known = await meetFiles(context, taking, usable, most - round.taken);
  for (const settled of usable) {
    const { file } = settled;
    if (moved.has(file.name)) continue;
    const arrival = known.get(pathOf(drop, file)) ?? null;
    // What is known and waits for its turn or its way out leaves nothing more to take.
    if (arrival !== null && !isToTake(drop, arrival, taking.enqueue)) continue;
    if (round.taken + 1 >= most) await round.keeping;
    if (arrival === null || signal?.aborted || round.taken >= most) return true;
    const leave = async (error: unknown): Promise<void> => {
      if (await leaveUntaken(context, drop, file, arrival, ofOwnDisk(error))) round.unstored += 1;
    };
    const keep = await fetchFile(context, drop, taking.opened, settled, arrival, taking.enqueue).catch(
      async (error) => {
        await leave(error);
        return async () => null;
      },
    );
    const keepAndTell = async (): Promise<void> => {
      try {
        const id = await keep();
        if (id === null) return;
        await then(file, id);
        round.taken += 1;
      } catch (error) {
        await leave(error);
      }
    };
    try {
      await round.keeping;
    } finally {
      round.keeping = keepAndTell();
      // Whoever awaits it next is told; until then nobody listens.
      round.keeping.catch(() => undefined);
    }
    if (taking.enqueue === null || round.unstored > 0) await round.keeping;
    if (round.unstored >= MOST_UNSTORED) return false;
  }
  return false;
}

/** By path what the ledger knows of them; those it has never heard of are told to it, as many as can be taken. */
async function meetFiles(
  context: JobContext,
  { drop, moved }: Taking,
  files: readonly SettledFile[],
  most: number,
): Promise<ReadonlyMap<string, Arrival>> {
  const known = await findOpenArrivals(
    context.database.db,
    drop.id,
    files.map(({ file }) => ({ ...file, path: pathOf(drop, file) })),
  );
  // One that was moved out while the ledger was asked is not known as standing there any more.
  const fresh = files.flatMap(({ file }) => (known.has(pathOf(drop, file)) || moved.has(file.name) ? [] : [file]));
  const ids = await tellSeen(context, drop, fresh.slice(0, Math.max(most, 0)));
  const met = [...ids].map(([path, id]) => [path, { ...JUST_SEEN, id }] as const);
  return new Map([...known, ...met]);
}

const JUST_SEEN = { status: 'seen', sha256: null, due: true, second_passed: false, stood: false } as const;

/** @returns whether our own disk had no place for it */
async function leaveUntaken(
  context: JobContext,
  drop: Drop,
  file: RemoteFile,
  arrival: Arrival | null,
  error: unknown,
): Promise<boolean> {
  const facts = { drop: drop.id, file: fileNameForLog(file.name) };
  if (error instanceof FileError) {
    await refuseUnread(context, drop, file, arrival, error);
  } else if (error instanceof RetryableError) {
    if (['drop_down', 'stalled', 'database_down'].includes(error.reason)) throw error;
    const changed = ['changed_while_reading', 'changed', 'gone', 'short_read'].includes(error.reason);
    if (error.reason === 'claimed' || error.reason === 'claim_lost') context.log('file.claimed_elsewhere', facts);
    else if (changed) context.log('file.changed_while_reading', { ...facts, reason: error.reason });
    else await postponeUntaken(context, drop, file, arrival, error.reason);
    return OUR_DISK.includes(error.reason);
  } else if (isAboutConnection(error)) {
    throw new RetryableError('database_down', 'The database cannot be reached.', { cause: error });
  } else if (error instanceof RefusedError) {
    await postponeUntaken(context, drop, file, arrival, 'refused');
  } else {
    // The other files of the drop are not to suffer from it.
    await postponeUntaken(context, drop, file, arrival, 'failed');
  }
  return false;
}

/** A file that could not be fetched is left for longer each time; one that was fetched has been told of already. */
async function postponeUntaken(
  context: JobContext,
  drop: Drop,
  file: RemoteFile,
  before: Arrival | null,
  reason: string,
): Promise<void> {
  const row = await rowOf(context, drop, file, before);
  const facts = { drop: drop.id, file: fileNameForLog(file.name), reason };
  if (row?.status !== 'seen' && row?.status !== 'waiting') context.log('file.waiting', facts);
  else if (await postponeFile(context.database.db, row, 'waiting')) {
    context.log('file.postponed', { fileId: row.id, ...facts });
  }
}

/** What the ledger says now of a listed file; `before` is what it said before that was touched. */
async function rowOf(
  context: JobContext,
  drop: Drop,
  file: RemoteFile,
  before: Arrival | null,
): Promise<DropFile | undefined> {
  const { db } = context.database;
  const path = pathOf(drop, file);
  const known = before ?? (await findOpenArrivals(db, drop.id, [{ ...file, path }])).get(path);
  return known === undefined ? undefined : getFile(db, known.id);
}

/** A file that may not even be fetched: too large. */
async function refuseUnread(
  context: JobContext,
  drop: Drop,
  file: RemoteFile,
  before: Arrival | null,
  error: FileError,
): Promise<void> {
  const row = await rowOf(context, drop, file, before);
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
