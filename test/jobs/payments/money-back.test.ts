/** Money that goes back, in a real database: what it opens again, what is due to whom, and what waits for a person. */
import { sql } from 'kysely';
import { expect, test } from 'vitest';
import { RefusedError } from '../../../src/errors.ts';
import { cancelOrder } from '../../../src/jobs/orders/cancel-order.ts';
import { closeWithoutInvoice } from '../../../src/jobs/payments/close-entry.ts';
import { matchOpenPayments } from '../../../src/jobs/payments/match-open-payments.ts';
import { readHealth } from '../../../src/load/health.ts';
import { openTestDatabase } from '../../support/database.ts';
import { inventInvoicedOrder, orderState } from '../../support/invoiced-orders.ts';
import { accept, BY_HAND, payments, receive } from '../../support/payment-desk.ts';
import { inventProducts, type Noted, orderDay } from '../../support/small-world.ts';

const { db } = await openTestDatabase();
await inventProducts(db);

test('who accepted stays readable when the money goes back', async () => {
  const order = await inventInvoicedOrder(db);
  const { number, communication, total } = order.invoices[0]!;
  const id = await receive(db, { amount: total + 1, structuredCommunication: communication });
  await accept(db, id, number);
  await receive(db, { amount: -total - 1, structuredCommunication: communication, reversal: true });
  expect(await orderState(db, order)).toBe('invoiced');
  expect(await payments(db, id)).toEqual([
    `${number} ${total} reversed system taken-back (accepted by Mia: agreed by phone)`,
  ]);
});

test('what takes back a transfer that paid two invoices opens both again', async () => {
  const [one, two] = [await inventInvoicedOrder(db), await inventInvoicedOrder(db)];
  const [first, second] = [one.invoices[0]!, two.invoices[0]!];
  const amount = first.total + second.total;
  const id = await receive(db, { amount, freeText: `${first.communication} ${second.communication}` });
  await accept(db, id, first.number);
  await accept(db, id, second.number);
  await receive(db, { amount: -amount, structuredCommunication: second.communication, reversal: true });
  expect([await orderState(db, one), await orderState(db, two)]).toEqual(['invoiced', 'invoiced']);
  const taken = 'reversed system taken-back (accepted by Mia: agreed by phone)';
  expect(await payments(db, id)).toEqual([
    `${first.number} ${first.total} ${taken}`,
    `${second.number} ${second.total} ${taken}`,
  ]);
});

test('a paid order that is cancelled is to be paid back until a debit is accepted for it, or its money went back', async () => {
  const refunds = async () => {
    const { refundsDue, refundTotal } = await readHealth(db, '2026-12-10');
    return [refundsDue, refundTotal];
  };
  const [order, other] = [await inventInvoicedOrder(db), await inventInvoicedOrder(db)];
  const noted: Noted[] = [];
  for (const { id, invoices } of [order, other]) {
    await receive(db, { amount: invoices[0]!.total, structuredCommunication: invoices[0]!.communication });
    await cancelOrder(orderDay(db, '2026-12-09', noted), id, { by: 'ops', why: 'test' });
  }
  const { total, communication } = other.invoices[0]!;
  expect(noted.filter(({ event }) => event === 'refund.due').map(({ facts }) => facts.totalCents)).toEqual([
    total,
    total,
  ]);
  expect(await refunds()).toEqual([2, 2 * total]);
  await receive(db, { amount: -total, structuredCommunication: communication, reversal: true });
  expect(await refunds()).toEqual([1, total]);

  const found = await sql<{ number: string }>`
    select number from invoice where order_id = ${order.id} and kind = 'credit'`.execute(db);
  const credit = found.rows[0]?.number ?? '';
  const debit = await receive(db, { amount: -total - 5 });
  expect(await accept(db, debit, credit)).toMatchObject({ invoiceNumber: credit, amount: -total, orderPaid: false });
  expect(await refunds()).toEqual([0, 0]);
  await expect(accept(db, debit, credit)).rejects.toThrow(
    new RefusedError(`Nothing is to be paid back for order ${order.id}.`),
  );
  expect(await orderState(db, order)).toMatch(/^cancelled/);
});

test('money that went back without naming its payment waits for a person, who says which', async () => {
  const waiting = async () => (await readHealth(db, '2026-12-10')).openBankEntries;
  const [order, unpaid, released] = [
    await inventInvoicedOrder(db),
    await inventInvoicedOrder(db),
    await inventInvoicedOrder(db),
  ];
  for (const { invoices } of [order, released]) {
    await receive(db, { amount: invoices[0]!.total, structuredCommunication: invoices[0]!.communication });
  }
  await sql`update voucher_order set status = 'released', released_on = '2026-12-09' where id = ${released.id}`.execute(
    db,
  );
  const before = await waiting();
  const { total, number } = order.invoices[0]!;
  const back = await receive(db, { amount: -total, freeText: 'RETURN', reversal: true });
  const late = await receive(db, { amount: -released.invoices[0]!.total, freeText: 'RETURN', reversal: true });
  expect(await waiting()).toBe(before + 2);
  expect(await orderState(db, order)).toBe('paid 2026-12-08');
  await expect(accept(db, back, unpaid.invoices[0]!.number)).rejects.toThrow(
    new RefusedError(`Invoice ${unpaid.invoices[0]!.number} was not paid; nothing can be taken back.`),
  );
  expect(await accept(db, back, number)).toMatchObject({ status: 'reversed', amount: -total, orderPaid: false });
  expect(await orderState(db, order)).toBe('invoiced');
  expect(await payments(db, back)).toEqual([`${number} ${-total} reversed Mia takes-back-payment (agreed by phone)`]);
  const again = await receive(db, { amount: total, structuredCommunication: order.invoices[0]!.communication });
  const twice = await receive(db, { amount: total, structuredCommunication: order.invoices[0]!.communication });
  const second = await receive(db, { amount: -total, freeText: 'RETURN', reversal: true });
  await accept(db, second, number);
  expect([await payments(db, again), await payments(db, twice), await orderState(db, order)]).toEqual([
    [`${number} ${total} matched system exact`],
    [`${number} ${total} reversed system taken-back`],
    'paid 2026-12-08',
  ]);
  const noted: Noted[] = [];
  await accept(db, late, released.invoices[0]!.number, noted);
  expect(await orderState(db, released)).toBe('released 2026-12-08 2026-12-09');
  expect(noted.map(({ event }) => event)).toEqual(['payment.accepted', 'payment.taken_back']);
  expect(await waiting()).toBe(before);
  await expect(accept(db, back, number)).rejects.toThrow(
    new RefusedError(`Bank entry ${back} brought no money; it cannot pay an invoice.`),
  );
});

test('a refund that the bank brings back is due again, and the next debit settles it', async () => {
  const due = async () => {
    const { refundsDue, refundTotal, openBankEntries } = await readHealth(db, '2026-12-10');
    return [refundsDue, refundTotal, openBankEntries];
  };
  const order = await inventInvoicedOrder(db);
  const { total, communication } = order.invoices[0]!;
  await receive(db, { amount: total, structuredCommunication: communication });
  const [before = 0, cents = 0, waiting = 0] = await due();
  await cancelOrder(orderDay(db, '2026-12-09'), order.id, { by: 'ops', why: 'test' });
  const found = await sql<{ number: string }>`
    select number from invoice where order_id = ${order.id} and kind = 'credit'`.execute(db);
  const credit = found.rows[0]?.number ?? '';
  const early = await receive(db, { amount: total, freeText: 'RETURN', reversal: true });
  await expect(accept(db, early, credit)).rejects.toThrow(
    new RefusedError(`Nothing was paid back for order ${order.id}.`),
  );
  await closeWithoutInvoice(orderDay(db, '2026-12-10'), early, BY_HAND);
  await accept(db, await receive(db, { amount: -total }), credit);
  expect(await due()).toEqual([before, cents, waiting]);

  const back = await receive(db, { amount: total + 3, freeText: 'RETURN', reversal: true });
  expect(await due()).toEqual([before, cents, waiting + 1]);
  const noted: Noted[] = [];
  expect(await accept(db, back, credit, noted)).toMatchObject({ status: 'accepted', amount: total, refundDue: total });
  expect(await due()).toEqual([before + 1, cents + total, waiting]);
  expect(noted.map(({ event, facts }) => [event, facts.totalCents])).toEqual([
    ['payment.accepted', total],
    ['refund.due', total],
  ]);
  await expect(accept(db, back, credit)).rejects.toThrow(
    new RefusedError(`Nothing was paid back for order ${order.id}.`),
  );
  expect(await orderState(db, order)).toMatch(/^cancelled/);
  await accept(db, await receive(db, { amount: -total }), credit);
  expect(await due()).toEqual([before, cents, waiting]);
});

test('a payment taken back after the release waits until a person says how it was settled, and no longer', async () => {
  const standing = async () => {
    const { openBankEntries, paymentsTakenBack } = await readHealth(db, '2026-12-10');
    return [openBankEntries, paymentsTakenBack];
  };
  const order = await inventInvoicedOrder(db);
  const { number, communication, total } = order.invoices[0]!;
  await receive(db, { amount: total, structuredCommunication: communication });
  await sql`update voucher_order set status = 'released', released_on = '2026-12-09' where id = ${order.id}`.execute(
    db,
  );
  const [open = 0, takenBack = 0] = await standing();
  const back = await receive(db, { amount: -total, structuredCommunication: communication, reversal: true });
  expect(await standing()).toEqual([open, takenBack + 1]);
  await expect(accept(db, back, number)).rejects.toThrow(
    new RefusedError(`Bank entry ${back} brought no money; it cannot pay an invoice.`),
  );
  const noted: Noted[] = [];
  expect(await closeWithoutInvoice(orderDay(db, '2026-12-10', noted), back, BY_HAND)).toMatchObject({
    status: 'accepted',
    amount: 0,
  });
  expect(noted.map(({ event, facts }) => `${event} ${facts.status} ${facts.code}`)).toEqual([
    'payment.closed reversed takes-back-released',
  ]);
  expect(await standing()).toEqual([open, takenBack]);
  expect(await payments(db, back)).toEqual([`${number} ${-total} reversed Mia takes-back-released (agreed by phone)`]);
  await matchOpenPayments(orderDay(db, '2026-12-10'));
  expect(await standing()).toEqual([open, takenBack]);
  expect(await orderState(db, order)).toBe('released 2026-12-08 2026-12-09');
  await expect(closeWithoutInvoice(orderDay(db, '2026-12-10'), back, BY_HAND)).rejects.toThrow(
    new RefusedError(`Bank entry ${back} is accepted; only an open one can be closed without an invoice.`),
  );
});
