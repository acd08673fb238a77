/** A person's word about a held plan: yes, and the file is applied; no, and it is set aside. Each word counts once. */
import { brusselsTime, isoMoment } from '../../clock.ts';
import { RefusedError } from '../../errors.ts';
import type { Db } from '../../load/database.ts';
import { decidePlan, findPlan, type HeldPlan, lockOverduePlans } from '../../load/files/held-plans.ts';
import { getFile, markOutcome } from '../../load/files/ledger.ts';
import { queueReceipt } from '../../load/files/outgoing.ts';
import type { DropFile } from '../../load/tables.ts';
import type { JobContext } from '../context.ts';
import { keptPath } from '../intake/keep-file.ts';
import { returnReceipts } from '../intake/return-receipts.ts';
import { type ImportResult, importFile } from './import-file.ts';
import { dropOf, instructionOf } from './instruction-of.ts';

export interface Word {
  readonly by: string;
  readonly why: string;
}

/**
 * Applies the plan if it is still the same; otherwise the old one is void and the new one is held, or, where the file can be applied
 * no more, the plan is closed and the file has the status that tells why.
 * @throws RefusedError for an unknown, decided or expired plan
 */
export async function approvePlan(
  context: JobContext,
  hash: string,
  word: Word & { readonly upsertsOnly: boolean },
): Promise<ImportResult> {
  const { db } = context.database;
  const plan = await requireOpenPlan(context, db, hash);
  const file = await getFile(db, plan.fileId);
  if (file?.sha256 === undefined || file.sha256 === null) throw new RefusedError(`The file of plan ${hash} is gone.`);
  const result = await importFile(context, file.id, keptPath(context.config.storage, file.sha256), {
    ...instructionOf(context, file),
    approved: { planHash: plan.planHash, ...word },
  });
  if (result.status === 'applied') context.log('plan.approved', { fileId: file.id, planHash: plan.planHash });
  await returnReceipts(context, dropOf(context, file));
  return result;
}

/** Sets the file of a plan aside: `rejected`, and its content may come again. */
export async function discardPlan(context: JobContext, hash: string, word: Word): Promise<HeldPlan> {
  return context.database.db.transaction().execute(async (trx) => {
    const plan = await requireOpenPlan(context, trx, hash);
    await decidePlan(trx, plan.id, 'discarded', word);
    await setAside(trx, plan);
    context.log('plan.discarded', { fileId: plan.fileId, planHash: plan.planHash });
    return plan;
  });
}

/**
 * Plans that nobody decided in time: each is told once, and its file goes the way of a discarded one, so that its sender may
 * send it again.
 */
export async function expirePlans(context: JobContext): Promise<void> {
  const { database, log, now } = context;
  const expired = await database.db.transaction().execute(async (trx) => {
    const plans = await lockOverduePlans(trx, isoMoment(now));
    const told = [];
    for (const plan of plans) {
      await decidePlan(trx, plan.id, 'expired');
      const drop = (await setAside(trx, plan))?.drop_id ?? '';
      told.push({ fileId: plan.fileId, drop, planHash: plan.planHash });
    }
    return told;
  });
  for (const facts of expired) log('plan.expired', facts);
}

async function setAside(db: Db, plan: HeldPlan): Promise<DropFile | undefined> {
  await markOutcome(db, plan.fileId, 'rejected', { counts: plan.counts });
  const file = await getFile(db, plan.fileId);
  if (file !== undefined && file.sha256 !== null) await queueReceipt(db, { ...file, sha256: file.sha256 });
  return file;
}

async function requireOpenPlan(context: JobContext, db: Db, hash: string): Promise<HeldPlan> {
  const plan = await findPlan(db, hash);
  if (plan === undefined) throw new RefusedError(`There is no plan ${hash}; navette plans lists the open ones.`);
  if (plan.decision !== null) throw new RefusedError(`Plan ${hash} is not open any more: it is ${plan.decision}.`);
  if (Date.parse(plan.expiresAt) <= context.now) {
    throw new RefusedError(`Plan ${hash} expired on ${brusselsTime(plan.expiresAt)}; its file must come again.`);
  }
  return plan;
}
