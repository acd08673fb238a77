/** One settled file of a drop into the store and the ledger: seen, fetched, and what its sender says of it checked. */
import { rm } from 'node:fs/promises';
import { brusselsDay, endOfBrusselsDay, isoMoment } from '../../clock.ts';
import type { Drop } from '../../config.ts';
import { FileError } from '../../errors.ts';
import type { FetchedFile, OpenDrop, RemoteFile } from '../../ingest/drops/drop.ts';
import type { ReadyFile } from '../../ingest/drops/settled.ts';
import type { Db } from '../../load/database.ts';
import { type Arrival, markSecondPassed } from '../../load/files/arrivals.ts';
import { claimLost, postponeFile } from '../../load/files/claims.ts';
import { getFile, insertSeenFiles, markFetched } from '../../load/files/ledger.ts';
import { fileNameForLog } from '../../log.ts';
import type { JobContext } from '../context.ts';
import { keepArrived } from './keep-file.ts';
import { passingPath } from './passing-files.ts';
import { refuseFile } from './refuse-file.ts';
import { readSidecars, type Said } from './sidecars.ts';
import { isWaitedFor } from './whole-file.ts';

/** Done in the transaction that says `fetched`, so that no fetched file is without its job. */
export type Enqueue = (db: Db, fileId: number) => Promise<void>;

/** A file that can be fetched. */
export interface SettledFile extends ReadyFile {
  /** whether it has stood as it is, since its first listing, for longer than a second of its server */
  readonly stood: () => boolean;
}

/**
 * `known` is what the ledger knows of this very file: one that was fetched or decided is not fetched again, until it has been
 * moved out of the inbox.
 * @returns once its bytes are read, what keeps them and tells the ledger: to be called, whatever happens meanwhile; that answers its
 * id when it is there to be imported, null when there is nothing to do now
 * @throws RetryableError what `fetch` of a drop throws; FileError `file.limit`
 */
export async function fetchFile(
  context: JobContext,
  drop: Drop,
  opened: OpenDrop,
  settled: SettledFile,
  known: Arrival,
  enqueue: Enqueue | null,
): Promise<() => Promise<number | null>> {
  const { file } = settled;
  if (!isToTake(drop, known, enqueue)) return async () => null;
  if (known.status === 'fetched') return async () => known.id;
  const arrival = await passingPath(context.config.storage, 'arriving');
  const forget = () => rm(arrival, { force: true });
  try {
    const said = await readSidecars(opened, settled.sidecars);
    const fetched = await opened.fetch(file, arrival);
    const read = { fetched, said, secondPassed: settled.stood() || known.stood };
    return () => keepRead(context, drop, file, known, arrival, read, enqueue).finally(forget);
  } catch (error) {
    await forget();
    throw error;
  }
}

async function keepRead(
  context: JobContext,
  drop: Drop,
  file: RemoteFile,
  known: Arrival,
  arrival: string,
  read: Read,
  enqueue: Enqueue | null,
): Promise<number | null> {
  if (!isTaken(known)) return keep(context, drop, file, known.id, arrival, read, enqueue);
  if (read.fetched.sha256 === known.sha256) {
    if (read.secondPassed) await markSecondPassed(context.database.prepared, known.id);
    return null;
  }
  const id = (await tellSeen(context, drop, [file])).get(pathOf(drop, file));
  return id === undefined ? null : keep(context, drop, file, id, arrival, read, enqueue);
}

/** Whether there is something to do about a file that the ledger knows. */
export function isToTake(drop: Drop, known: Arrival, enqueue: Enqueue | null): boolean {
  if (!known.due) return false;
  if (known.status === 'fetched') return enqueue === null;
  return !isTaken(known) || mayBeAnother(drop, known);
}

function isTaken({ status }: Arrival): boolean {
  return status !== 'seen' && status !== 'waiting';
}

interface Read {
  readonly fetched: FetchedFile;
  readonly said: Said;
  /** the second of its time was over when its last byte was read */
  readonly secondPassed: boolean;
}

async function keep(
  context: JobContext,
  drop: Drop,
  file: RemoteFile,
  id: number,
  arrival: string,
  { fetched, said, secondPassed }: Read,
  enqueue: Enqueue | null,
): Promise<number | null> {
  const { prepared: db } = context.database;
  const facts = { fileId: id, drop: drop.id, file: fileNameForLog(file.name) };
  if (said.unreadable || (said.sha256 !== null && said.sha256 !== fetched.sha256)) {
    const row = await getFile(db, id);
    if (row === undefined) return null;
    if (row.status !== 'seen' && row.status !== 'waiting') throw claimLost();
    if (isWaitedFor(row, context.now)) {
      if (!(await postponeFile(db, row, 'waiting'))) throw claimLost();
      context.log('file.incomplete', { ...facts, reason: 'sidecar' });
    } else {
      await refuseFile(context, { ...row, sha256: fetched.sha256 }, new FileError('file.truncated'));
    }
    return null;
  }
  await keepArrived(context.config.storage, arrival, fetched.sha256);
  await db.transaction().execute(async (trx) => {
    await markFetched(trx, id, fetched.sha256, fetched.bytes, {
      sizeKnown: fetched.sizeKnown,
      proof: said.sha256 !== null ? 'checksum' : said.rows !== null ? 'count' : null,
      expectedRows: said.rows,
      secondPassed,
    });
    await enqueue?.(trx, id);
  });
  context.log('file.fetched', { ...facts, bytes: fetched.bytes });
  return id;
}

/** Times of servers are whole seconds: what was written in the second of its listing may have been written once more. */
function mayBeAnother(drop: Drop, known: Arrival): boolean {
  return drop.archive === 'none' && !known.second_passed;
}

/** Before anything of them is read or kept: whatever is wrong with one then has a row to be told in. @returns their ids by path */
export async function tellSeen(
  context: JobContext,
  drop: Drop,
  files: readonly RemoteFile[],
): Promise<ReadonlyMap<string, number>> {
  const ids = await insertSeenFiles(
    context.database.db,
    files.map((file) => seenFile(context, drop, file, file.name)),
  );
  for (const file of files) {
    const fileId = ids.get(pathOf(drop, file));
    if (fileId !== undefined) context.log('file.seen', { fileId, drop: drop.id, file: fileNameForLog(file.name) });
  }
  return ids;
}

/** The first line of a delivery in the ledger. */
export function seenFile(context: JobContext, drop: Drop, file: RemoteFile, name: string) {
  const latest = endOfBrusselsDay(context.today);
  return {
    dropId: drop.id,
    secretariat: drop.secretariat,
    path: pathOf(drop, { ...file, name }),
    name,
    size: file.size,
    mtime: file.mtime,
    receivedAt: isoMoment(brusselsDay(context.now) === context.today ? context.now : latest),
    receivedOn: context.today,
  };
}

export function pathOf(drop: Drop, file: Pick<RemoteFile, 'name'>): string {
  return `${drop.paths.in}/${file.name}`;
}
