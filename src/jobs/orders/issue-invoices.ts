/** The end of every confirmation: priced orders become invoiced, with numbered invoices, communications and queued notices. */

import type { Db } from '../../load/database.ts';
import { markInvoiced } from '../../load/orders/confirm-orders.ts';
import { drawCommunicationCounters, type InvoiceToWrite, writeInvoices } from '../../load/orders/invoices.ts';
import { addDays } from '../../transform/values/calendar.ts';
import { makeStructuredCommunication } from '../../transform/values/structured-communication.ts';
import type { OrderContext } from './order-context.ts';
import type { PricedOrder } from './price-orders.ts';

/** Invoices the orders in `order_set`, which are the priced ones. To be the last thing that a transaction does. */
export async function issueInvoices(
  db: Db,
  { config, today }: OrderContext,
  by: string,
  priced: readonly PricedOrder[],
): Promise<void> {
  await markInvoiced(db, by, today);
  const dueOn = addDays(today, config.issuer.paymentDays);
  await writeInvoices(db, today.slice(0, 4), await withCommunications(db, priced), { issuedOn: today, dueOn });
}

async function withCommunications(db: Db, orders: readonly PricedOrder[]): Promise<InvoiceToWrite[]> {
  const invoices = orders.flatMap(({ enterpriseNumber, orderId, invoices }) =>
    invoices.map((invoice) => ({ enterpriseNumber, orderId, ...invoice })),
  );
  const counters = await drawCommunicationCounters(db, invoices.length);
  return invoices.map((invoice, index) => {
    const counter = counters[index];
    if (counter === undefined) throw new RangeError('Every invoice has a counter of its own.');
    return { ...invoice, structuredCommunication: makeStructuredCommunication(counter) };
  });
}

/** Tells the log what was invoiced. */
export function noteInvoiced({ log }: OrderContext, invoiced: readonly PricedOrder[]): void {
  for (const { enterpriseNumber, orderId, total, invoices } of invoiced) {
    log('order.confirmed', { enterpriseNumber, orderId, totalCents: total, invoices: invoices.length });
  }
  const invoices = invoiced.reduce((count, order) => count + order.invoices.length, 0);
  if (invoices > 0) log('notice.queued', { invoices });
}
