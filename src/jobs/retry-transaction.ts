/** Runs a transaction again when it only met another one: by a table of what PostgreSQL says, with a pause of no fixed length. */
import { setTimeout as wait } from 'node:timers/promises';
import type { Db } from '../load/database.ts';
import { isOutdatedPlan, reasonOf } from '../load/database.ts';

/** How often in all, by SQLSTATE: deadlock, serialization failure, lock timeout. */
const TRIES: Readonly<Record<string, number>> = { '40P01': 5, '40001': 5, '55P03': 5 };
const TRIES_OF_A_PLAN = 2;
const FIRST_PAUSE_MILLISECONDS = 50;

/** Whatever `work` reads and writes must stand in its transaction: it may be done several times. */
export async function retryTransaction(db: Db, work: (trx: Db) => Promise<void>): Promise<void> {
  for (let tried = 1; ; tried += 1) {
    try {
      return await db.transaction().execute(work);
    } catch (error) {
      const tries = isOutdatedPlan(error) ? TRIES_OF_A_PLAN : (TRIES[reasonOf(error)] ?? 1);
      if (tried >= tries) throw error;
    }
    // Two that met once would meet again if both waited equally long.
    await wait(FIRST_PAUSE_MILLISECONDS * 2 ** (tried - 1) * (0.5 + Math.random()));
  }
}

/** Whether PostgreSQL refused a transaction only because of another one. */
export function metAnother(error: unknown): boolean {
  return reasonOf(error) in TRIES || isOutdatedPlan(error);
}
