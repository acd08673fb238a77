/** Drops that should have brought something by now: said once a month. */
import { hasReceivedSince } from '../../load/files/arrivals.ts';
import { claimSlot, finishSlot } from '../../load/job-slots.ts';
import type { JobContext } from '../context.ts';
import { OWNER } from '../owner.ts';

const JOB = 'overdue';
/** Whoever is lost between the line and its mark has it told again. */
const HELD_SECONDS = 60;

/** A drop with `expects: { every: month, by: 5 }` is overdue from the 6th on when nothing came since the 1st. */
export async function warnOverdue({ config, database: { db }, log, today }: JobContext): Promise<void> {
  const month = today.slice(0, 7);
  for (const drop of config.drops) {
    const by = drop.enabled ? (drop.expectedBy ?? null) : null;
    if (by === null || Number(today.slice(8)) <= by) continue;
    if (await hasReceivedSince(db, drop.id, `${month}-01`)) continue;
    const slot = `${drop.id} ${month}`;
    if (!(await claimSlot(db, JOB, slot, OWNER, HELD_SECONDS))) continue;
    log('drop.overdue', { drop: drop.id, period: month });
    await finishSlot(db, JOB, slot, OWNER);
  }
}
