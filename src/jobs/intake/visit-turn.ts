/** The turn to visit a drop: one worker at a time across machines. */
import type { Drop } from '../../config.ts';
import type { JobContext } from '../context.ts';
import { takeTurn } from '../turn.ts';

/** @returns null when another one is visiting the drop; what two visits at once would do twice, the ledger sorts out */
export function visitTurn<T>({ database, log }: JobContext, drop: Drop, visit: () => Promise<T>): Promise<T | null> {
  return takeTurn(database.db, { job: 'visit', slot: drop.id }, (lostBy) => {
    if (lostBy !== null) log('drop.taken_over', { drop: drop.id, worker: lostBy });
    return visit();
  });
}
