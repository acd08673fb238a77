/** A person accepts an open bank entry as the payment of an invoice, a debit as the refund of a credit note, or a reversal as what takes either back, whatever its amount. */
import { RefusedError } from '../../errors.ts';
import type { Db } from '../../load/database.ts';
import { withdrawReminders } from '../../load/notices/reminders.ts';
import {
  type EntryToAccept,
  type InvoiceToAccept,
  lockInvoiceByNumber,
  noteDecider,
  readEntryToAccept,
  writeAcceptance,
} from '../../load/payments/accept-payment.ts';
import { lockPayments, type NamedInvoice } from '../../load/payments/open-payments.ts';
import { markInvoicesPaid } from '../../load/payments/payments.ts';
import { readRefundDue, readRefunded } from '../../load/payments/refunds.ts';
import { waitsForPerson } from '../../load/payments/waiting-entries.ts';
import type { Cents, Day } from '../../model.ts';
import { CURRENCY, logTakenBack, type MatchContext, matchOnce } from './match-open-payments.ts';

export interface Accepted {
  readonly id: number;
  readonly invoiceNumber: string;
  /** `reversed` when the entry took the payment of the invoice back */
  readonly status: 'accepted' | 'reversed';
  /** what of the entry went to this invoice: at most what was left of the one and due on the other; negative for money that left */
  readonly amount: Cents;
  readonly orderId: number;
  readonly orderPaid: boolean;
  /** cents that are to be paid back for the order, when a refund came back */
  readonly refundDue: Cents;
}

/**
 * The invoice counts as paid. An entry whose amount is not used up may be accepted again for another invoice: that is how
 * one transfer pays two. A debit accepted for a credit note settles what was to be paid back for its cancelled order. A
 * reversal that named no payment takes back that of the invoice, as if it had named it; one that brings a refund back, given
 * with the credit note, makes it due again.
 * @throws RefusedError when the entry waits for nobody or the invoice is not to be paid; nothing is changed
 */
export async function acceptPayment(
  { database, log, today }: MatchContext,
  id: number,
  { invoice: number, by, why }: { readonly invoice: string; readonly by: string; readonly why: string },
): Promise<Accepted> {
  const { accepted, enterpriseNumber, takenBack } = await database.db.transaction().execute(async (db) => {
    await lockPayments(db);
    const entry = await readEntryToAccept(db, id);
    if (entry === null) throw new RefusedError(`There is no bank entry ${id}.`);
    const invoice = await lockInvoiceByNumber(db, number);
    if (invoice?.kind === 'credit' && entry.amount < 0 && !entry.reversal) {
      const amount = await refundOf(db, id, entry, invoice);
      return settle(db, { id, number, amount, invoice, by, why, ordersPaid: async () => [] });
    }
    if (invoice?.kind === 'credit' && entry.amount > 0 && entry.reversal) {
      const amount = await returnOf(db, id, entry, invoice);
      return settle(db, { id, number, amount, invoice, by, why, ordersPaid: async () => [] });
    }
    if (entry.reversal && entry.amount < 0 && entry.status === 'reversed' && waitsForPerson(entry)) {
      if (invoice === null) throw new RefusedError(`There is no invoice ${number}.`);
      return takeBack(db, { id, number, amount: entry.amount, invoice, by, why, today });
    }
    if (entry.amount <= 0 || entry.reversal) {
      throw new RefusedError(`Bank entry ${id} brought no money; it cannot pay an invoice.`);
    }
    if (entry.status === 'accepted' && entry.spent >= entry.amount) {
      throw new RefusedError(`Bank entry ${id} is accepted already, to the last cent.`);
    }
    if (!['partial', 'over', 'duplicate', 'unknown', 'accepted'].includes(entry.status)) {
      throw new RefusedError(`Bank entry ${id} is ${entry.status}; only an open one can be accepted.`);
    }
    if (invoice === null) throw new RefusedError(`There is no invoice ${number}.`);
    if (invoice.kind === 'credit') throw new RefusedError(`${number} is a credit note; nothing is to be paid on it.`);
    if (invoice.status !== 'open' || invoice.orderStatus !== 'invoiced') {
      const state = invoice.status === 'open' ? `of an order that is ${invoice.orderStatus}` : invoice.status;
      throw new RefusedError(`Invoice ${number} is ${state}; only an open one can be paid.`);
    }
    const amount = Math.min(entry.amount - entry.spent, invoice.total);
    const ordersPaid = async () => {
      const paid = await markInvoicesPaid(db, [invoice], today);
      await withdrawReminders(db, [invoice.enterpriseNumber]);
      return paid;
    };
    return settle(db, { id, number, amount, invoice, by, why, ordersPaid });
  });
  const { invoiceNumber, orderId, amount, refundDue } = accepted;
  log('payment.accepted', { enterpriseNumber, orderId, invoice: invoiceNumber, totalCents: amount });
  if (refundDue > 0) log('refund.due', { enterpriseNumber, orderId, totalCents: refundDue });
  logTakenBack(log, takenBack);
  return accepted;
}

interface Settled {
  readonly accepted: Accepted;
  readonly enterpriseNumber: string;
  /** see `Matched` */
  readonly takenBack: readonly NamedInvoice[];
}

/** The reversal counts as if it had named this invoice, in euro. */
async function takeBack(
  db: Db,
  given: {
    readonly id: number;
    readonly number: string;
    readonly amount: Cents;
    readonly invoice: InvoiceToAccept;
    readonly by: string;
    readonly why: string;
    readonly today: Day;
  },
): Promise<Settled> {
  const { id, number, amount, invoice, by, why, today } = given;
  const { enterpriseNumber, orderId, structuredCommunication } = invoice;
  const named = { structuredCommunication, freeText: '', currency: CURRENCY, reversal: true, twin: 'none' } as const;
  const { entries, takenBack } = await matchOnce(db, today, [{ id, amount, ...named }]);
  if (entries.some((entry) => entry.id === id && waitsForPerson(entry))) {
    throw new RefusedError(`Invoice ${number} was not paid; nothing can be taken back.`);
  }
  await noteDecider(db, id, by, why);
  const accepted = { id, invoiceNumber: number, status: 'reversed', amount, orderId, orderPaid: false } as const;
  return { accepted: { ...accepted, refundDue: 0 }, enterpriseNumber, takenBack };
}

async function settle(
  db: Db,
  given: {
    readonly id: number;
    readonly number: string;
    readonly amount: Cents;
    readonly invoice: InvoiceToAccept;
    readonly by: string;
    readonly why: string;
    readonly ordersPaid: () => Promise<readonly unknown[]>;
  },
): Promise<Settled> {
  const { id, number, amount, invoice, by, why, ordersPaid } = given;
  const { enterpriseNumber, id: invoiceId, orderId } = invoice;
  await writeAcceptance(db, { entryId: id, enterpriseNumber, invoiceId, amount, by, why });
  const orderPaid = (await ordersPaid()).length > 0;
  const cameBack = invoice.kind === 'credit' && amount > 0;
  const refundDue = cameBack ? await readRefundDue(db, { enterpriseNumber, id: orderId }) : 0;
  const accepted = { id, invoiceNumber: number, status: 'accepted', amount, orderId, orderPaid, refundDue } as const;
  return { accepted, enterpriseNumber, takenBack: [] };
}

/** Cents, negative, that the debit pays back: at most what is left of it and due for the order. */
async function refundOf(db: Db, id: number, entry: EntryToAccept, invoice: InvoiceToAccept): Promise<Cents> {
  const left = entry.spent - entry.amount;
  if (left <= 0) throw new RefusedError(`Bank entry ${id} is accepted already, to the last cent.`);
  if (entry.status !== 'accepted' && entry.why !== 'no-credit') {
    throw new RefusedError(`Bank entry ${id} tells again of a movement that is known already.`);
  }
  const { enterpriseNumber, orderId } = invoice;
  const due = await readRefundDue(db, { enterpriseNumber, id: orderId });
  if (due === 0) throw new RefusedError(`Nothing is to be paid back for order ${orderId}.`);
  return -Math.min(left, due);
}

/** Cents of refunds that the entry brings back: at most what is left of it and was paid back for the order. */
async function returnOf(db: Db, id: number, entry: EntryToAccept, invoice: InvoiceToAccept): Promise<Cents> {
  const left = entry.amount - entry.spent;
  if (left <= 0) throw new RefusedError(`Bank entry ${id} is accepted already, to the last cent.`);
  if (entry.status !== 'accepted' && !waitsForPerson(entry)) {
    throw new RefusedError(`Bank entry ${id} is ${entry.status}; only an open one can be accepted.`);
  }
  const { enterpriseNumber, orderId } = invoice;
  const refunded = await readRefunded(db, { enterpriseNumber, id: orderId });
  if (refunded <= 0) throw new RefusedError(`Nothing was paid back for order ${orderId}.`);
  return Math.min(left, refunded);
}
