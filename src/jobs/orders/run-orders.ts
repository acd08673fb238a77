/** The job `orders`: every due slot of every standing order becomes a draft, and drafts that nothing holds confirm themselves. */
import { reasonOf } from '../../load/database.ts';
import { readHeldOrders } from '../../load/orders/order-warnings.ts';
import { type OrderRow, readOrders } from '../../load/orders/orders.ts';
import type { SlotToRun } from '../../load/orders/slot-run.ts';
import { deactivateLeavers } from '../../load/people/leavers.ts';
import type { Period } from '../../model.ts';
import { type Counting, countTo } from '../../progress.ts';
import { HOLDING_WARNINGS } from '../../transform/orders/order-warnings.ts';
import { isAboutConnection } from '../connection-errors.ts';
import { confirmFreeDrafts } from './confirm-orders.ts';
import { findDueSlots, findSupplements, productOf } from './find-due-orders.ts';
import { noteInvoiced } from './issue-invoices.ts';
import { makeDrafts } from './make-drafts.ts';
import type { OrderContext, ParkedOrder } from './order-context.ts';
import { runInTurn } from './run-in-turn.ts';
import { watchQuarter } from './watch-quarter.ts';

/** Employers in one transaction: enough that statements count little, few enough that their rows stay in the session's memory. */
const EMPLOYERS_AT_ONCE = 1250;

/** What a run has come to so far. */
interface Progress {
  readonly made: number[];
  readonly parked: ParkedOrder[];
  /** last month ordered, by employer and product */
  readonly ordered: Map<string, Period>;
}

interface Rounds {
  /** why nothing can be ordered for an employer, by enterprise number */
  readonly broken: Map<string, string>;
  readonly looked: Counting;
}

export interface RunOrdersOptions {
  /** the month worked, in place of all that are due */
  readonly period?: Period;
  /** only supplements to months that were ordered before */
  readonly supplement?: boolean;
  /** in one transaction, in place of the usual number */
  readonly employersAtOnce?: number;
}

export interface RunOrdersResult {
  readonly orders: readonly OrderRow[];
  readonly parked: readonly ParkedOrder[];
}

/**
 * Orders what is due. Running it again, or twice at once, makes nothing twice: employers are locked, and a slot that has a live
 * order is left alone. One employer that cannot be ordered for is parked; the others go on.
 * @throws whatever is about the connection to the database; what was committed by then stays
 */
export async function runOrders(context: OrderContext, options: RunOrdersOptions = {}): Promise<RunOrdersResult> {
  const { database, today, log } = context;
  const period = options.period ?? null;
  const progress: Progress = { made: [], parked: [], ordered: new Map() };
  const { made, parked, ordered } = progress;
  // Which slots are due does not depend on who has left; what is ordered for them does.
  const [left, slots] = await Promise.all([
    deactivateLeavers(database.db, today),
    options.supplement === true ? [] : findDueSlots(database.db, today, period),
  ]);
  if (left.length > 0) log('leavers.done', { people: left.reduce((sum, { people }) => sum + people, 0) });
  if (options.supplement !== true) {
    if (slots.length > 0) log('slot.due', { orders: slots.length });
    await runRounds(context, slots, progress, options.employersAtOnce);
    if (slots.length > 0) log('slot.done', { orders: made.length });
  }
  if (options.supplement === true || period === null) {
    const supplements = await findSupplements(database.db, today, period, ordered);
    await runRounds(context, supplements, progress, options.employersAtOnce);
  }
  parked.push(...(await confirmFreeDrafts(context, period)));
  for (const { enterpriseNumber, id } of await readHeldOrders(database.db, made, HOLDING_WARNINGS)) {
    log('order.held', { enterpriseNumber, orderId: id });
  }
  await watchQuarter(database.db, today, log);
  return { orders: await readOrders(database.db, { ids: made }), parked };
}

/** Never two slots of one employer in one transaction: what the first orders is not open for the second. */
async function runRounds(
  context: OrderContext,
  slots: readonly SlotToRun[],
  progress: Progress,
  atOnce = EMPLOYERS_AT_ONCE,
): Promise<void> {
  const waiting = Map.groupBy(slots, (slot) => slot.enterpriseNumber);
  const employers = [...waiting.keys()].sort();
  const broken = new Map<string, string>();
  const looked = countTo(slots.length, context.progress?.('slots', 'orders.progress', { orders: slots.length }));
  const most = Math.max(0, ...[...waiting.values()].map((queue) => queue.length));
  for (let round = 0; round < most; round++) {
    const due = employers.flatMap((employer) => waiting.get(employer)?.[round] ?? []);
    for (const slot of due) {
      const reason = broken.get(slot.enterpriseNumber);
      // What was open for an older slot must not be taken by a newer one.
      if (reason !== undefined) progress.parked.push(parkedSlot(context, slot, reason));
    }
    const sound = due.filter((slot) => !broken.has(slot.enterpriseNumber));
    looked.more(due.length - sound.length);
    const batches = Array.from({ length: Math.ceil(sound.length / atOnce) }, (_, batch) =>
      sound.slice(batch * atOnce, (batch + 1) * atOnce),
    );
    await runBatches(context, batches, progress, { broken, looked });
  }
  looked.end();
}

/** A batch that fails is run again one slot at a time; only the slots that still fail are parked. */
async function runBatches(
  context: OrderContext,
  batches: readonly (readonly SlotToRun[])[],
  progress: Progress,
  rounds: Rounds,
): Promise<void> {
  for (let rest = batches; rest.length > 0; ) {
    const { committed, error } = await runInTurn(rest, async (batch, turn) => {
      noteResult(context, await makeDrafts(context, batch, turn), progress);
      rounds.looked.more(batch.length);
    });
    const [failed, ...later] = rest.slice(committed);
    if (failed === undefined) return;
    const [slot, ...others] = failed;
    if (isAboutConnection(error) || slot === undefined) throw error;
    if (others.length === 0) {
      // Only prices are computed here, and only they refuse numbers: a contract whose fees fit no order of this size.
      const reason = error instanceof RangeError ? 'contract.fees' : reasonOf(error);
      rounds.broken.set(slot.enterpriseNumber, reason);
      rounds.looked.more(1);
      progress.parked.push(parkedSlot(context, slot, reason));
    } else {
      const single = failed.map((each) => [each]);
      await runBatches(context, single, progress, rounds);
    }
    rest = later;
  }
}

function noteResult(context: OrderContext, result: Awaited<ReturnType<typeof makeDrafts>>, progress: Progress): void {
  const { made, parked, ordered } = progress;
  const { log } = context;
  for (const draft of result.drafts) {
    made.push(draft.id);
    ordered.set(productOf(draft), draft.period);
    log('order.created', {
      enterpriseNumber: draft.enterpriseNumber,
      orderId: draft.id,
      product: draft.productCode,
      period: draft.period,
      kind: draft.kind,
      lines: draft.lines,
      people: draft.people,
      totalCents: draft.total,
    });
    if (draft.isLate) {
      const { enterpriseNumber, id, productCode, period } = draft;
      log('slot.caught_up', { enterpriseNumber, orderId: id, product: productCode, period });
    }
  }
  noteInvoiced(context, result.invoiced);
  for (const slot of result.out) {
    if (slot.reason === 'contract.missing' || slot.reason === 'product.closed') {
      parked.push(parkedSlot(context, slot, slot.reason));
    } else if (slot.reason === 'filled') {
      log('slot.already_done', {
        enterpriseNumber: slot.enterpriseNumber,
        product: slot.productCode,
        period: slot.period,
      });
    }
  }
  if (result.refusedPeople > 0) log('entitlement.refused', { people: result.refusedPeople });
}

function parkedSlot(
  context: OrderContext,
  slot: Pick<SlotToRun, 'enterpriseNumber' | 'standingOrderId' | 'productCode' | 'period'>,
  reason: string,
): ParkedOrder {
  const { enterpriseNumber, standingOrderId, productCode, period } = slot;
  const standingOrder = standingOrderId === null ? {} : { standingOrder: standingOrderId };
  context.log('order.parked', { enterpriseNumber, ...standingOrder, product: productCode, period, reason });
  return { enterpriseNumber, standingOrder: standingOrderId, period, reason };
}
