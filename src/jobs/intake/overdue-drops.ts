/** Drops that should have brought something by now: said once a month. */
import { hasReceivedSince } from '../../load/files/arrivals.ts';
import { claimSlot, finishSlot } from '../../load/job-slots.ts';
import type { JobContext } from '../context.ts';

const JOB = 'overdue';

/** A drop with `expects: { every: month, by: 5 }` is overdue from the 6th on when nothing came since the 1st. */
export async function warnOverdue({ config, database: { db }, log, today }: JobContext): Promise<void> {
  const month = today.slice(0, 7);
  for (const drop of config.drops) {
    const by = drop.enabled ? (drop.expectedBy ?? null) : null;
    if (by === null || Number(today.slice(8)) <= by) continue;
    if (await hasReceivedSince(db, drop.id, `${month}-01`)) continue;
    const slot = `${drop.id} ${month}`;
    if (!(await claimSlot(db, JOB, slot, drop.id, 1))) continue;
    log('drop.overdue', { drop: drop.id, period: month });
    await finishSlot(db, JOB, slot, drop.id);
  }
}
