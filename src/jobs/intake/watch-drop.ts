/** One drop for as long as the worker lives: visited when something may be there, left alone for longer the longer it is down. */
import { now } from '../../clock.ts';
import type { Drop } from '../../config.ts';
import { RetryableError } from '../../errors.ts';
import { reasonOf } from '../../load/database.ts';
import { noteDropDown, noteDropSeen } from '../../load/files/drop-visits.ts';
import type { Queue } from '../../load/queue.ts';
import { isAboutConnection } from '../connection-errors.ts';
import type { JobContext } from '../context.ts';
import type { Sleep } from '../sleep.ts';
import type { Listings } from './pull-drop.ts';
import { visitDrop } from './visit-drop.ts';
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
const IDLE = 300 * SECOND;
const PAUSES = { now: 10, soon: 3 * SECOND, no: IDLE };
const BACK_OFF = [5, 15, 60, 300, 900].map((seconds) => seconds * SECOND);
/** A refused login is tried seldom: a server locks an account that knocks too often. */
const SLOW_BACK_OFF = [300, 900, 3600].map((seconds) => seconds * SECOND);
const REFUSED = ['login', 'host_key'];

/** Ends when the signal says so, after the file in hand. */
export async function watchDrop({ drop, context, queue, sleep, signal }: DropWatch): Promise<void> {
  const listings: Listings = new Map();
  const visit = { listings, enqueue: queue.enqueue, most: MOST_FILES, signal };
  let failures = 0;
  let downSince: number | null = null;
  while (!signal.aborted) {
    const moment = context();
    try {
      const more = await visitTurn(moment, drop, () => visitDrop(context, drop, visit));
      if (downSince !== null) moment.log('drop.recovered', { drop: drop.id, milliseconds: now() - downSince });
      downSince = null;
      failures = 0;
      if (more !== null) await noteDropSeen(moment.database.db, drop.id);
      await sleep(drop.id, jittered(PAUSES[more ?? 'no']), true);
    } catch (error) {
      const reason = error instanceof RetryableError ? error.reason : reasonOf(error);
      if (isAboutDatabase(error)) {
        // The heartbeat tells of the database; the drop itself is not down.
        await sleep(drop.id, jittered(BACK_OFF[0] ?? SECOND), false);
        continue;
      }
      if (downSince === null) {
        downSince = now();
        const known = error instanceof RetryableError;
        moment.log(known ? 'drop.down' : 'drop.failed', { drop: drop.id, reason, ...fingerprints(error) });
      }
      // Who cannot note it now comes by again, and nothing is decided by it.
      await noteDropDown(moment.database.db, drop.id, reason).catch(() => undefined);
      const table = REFUSED.includes(reason) ? SLOW_BACK_OFF : BACK_OFF;
      await sleep(drop.id, jittered(table[Math.min(failures, table.length - 1)] ?? IDLE), false);
      failures += 1;
    }
  }
}

function isAboutDatabase(error: unknown): boolean {
  if (error instanceof RetryableError) return error.reason === 'database_down';
  return isAboutConnection(error);
}

/** Which key was expected and which one was offered; both are public. */
function fingerprints(error: unknown): { fingerprints?: readonly string[] } {
  if (!(error instanceof RetryableError) || error.reason !== 'host_key') return {};
  return { fingerprints: error.message.match(/SHA256:[A-Za-z0-9+/=]+/g) ?? [] };
}

/** A tenth more or less, so that workers and drops do not come all at once. */
function jittered(milliseconds: number): number {
  return milliseconds * (0.9 + Math.random() * 0.2);
}
