/** Cancels an order that was not released: what it ordered is open again, what it granted is taken back, what was invoiced is credited. */
import { RefusedError } from '../../errors.ts';
import { withdrawReminders } from '../../load/notices/reminders.ts';
import { markCancelled, takeBackGrants, withdrawQueuedNotices } from '../../load/orders/cancel-order.ts';
import {
  type InvoiceToWrite,
  markInvoicesCredited,
  readInvoicesOfOrder,
  writeInvoices,
} from '../../load/orders/invoices.ts';
import { removeOrderedCards } from '../../load/orders/order-cards.ts';
import { findOrder, lockOrder } from '../../load/orders/order-locks.ts';
import { readRefundDue } from '../../load/payments/refunds.ts';
import type { OrderContext } from './order-context.ts';

export interface Cancelled {
  readonly enterpriseNumber: string;
  readonly orderId: number;
  readonly creditNotes: number;
  /** notices about its invoices that were not sent yet, and are not sent any more */
  readonly withdrawn: number;
  /** cents to be paid back: what came in for it, whatever its invoices say */
  readonly refundDue: number;
}

/**
 * A draft goes without a document; an invoiced or paid order gets one credit note for each of its cost centers.
 * @throws RefusedError when it was released or cancelled before; after a release a correction of the counts follows instead
 */
export async function cancelOrder(
  context: OrderContext,
  id: number,
  { by, why }: { readonly by: string; readonly why: string },
): Promise<Cancelled> {
  const { database, today, log } = context;
  const order = await findOrder(database.db, id);
  if (order === null) throw new RefusedError(`There is no order ${id}.`);
  const { enterpriseNumber } = order;
  const cancelled = await database.db.transaction().execute(async (db) => {
    const { status } = await lockOrder(db, order);
    if (status === 'released') {
      throw new RefusedError(`Order ${id} is released and can no longer be cancelled; correct the counts instead.`);
    }
    if (status === 'cancelled') throw new RefusedError(`Order ${id} is cancelled already.`);
    // A draft only names cards: one of them may have been ordered by another order.
    if (status !== 'draft') await removeOrderedCards(db, enterpriseNumber, id);
    await markCancelled(db, order, by, why, today);
    await takeBackGrants(db, order, { by, why });
    const invoices = status === 'draft' ? [] : await readInvoicesOfOrder(db, enterpriseNumber, id);
    await markInvoicesCredited(db, enterpriseNumber, id);
    const withdrawn = await withdrawQueuedNotices(db, order);
    await withdrawReminders(db, [enterpriseNumber]);
    const credits = [...Map.groupBy(invoices, (invoice) => invoice.costCenter).values()].map(creditNote);
    await writeInvoices(db, `CN${today.slice(0, 4)}`, credits, { issuedOn: today, dueOn: today });
    const refundDue = await readRefundDue(db, order);
    return { enterpriseNumber, orderId: id, creditNotes: credits.length, withdrawn, refundDue };
  });
  log('order.cancelled', { enterpriseNumber, orderId: id, invoices: cancelled.creditNotes });
  if (cancelled.withdrawn > 0)
    log('notice.withdrawn', { enterpriseNumber, orderId: id, invoices: cancelled.withdrawn });
  if (cancelled.creditNotes > 0) log('notice.queued', { invoices: cancelled.creditNotes, kind: 'credit-note' });
  if (cancelled.refundDue > 0) log('refund.due', { enterpriseNumber, orderId: id, totalCents: cancelled.refundDue });
  return cancelled;
}

/** Takes back all invoices of one cost center, cost by cost, so that VAT is given back to the cent as it was charged. */
function creditNote(invoices: readonly Omit<InvoiceToWrite, 'structuredCommunication'>[]): InvoiceToWrite {
  const [first] = invoices;
  if (first === undefined) throw new RangeError('A credit note takes back at least one invoice.');
  const minus = (of: (invoice: (typeof invoices)[number]) => number) =>
    invoices.reduce((sum, invoice) => sum - of(invoice), 0);
  return {
    enterpriseNumber: first.enterpriseNumber,
    orderId: first.orderId,
    costCenter: first.costCenter,
    kind: 'credit',
    lines: invoices.flatMap((invoice) => invoice.lines.map(negated)),
    faceValueTotal: minus((invoice) => invoice.faceValueTotal),
    feeTotal: minus((invoice) => invoice.feeTotal),
    vatTotal: minus((invoice) => invoice.vatTotal),
    total: minus((invoice) => invoice.total),
    structuredCommunication: null,
  };
}

function negated(line: object): object {
  const { amount } = line as { amount: number };
  return { ...line, amount: -amount };
}
