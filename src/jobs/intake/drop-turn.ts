/** The turn to visit a drop: one worker at a time across machines, by a slot that is free again soon after its owner is lost. */
import { randomUUID } from 'node:crypto';
import type { Db } from '../../load/database.ts';
import { claimSlot, releaseSlot } from '../../load/job-slots.ts';

const JOB = 'visit';
const HELD_SECONDS = 20;
const RENEWED_MILLISECONDS = 5_000;

/** @returns null when another one is visiting the drop; what two visits at once would do twice, the ledger sorts out */
export async function takeTurn<T>(db: Db, dropId: string, work: () => Promise<T>): Promise<T | null> {
  const owner = randomUUID();
  if (!(await claimSlot(db, JOB, dropId, owner, HELD_SECONDS))) return null;
  const renewal = setInterval(() => {
    // A renewal that fails lets the turn run out: somebody else may visit then.
    void claimSlot(db, JOB, dropId, owner, HELD_SECONDS).catch(() => undefined);
  }, RENEWED_MILLISECONDS);
  try {
    return await work();
  } finally {
    clearInterval(renewal);
    await releaseSlot(db, JOB, dropId, owner).catch(() => undefined);
  }
}
