/** One visit of a drop: decided files moved out, settled ones fetched oldest first and taken, receipts put. */
import type { Drop } from '../../config.ts';
import { FileError, RefusedError, RetryableError } from '../../errors.ts';
import { type OpenDrop, openDrop, type RemoteFile } from '../../ingest/drops/drop.ts';
import { nameFault } from '../../ingest/drops/remote-name.ts';
import { type ReadyFile, settledFiles } from '../../ingest/drops/settled.ts';
import { findOpenArrival } from '../../load/files/arrivals.ts';
import { getFile } from '../../load/files/ledger.ts';
import { fileNameForLog } from '../../log.ts';
import { isAboutConnection } from '../connection-errors.ts';
import type { JobContext } from '../context.ts';
import type { ImportResult } from '../import/import-file.ts';
import { importKept } from '../import/import-kept.ts';
import { archiveDecided } from './archive-files.ts';
import { dropPlace } from './drop-place.ts';
import { type Enqueue, fetchFile, pathOf } from './fetch-file.ts';
import { refuseFile } from './refuse-file.ts';
import { refuseName } from './refuse-name.ts';
import { sendOutgoing } from './send-outgoing.ts';

export interface PulledFile {
  readonly name: string;
  readonly result: ImportResult;
}

/** What two visits of a drop share when files settle by standing still: the listing before. */
export type Listings = Map<string, readonly RemoteFile[]>;

export interface Visit {
  readonly listings: Listings;
  /** waits between the two listings of a `stable` drop that nobody has listed before; null leaves that to the next visit */
  readonly pause: (() => Promise<void>) | null;
  /** puts a fetched file into the queue; null imports it at once */
  readonly enqueue: Enqueue | null;
  /** so many files at most, so that one full drop does not keep the others waiting */
  readonly most: number;
  readonly signal?: AbortSignal;
}

export interface Visited {
  /** those that were imported at once */
  readonly files: readonly PulledFile[];
  /** what is left: files that can be taken now, files that settle soon, or nothing */
  readonly more: 'now' | 'soon' | 'no';
}

/**
 * Visits one drop. What can be tried again later (a file that changed, a full disk) is logged and left.
 * @throws RetryableError when the drop cannot be reached or is lost
 */
export async function pullDrop(context: JobContext, drop: Drop, visit: Visit): Promise<Visited> {
  const opened = await openDrop(dropPlace(drop), { maxBytes: drop.limits.maxBytes });
  try {
    const { ready, waiting, listing } = await listReady(drop, opened, visit);
    const byName = new Map(listing.map((file) => [file.name, file]));
    for (const file of listing) if (nameFault(file.name) !== null) await refuseName(context, drop, file);
    // A file that was decided before still stands in the listing; moved out, it must not be taken for a new one.
    const moved = new Set(await archiveDecided(context, drop, opened, byName));
    const files: PulledFile[] = [];
    let fetched = 0;
    let more: Visited['more'] = waiting ? 'soon' : 'no';
    for (const settled of ready) {
      if (moved.has(settled.file.name) || nameFault(settled.file.name) !== null) continue;
      if (visit.signal?.aborted || fetched >= visit.most) {
        more = 'now';
        break;
      }
      const taken = await takeFile(context, drop, opened, settled, visit);
      if (taken === null) continue;
      fetched += 1;
      if (taken === 'queued') continue;
      files.push({ name: settled.file.name, result: taken });
      await sendOutgoing(context, drop.id, opened);
      await archiveDecided(context, drop, opened, byName);
    }
    await sendOutgoing(context, drop.id, opened);
    await archiveDecided(context, drop, opened, byName);
    return { files, more };
  } finally {
    await opened.close();
  }
}

async function listReady(drop: Drop, opened: OpenDrop, { listings, pause }: Visit) {
  let before = listings.get(drop.id) ?? null;
  let listing = await opened.list();
  if (pause !== null && drop.settled === 'stable' && before === null && listing.length > 0) {
    await pause();
    before = listing;
    listing = await opened.list();
  }
  listings.set(drop.id, listing);
  const { ready, waiting } = settledFiles(drop.settled, listing, before);
  return {
    listing,
    waiting: drop.settled === 'stable' && waiting.length > 0,
    ready: ready.toSorted((a, b) => a.file.mtime.localeCompare(b.file.mtime) || a.file.name.localeCompare(b.file.name)),
  };
}

async function takeFile(
  context: JobContext,
  drop: Drop,
  opened: OpenDrop,
  settled: ReadyFile,
  visit: Visit,
): Promise<ImportResult | 'queued' | null> {
  const { file } = settled;
  const facts = { drop: drop.id, file: fileNameForLog(file.name) };
  try {
    const id = await fetchFile(context, drop, opened, settled, visit.enqueue);
    if (id === null) return null;
    return visit.enqueue === null ? await importKept(context, id) : 'queued';
  } catch (error) {
    if (error instanceof FileError) {
      await refuseUnread(context, drop, file, error);
    } else if (error instanceof RetryableError) {
      if (['drop_down', 'stalled', 'database_down'].includes(error.reason)) throw error;
      const changed = ['changed_while_reading', 'changed', 'gone', 'short_read'].includes(error.reason);
      if (error.reason === 'claimed') context.log('file.claimed_elsewhere', facts);
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
    return null;
  }
}

/** A file that may not even be fetched: too large. */
async function refuseUnread(context: JobContext, drop: Drop, file: RemoteFile, error: FileError): Promise<void> {
  const { db } = context.database;
  const known = await findOpenArrival(db, drop.id, pathOf(drop, file), file.size, file.mtime);
  const row = known === null ? undefined : await getFile(db, known.id);
  if (row !== undefined) await refuseFile(context, row, error);
}
