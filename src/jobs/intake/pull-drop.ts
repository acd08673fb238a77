/** One visit of a drop: decided files moved out, settled ones fetched oldest first and taken, receipts put. */
import type { Drop } from '../../config.ts';
import { RetryableError } from '../../errors.ts';
import { type OpenDrop, openDrop, type RemoteFile } from '../../ingest/drops/drop.ts';
import { sentNameFault } from '../../ingest/drops/remote-name.ts';
import { settledFiles, sightAnew } from '../../ingest/drops/settled.ts';
import { listUnread } from '../../load/files/arrivals.ts';
import { listReopened } from '../../load/files/earlier-deliveries.ts';
import type { JobContext } from '../context.ts';
import type { ImportResult } from '../import/import-file.ts';
import { importKept } from '../import/import-kept.ts';
import { dropPlace } from './drop-place.ts';
import type { Enqueue, SettledFile } from './fetch-file.ts';
import { closeGoneFiles } from './gone-files.ts';
import { type Looks, stillMilliseconds } from './looks.ts';
import { refuseName } from './refuse-name.ts';
import { returnAll } from './return-decided.ts';
import { createReturns } from './returns.ts';
import { takeFiles } from './take-files.ts';
import { warnUnfinished } from './unfinished-files.ts';

/** Milliseconds: whole seconds are what servers tell, and some file systems know only even ones. */
const SECOND_OF_A_SERVER = 2_000;

export interface PulledFile {
  readonly name: string;
  readonly result: ImportResult;
}

export interface Visit {
  readonly looks: Looks;
  /** waits (milliseconds) between the two listings of a `stable` drop that nobody has listed before; null leaves that to the next visit */
  readonly pause: ((milliseconds: number) => Promise<void>) | null;
  /** puts a fetched file into the queue; null imports it at once */
  readonly enqueue: Enqueue | null;
  /** so many files at most, so that one full drop does not keep the others waiting */
  readonly most: number;
  readonly signal?: AbortSignal;
}

/** What a visit leaves: files that can be taken now, files for which there is no room, files that settle soon, or nothing. */
export type More = 'now' | 'full' | 'soon' | 'no';

export interface Visited {
  /** those that were imported at once */
  readonly files: readonly PulledFile[];
  readonly more: More;
}

/**
 * Visits one drop. What can be tried again later (a file that changed, a full disk) is logged and left.
 * @throws RetryableError when the drop cannot be reached or is lost
 */
export async function pullDrop(context: JobContext, drop: Drop, visit: Visit): Promise<Visited> {
  const opened = await reachDrop(drop);
  try {
    const { ready, waiting, listing } = await listReady(context, drop, opened, visit);
    const returns = createReturns(drop, async () => opened);
    returns.listing = listing;
    // A file that was decided before still stands in the listing; moved out, it must not be taken for a new one.
    await returnAll(context, returns);
    const files: PulledFile[] = [];
    const taking = { ...visit, drop, opened, moved: returns.moved };
    const { more } = await takeFiles(context, taking, ready, async ({ name }, id) => {
      if (visit.enqueue !== null) return;
      files.push({ name, result: await importKept(context, id) });
      await returnAll(context, returns);
    });
    if (visit.enqueue === null) await importReopened(context, drop);
    await returnAll(context, returns);
    return { files, more: more ? 'now' : waiting ? 'soon' : 'no' };
  } finally {
    await opened.close();
  }
}

/** What a visit without a queue leaves to nobody else: files that are to be decided anew and stand in no inbox. */
async function importReopened(context: JobContext, drop: Drop): Promise<void> {
  for (const id of await listReopened(context.database.db, drop.id)) {
    try {
      await importKept(context, id);
    } catch (error) {
      // It stands in the ledger and in the log, and the next visit finds it again.
      if (!(error instanceof RetryableError)) throw error;
    }
  }
}

/** @throws RetryableError when it cannot be reached */
export function reachDrop(drop: Drop): Promise<OpenDrop> {
  return openDrop(dropPlace(drop), { maxBytes: drop.limits.maxBytes });
}

export interface Ready {
  readonly listing: ReadonlyMap<string, RemoteFile>;
  /** some files may settle soon */
  readonly waiting: boolean;
  /** oldest first */
  readonly ready: readonly SettledFile[];
}

/** Lists the inbox; names that cannot be used get their line in the ledger. */
export async function listReady(
  context: JobContext,
  drop: Drop,
  opened: OpenDrop,
  { looks, pause }: Pick<Visit, 'looks' | 'pause'>,
): Promise<Ready> {
  const unread = await listUnread(context.database.db, drop.id);
  const isFirst = !looks.sightings.has(drop.id);
  let look = await lookInto(drop, opened, looks);
  if (pause !== null && drop.settled === 'stable' && isFirst && look.listing.length > 0) {
    await pause(stillMilliseconds(drop));
    look = await lookInto(drop, opened, looks);
  }
  const { listing, began, since } = look;
  await closeGoneFiles(context, drop, unread, listing);
  for (const file of listing) if (sentNameFault(file.name) !== null) await refuseName(context, drop, file);
  const settled = settledFiles(drop.settled, listing, (name) => began - since(name) >= stillMilliseconds(drop));
  await warnUnfinished(context, drop, looks, settled);
  return {
    listing: new Map(listing.map((file) => [file.name, file])),
    waiting: drop.settled === 'stable' && settled.waiting.length > 0,
    ready: settled.ready
      .toSorted((a, b) => inOrder(a.file.mtime, b.file.mtime) || inOrder(a.file.name, b.file.name))
      .map((one) => ({ ...one, stood: () => looks.clock() - since(one.file.name) >= SECOND_OF_A_SERVER })),
  };
}

/** A file stands still for as long as lies between the end of the listing that showed it first and the beginning of this one. */
async function lookInto(drop: Drop, opened: OpenDrop, { clock, sightings }: Looks) {
  const began = clock();
  const listing = await opened.list();
  const seen = sightAnew(listing, sightings.get(drop.id) ?? new Map(), clock());
  sightings.set(drop.id, seen);
  return { listing, began, since: (name: string) => seen.get(name)?.since ?? Number.POSITIVE_INFINITY };
}

function inOrder(one: string, other: string): number {
  return one < other ? -1 : Number(one > other);
}
