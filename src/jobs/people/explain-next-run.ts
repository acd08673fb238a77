/** What the next run of orders would do for one beneficiary: the run itself, judged in a transaction that is taken back. */
import type { Db } from '../../load/database.ts';
import type { SlotOutOfRun, SlotToRun } from '../../load/orders/slot-run.ts';
import { type JudgedQuantity, readJudged } from '../../load/people/open-of-person.ts';
import type { Day, OrderKind, Period } from '../../model.ts';
import { findNextSlots, findSupplements } from '../orders/find-due-orders.ts';
import { judgeSlots } from '../orders/make-drafts.ts';

export interface NextRun {
  readonly productCode: string;
  readonly standingOrderId: string | null;
  readonly kind: OrderKind;
  /** month worked */
  readonly period: Period;
  /** the day of the run; today when it is due already */
  readonly on: Day;
  /** why nothing would be ordered for anybody, such as `payroll.missing` */
  readonly parked: SlotOutOfRun['reason'] | null;
  readonly quantities: readonly JudgedQuantity[];
}

/**
 * For every standing order of the employer its next slot, before it a supplement of today when that is what comes first. The
 * counts are those of now: what payroll or a secretariat sends by then is not guessed. Changes nothing.
 */
export async function explainNextRun(
  db: Db,
  today: Day,
  enterpriseNumber: string,
  beneficiaryId: number,
): Promise<NextRun[]> {
  const supplements = await findSupplements(db, today, null, new Map(), enterpriseNumber);
  const next = await findNextSlots(db, today, enterpriseNumber);
  const runs: NextRun[] = [];
  for (const slot of supplements) {
    const run = await judge(db, slot, today, beneficiaryId);
    if (run.quantities.some(({ reason }) => reason === null)) runs.push(run);
  }
  for (const { slot, dueOn } of next) {
    runs.push(await judge(db, slot, dueOn < today ? today : dueOn, beneficiaryId));
  }
  return runs;
}

async function judge(db: Db, slot: SlotToRun, on: Day, beneficiaryId: number): Promise<NextRun> {
  const { productCode, standingOrderId, kind, period } = slot;
  const trial = await db.startTransaction().execute();
  try {
    const { out } = await judgeSlots(trial, { today: on }, [slot]);
    const quantities = await readJudged(trial, beneficiaryId);
    return { productCode, standingOrderId, kind, period, on, parked: out[0]?.reason ?? null, quantities };
  } finally {
    await trial.rollback().execute();
  }
}
