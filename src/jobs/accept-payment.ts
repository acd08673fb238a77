/** A person accepts an open bank entry as the payment of an invoice, whatever its amount. */
import { RefusedError } from '../errors.ts';
import { lockInvoiceByNumber, readEntryToAccept, writeAcceptance } from '../load/accept-payment.ts';
import { lockPayments } from '../load/open-payments.ts';
import { markInvoicesPaid } from '../load/payments.ts';
import type { Cents } from '../model.ts';
import type { MatchContext } from './match-open-payments.ts';

export interface Accepted {
  readonly id: number;
  readonly invoiceNumber: string;
  readonly status: 'accepted';
  /** what of the entry went to this invoice: at most what was left of the one and due on the other */
  readonly amount: Cents;
  readonly orderId: number;
  readonly orderPaid: boolean;
}

/**
 * The invoice counts as paid. An entry whose amount is not used up may be accepted again for another invoice: that is how
 * one transfer pays two.
 * @throws RefusedError when the entry waits for nobody or the invoice is not to be paid; nothing is changed
 */
export async function acceptPayment(
  { database, log, today }: MatchContext,
  id: number,
  { invoice: number, by, why }: { readonly invoice: string; readonly by: string; readonly why: string },
): Promise<Accepted> {
  const { accepted, enterpriseNumber } = await database.db.transaction().execute(async (db) => {
    await lockPayments(db);
    const entry = await readEntryToAccept(db, id);
    if (entry === null) throw new RefusedError(`There is no bank entry ${id}.`);
    if (entry.amount <= 0 || entry.reversal) {
      throw new RefusedError(`Bank entry ${id} brought no money; it cannot pay an invoice.`);
    }
    if (entry.status === 'accepted' && entry.spent >= entry.amount) {
      throw new RefusedError(`Bank entry ${id} is accepted already, to the last cent.`);
    }
    if (!['partial', 'over', 'duplicate', 'unknown', 'accepted'].includes(entry.status)) {
      throw new RefusedError(`Bank entry ${id} is ${entry.status}; only an open one can be accepted.`);
    }
    const invoice = await lockInvoiceByNumber(db, number);
    if (invoice === null) throw new RefusedError(`There is no invoice ${number}.`);
    if (invoice.kind === 'credit') throw new RefusedError(`${number} is a credit note; nothing is to be paid on it.`);
    if (invoice.status !== 'open' || invoice.orderStatus !== 'invoiced') {
      const state = invoice.status === 'open' ? `of an order that is ${invoice.orderStatus}` : invoice.status;
      throw new RefusedError(`Invoice ${number} is ${state}; only an open one can be paid.`);
    }
    const { enterpriseNumber, id: invoiceId, orderId, total } = invoice;
    const amount = Math.min(entry.amount - entry.spent, total);
    await writeAcceptance(db, { entryId: id, enterpriseNumber, invoiceId, amount, by, why });
    const ordersPaid = await markInvoicesPaid(db, [{ enterpriseNumber, id: invoiceId }], today);
    const accepted: Accepted = {
      id,
      invoiceNumber: number,
      status: 'accepted',
      amount,
      orderId,
      orderPaid: ordersPaid.length > 0,
    };
    return { accepted, enterpriseNumber };
  });
  log('payment.accepted', {
    enterpriseNumber,
    orderId: accepted.orderId,
    invoice: number,
    totalCents: accepted.amount,
  });
  return accepted;
}
