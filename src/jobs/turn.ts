/** A turn at something that one worker does at a time across machines; it is free again soon after its owner is lost. */
import type { Db } from '../load/database.ts';
import { claimSlot, releaseSlot } from '../load/job-slots.ts';
import { OWNER } from './owner.ts';

const HELD_SECONDS = 20;
const RENEWED_MILLISECONDS = 5_000;

/** Two turns of one process are no more each other's than those of two. */
let turns = 0;

export interface Turn {
  readonly job: string;
  readonly slot: string;
}

/**
 * `work` is told the name of an owner who was lost over it.
 * @returns null when another one has the turn; what a lost owner still does twice, the rows themselves sort out
 */
export async function takeTurn<T>(
  db: Db,
  { job, slot }: Turn,
  work: (lostBy: string | null) => Promise<T>,
): Promise<T | null> {
  const owner = `${OWNER}:${++turns}`;
  const claim = await claimSlot(db, job, slot, owner, HELD_SECONDS);
  if (claim === null) return null;
  const renewal = setInterval(() => {
    // A renewal that fails lets the turn run out: somebody else may have it then.
    void claimSlot(db, job, slot, owner, HELD_SECONDS).catch(() => undefined);
  }, RENEWED_MILLISECONDS);
  try {
    return await work(claim.lostBy);
  } finally {
    clearInterval(renewal);
    await releaseSlot(db, job, slot, owner).catch(() => undefined);
  }
}
