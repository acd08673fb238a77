/** A visit of the worker: while files are fetched and the queue applies them, those that are decided go back over a second connection. */
import { setTimeout as wait } from 'node:timers/promises';
import type { Drop } from '../../config.ts';
import type { OpenDrop } from '../../ingest/drops/drop.ts';
import { countQueued } from '../../load/files/arrivals.ts';
import type { JobContext } from '../context.ts';
import type { Enqueue } from './fetch-file.ts';
import type { Looks } from './looks.ts';
import { listReady, type More, reachDrop } from './pull-drop.ts';
import { returnDecided } from './return-decided.ts';
import { createReturns, type Returns } from './returns.ts';
import { takeFiles } from './take-files.ts';

export interface LongVisit {
  readonly looks: Looks;
  readonly enqueue: Enqueue;
  /** so many files of one drop are fetched and not yet decided: then the others have their turn in the queue */
  readonly most: number;
  /** told after every listing and every file that came or went */
  readonly reached: () => Promise<void>;
  readonly signal: AbortSignal;
}

const PAUSE_MILLISECONDS = 50;
/** So many looks in a row that find nothing to return end a round: what is in the queue takes long, and the inbox waits. */
const IDLE_LOOKS = 20;

/**
 * Goes round as long as files come or go, over the same connections. What can be tried again later is logged and left.
 * @throws RetryableError when the drop cannot be reached or is lost
 */
export async function visitDrop(context: () => JobContext, drop: Drop, visit: LongVisit): Promise<More> {
  const opened = await reachDrop(drop);
  const second: { opening: Promise<OpenDrop> | null } = { opening: null };
  try {
    const returns = createReturns(drop, () => {
      second.opening ??= reachDrop(drop);
      return second.opening;
    });
    for (;;) {
      const { more, moved } = await goRound(context, drop, opened, returns, visit);
      if (moved === 0 || visit.signal.aborted) return more;
    }
  } finally {
    await opened.close();
    const other = await second.opening?.catch(() => null);
    await other?.close();
  }
}

async function goRound(
  context: () => JobContext,
  drop: Drop,
  opened: OpenDrop,
  returns: Returns,
  visit: LongVisit,
): Promise<{ more: More; moved: number }> {
  const moment = context();
  // What was moved until now is not in the new listing, or is another file there.
  returns.moved.clear();
  const { ready, waiting, listing } = await listReady(moment, drop, opened, { ...visit, pause: null });
  returns.listing = listing;
  await visit.reached();
  const round = { fetching: true, more: false, taken: 0, returned: 0 };
  const most = visit.most - (await countQueued(moment.database.prepared, drop.id));
  const fetch = async (): Promise<void> => {
    try {
      const taking = { ...visit, most, drop, opened, moved: returns.moved };
      const { taken, more } = await takeFiles(moment, taking, ready, visit.reached);
      Object.assign(round, { taken, more });
    } finally {
      round.fetching = false;
    }
  };
  const giveBack = async (): Promise<void> => {
    for (let idle = 0; round.fetching || (idle < IDLE_LOOKS && !visit.signal.aborted); ) {
      const returned = await returnDecided(context(), returns);
      round.returned += returned;
      if (returned > 0) await visit.reached();
      idle = returned > 0 ? 0 : idle + 1;
      if (round.fetching || returned > 0) {
        // What is decided meanwhile goes back together.
        await wait(PAUSE_MILLISECONDS);
        continue;
      }
      const queued = await countQueued(moment.database.prepared, drop.id);
      // With half of the share applied, the next ones are fetched.
      if (queued === 0 || (round.more && queued < visit.most / 2)) break;
      await wait(PAUSE_MILLISECONDS);
    }
  };
  const ended = await Promise.allSettled([fetch(), giveBack()]);
  for (const one of ended) if (one.status === 'rejected') throw one.reason;
  const moved = round.taken + round.returned;
  if (round.more) return { more: moved > 0 ? 'now' : 'full', moved };
  return { more: waiting ? 'soon' : 'no', moved };
}
