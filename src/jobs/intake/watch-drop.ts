/** One drop for as long as the worker lives: visited when something may be there, left alone for longer the longer it is down. */
import type { Drop } from '../../config.ts';
import { RetryableError } from '../../errors.ts';
import { reasonOf } from '../../load/database.ts';
import { dropRestsFor, noteDropDown, noteDropReached, noteDropSeen } from '../../load/files/drop-visits.ts';
import type { Queue } from '../../load/queue.ts';
import { isAboutConnection } from '../connection-errors.ts';
import type { JobContext } from '../context.ts';
import type { Sleep } from '../sleep.ts';
import { newLooks, stillMilliseconds } from './looks.ts';
import { type LongVisit, visitDrop } from './visit-drop.ts';
import { visitTurn } from './visit-turn.ts';

export interface DropWatch {
  readonly drop: Drop;
  /** of this moment */
  readonly context: () => JobContext;
  readonly queue: Queue;
  readonly sleep: Sleep;
  readonly signal: AbortSignal;
}

const SECOND = 1000;
/** So many files of a drop, oldest first, may wait in the queue; then the others have their turn. */
const MOST_FILES = 200;
/** While the queue has no room for a drop, its own files that are done wake it; those that others do are noticed after a while. */
const PAUSES = { now: 10, full: 30 * SECOND, no: 300 * SECOND };
/** Beyond the time for which a file must stand still: the second listing is to find it so. */
const SETTLING = SECOND;
const ELSEWHERE = 5 * SECOND;
const DATABASE_AWAY = 5 * SECOND;
/** From the end of a visit to the next login, whatever wakes the drop; a folder has no login. */
const GAP_SECONDS = { sftp: 5, folder: 0 };
/** Who rests longer asks so often whether somebody else has reached the drop meanwhile. */
const ASKED = 60 * SECOND;
/** Between two words of a long visit that it goes on. */
const REACHED = 60 * SECOND;
const BACK_OFF_SECONDS = [5, 15, 60, 300, 900];
/** A refused login is tried seldom: a server locks an account that knocks too often. */
const SLOW_BACK_OFF_SECONDS = [300, 900, 3600];
const REFUSED = ['login', 'host_key'];

interface Rest {
  readonly milliseconds: number;
  /** whether something that happens at the drop ends it */
  readonly wakeable: boolean;
}

/** Ends when the signal says so, after the file in hand. */
export async function watchDrop(watch: DropWatch): Promise<void> {
  const { drop, context, queue, sleep, signal } = watch;
  const reached = tellingReached(context, drop);
  const visit = { looks: newLooks(), enqueue: queue.enqueue, most: MOST_FILES, reached, signal };
  while (!signal.aborted) {
    const { milliseconds, wakeable } = await comeBy(context, drop, visit);
    await sleep(drop.id, milliseconds, wakeable);
  }
}

/** What is known of the drop stands in the database: all workers share one back-off, and a restart begins none anew. */
async function comeBy(context: () => JobContext, drop: Drop, visit: LongVisit): Promise<Rest> {
  const moment = context();
  const { db } = moment.database;
  try {
    const rest = await visitTurn(moment, drop, async (): Promise<Rest> => {
      const rests = await dropRestsFor(db, drop.id, GAP_SECONDS[drop.kind]);
      if (rests > 0) return { milliseconds: Math.min(rests, ASKED), wakeable: false };
      try {
        const more = await visitDrop(context, drop, visit);
        await tellSeen(moment, drop);
        const milliseconds = more === 'soon' ? stillMilliseconds(drop) + SETTLING : PAUSES[more];
        return { milliseconds: jittered(milliseconds), wakeable: true };
      } catch (error) {
        if (isAboutConnection(error)) throw error;
        return { milliseconds: await tellDown(moment, drop, error), wakeable: false };
      }
    });
    // Another worker is there now: that says nothing about the drop.
    return rest ?? { milliseconds: jittered(ELSEWHERE), wakeable: false };
  } catch (error) {
    const milliseconds = jittered(DATABASE_AWAY);
    // The heartbeat tells of the database; the drop itself is not down.
    if (isAboutConnection(error)) return { milliseconds, wakeable: false };
    return { milliseconds: await tellDown(moment, drop, error).catch(() => milliseconds), wakeable: false };
  }
}

/** A visit may last for hours: about once a minute it says that the drop is read all the while. */
function tellingReached(context: () => JobContext, drop: Drop): () => Promise<void> {
  let told = context().now;
  return async () => {
    const { now, database } = context();
    if (now - told < REACHED) return;
    told = now;
    // Nothing hangs on the word: what is wrong with the database shows in what the visit itself writes.
    await noteDropReached(database.db, drop.id).catch(() => undefined);
  };
}

/** Called when a drop was read from end to end: the end of an outage is told once. */
export async function tellSeen({ database, log }: Pick<JobContext, 'database' | 'log'>, drop: Drop): Promise<void> {
  const milliseconds = await noteDropSeen(database.db, drop.id);
  if (milliseconds !== null) log('drop.recovered', { drop: drop.id, milliseconds });
}

/** @returns milliseconds until it may be tried again; an outage is told once, and once more when it turns out that we are refused */
async function tellDown({ database, log }: JobContext, drop: Drop, error: unknown): Promise<number> {
  const known = error instanceof RetryableError;
  const reason = reasonOf(error);
  const refused = REFUSED.includes(reason);
  const pauses = refused ? SLOW_BACK_OFF_SECONDS : BACK_OFF_SECONDS;
  const { reasonBefore, rests } = await noteDropDown(database.db, drop.id, reason, pauses);
  if (reasonBefore === null || (refused && reasonBefore !== reason)) {
    log(known ? 'drop.down' : 'drop.failed', { drop: drop.id, reason, ...fingerprints(error) });
  }
  return Math.min(rests, ASKED);
}

/** Which key was expected and which one was offered; both are public. */
function fingerprints(error: unknown): { fingerprints?: readonly string[] } {
  if (!(error instanceof RetryableError) || error.reason !== 'host_key') return {};
  return { fingerprints: error.message.match(/SHA256:[A-Za-z0-9+/=]+/g) ?? [] };
}

/** Up to a tenth more, so that workers and drops do not come all at once. */
function jittered(milliseconds: number): number {
  return milliseconds * (1 + Math.random() / 10);
}
