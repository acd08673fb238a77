/** Confirms drafts: their cards are ordered, their invoices made and numbered, their notices queued, in one transaction. */
import { RefusedError } from '../../errors.ts';
import { type Db, reasonOf } from '../../load/database.ts';
import { carryLinesOfLeavers, readSelfConfirmingDrafts } from '../../load/orders/confirm-orders.ts';
import { dropMootCards, nameNewCards, orderCards } from '../../load/orders/order-cards.ts';
import { findOrder, lockFreeDrafts, lockOrder, type OrderKey } from '../../load/orders/order-locks.ts';
import { acknowledgeWarnings, readHoldingCodes } from '../../load/orders/order-warnings.ts';
import { readOrders } from '../../load/orders/orders.ts';
import type { Period } from '../../model.ts';
import { countTo } from '../../progress.ts';
import { HOLDING_WARNINGS } from '../../transform/orders/order-warnings.ts';
import { isAboutConnection } from '../connection-errors.ts';
import { issueInvoices, noteInvoiced } from './issue-invoices.ts';
import { renewalHorizon } from './make-drafts.ts';
import type { OrderContext, ParkedOrder } from './order-context.ts';
import { type PricedOrder, priceOrderSet } from './price-orders.ts';

/** Orders in one transaction: the invoice numbers are locked at its end. */
const ORDERS_AT_ONCE = 5000;

export interface Confirmed {
  readonly invoiced: readonly PricedOrder[];
  /** orders of which nothing was left: everybody on them has gone since */
  readonly emptied: readonly OrderKey[];
}

/**
 * Confirms, as "system", every draft of the standing orders that allow it and that no warning holds; with `period`, only
 * those of that month worked. One that cannot be confirmed is parked and stays a draft.
 */
export async function confirmFreeDrafts(context: OrderContext, period: Period | null): Promise<ParkedOrder[]> {
  const { db } = context.database;
  const free = await readSelfConfirmingDrafts(db, HOLDING_WARNINGS, period);
  const parked: ParkedOrder[] = [];
  const confirmed = countTo(free.length, context.progress?.('orders confirmed', 'job.progress', { step: 'confirm' }));
  for (let start = 0; start < free.length; start += ORDERS_AT_ONCE) {
    const some = free.slice(start, start + ORDERS_AT_ONCE);
    await confirmBatch(context, some, parked);
    confirmed.more(some.length);
  }
  confirmed.end();
  return parked;
}

async function confirmBatch(context: OrderContext, orders: readonly OrderKey[], parked: ParkedOrder[]): Promise<void> {
  const { db } = context.database;
  try {
    const confirmed = await db.transaction().execute(async (trx) => {
      await lockFreeDrafts(trx, orders, HOLDING_WARNINGS);
      return invoiceOrderSet(trx, context, 'system');
    });
    noteConfirmed(context, confirmed);
  } catch (error) {
    if (isAboutConnection(error)) throw error;
    const [order, ...others] = orders;
    if (order === undefined) throw error;
    if (others.length > 0) {
      for (const each of orders) await confirmBatch(context, [each], parked);
      return;
    }
    const reason = error instanceof RangeError ? 'contract.fees' : reasonOf(error);
    const [head] = await readOrders(db, { ids: [order.id] });
    const period = head?.runPeriod ?? '';
    context.log('order.parked', { enterpriseNumber: order.enterpriseNumber, orderId: order.id, period, reason });
    parked.push({ enterpriseNumber: order.enterpriseNumber, standingOrder: null, period, reason });
  }
}

export interface ConfirmByHand {
  readonly by: string;
  /** codes of warnings that `by` has looked at; `all` of them, or none */
  readonly acknowledge: 'all' | readonly string[];
}

/**
 * Confirms one draft on a person's word.
 * @throws RefusedError when it is no draft, its employer is inactive, it has no contract, or a warning that holds it was not
 * acknowledged; nothing is changed
 */
export async function confirmOrder(
  context: OrderContext,
  id: number,
  { by, acknowledge }: ConfirmByHand,
): Promise<Confirmed> {
  const { database, today } = context;
  const order = await findOrder(database.db, id);
  if (order === null) throw new RefusedError(`There is no order ${id}.`);
  const confirmed = await database.db.transaction().execute(async (trx) => {
    const { status, employerStatus } = await lockOrder(trx, order);
    if (status !== 'draft') throw new RefusedError(`Order ${id} is ${status}; only a draft can be confirmed.`);
    if (employerStatus !== 'active') {
      throw new RefusedError(`Order ${id} belongs to an inactive employer and cannot be confirmed.`);
    }
    await acknowledgeWarnings(trx, order, acknowledge === 'all' ? null : acknowledge, by, today);
    const holding = await readHoldingCodes(trx, order.enterpriseNumber, id, HOLDING_WARNINGS);
    if (holding.length > 0) {
      throw new RefusedError(`Order ${id} is held by warnings that were not acknowledged: ${holding.join(', ')}.`);
    }
    return invoiceOrderSet(trx, context, by);
  });
  noteConfirmed(context, confirmed);
  return confirmed;
}

/** Everything a confirmation does to the drafts in `order_set`, the invoice numbers last. */
async function invoiceOrderSet(db: Db, context: OrderContext, by: string): Promise<Confirmed> {
  const { config, today } = context;
  const emptied = await carryLinesOfLeavers(db, today);
  await dropMootCards(db, renewalHorizon(today));
  await nameNewCards(db);
  await orderCards(db);
  const invoiced = await priceOrderSet(db, config, today);
  const without = invoiced.find(({ contracted }) => !contracted);
  if (without !== undefined) {
    // A customer file took the contract away while the draft waited: its fees are not known, not nothing.
    throw new RefusedError(
      `Order ${without.orderId} cannot be confirmed: there is no contract for its product on the day of the order.`,
      'contract.missing',
    );
  }
  await issueInvoices(db, context, by, invoiced);
  return { invoiced, emptied };
}

function noteConfirmed(context: OrderContext, { invoiced, emptied }: Confirmed): void {
  noteInvoiced(context, invoiced);
  for (const { enterpriseNumber, id } of emptied) {
    context.log('order.cancelled', { enterpriseNumber, orderId: id, reason: 'empty' });
  }
}
