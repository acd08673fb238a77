/** What becomes of held plans when a file is decided: its own is made, kept, replaced or closed, and older ones lose their point. */
import { isoMoment } from '../../clock.ts';
import type { Db } from '../../load/database.ts';
import type { Held } from '../../load/files/decide-plan.ts';
import {
  decidePlan,
  findOpenPlan,
  insertHeldPlan,
  listPointlessPlans,
  type PlanDecision,
  type PointlessPlan,
} from '../../load/files/held-plans.ts';
import { markSuperseded } from '../../load/files/ledger.ts';
import { queueReceipt } from '../../load/files/outgoing.ts';
import type { DropFile } from '../../load/tables.ts';
import type { FileCounts, FileStatus } from '../../model.ts';
import type { JobContext } from '../context.ts';
import type { ImportInstruction } from './import-instruction.ts';

type Word = ImportInstruction['approved'];

/** A plan that was held before and is another one now takes the place of the old one. */
export async function holdPlan(
  context: JobContext,
  db: Db,
  file: DropFile,
  held: Held,
  counts: FileCounts,
  word: Word,
): Promise<void> {
  const open = await findOpenPlan(db, file.id);
  if (open?.planHash === held.planHash) return;
  if (open !== undefined) await decidePlan(db, open.id, 'void', word);
  const days = context.config.navette.plans.expireDays;
  await insertHeldPlan(db, {
    fileId: file.id,
    ...held,
    counts,
    expiresAt: isoMoment(context.now + days * 24 * 3_600_000),
  });
}

const DECISIONS: Readonly<Partial<Record<FileStatus, PlanDecision>>> = {
  applied: 'approved',
  superseded: 'superseded',
};

/** A file that was held and is held no more leaves no open plan behind, whatever came of it; who said yes to it, and why, stays. */
export async function closePlan(db: Db, file: DropFile, status: FileStatus, word: Word): Promise<void> {
  if (file.status !== 'held' || status === 'held') return;
  const open = await findOpenPlan(db, file.id);
  if (open !== undefined) await decidePlan(db, open.id, DECISIONS[status] ?? 'void', word);
}

/** A full file was applied: held ones that it and others before it have said anew, for every employer, are told to their senders. */
export async function endPointlessPlans(db: Db, file: DropFile, layoutId: string): Promise<PointlessPlan[]> {
  const { id, drop_id } = file;
  const plans = await listPointlessPlans(db, { fileId: id, dropId: drop_id, layoutId });
  for (const plan of plans) {
    await decidePlan(db, plan.id, 'superseded');
    await markSuperseded(db, plan.fileId);
    await queueReceipt(db, { id: plan.fileId, drop_id, name: plan.name, sha256: plan.sha256 });
  }
  return plans;
}
