/** What a person decides about open bank entries, in a real database. */
import { sql } from 'kysely';
import { expect, test } from 'vitest';
import { RefusedError } from '../../../src/errors.ts';
import { applyBankStatements } from '../../../src/jobs/import/match-statement.ts';
import { cancelOrder } from '../../../src/jobs/orders/cancel-order.ts';
import { acceptPayment } from '../../../src/jobs/payments/accept-payment.ts';
import { closeWithoutInvoice } from '../../../src/jobs/payments/close-entry.ts';
import { matchOpenPayments } from '../../../src/jobs/payments/match-open-payments.ts';
import { readHealth } from '../../../src/load/health.ts';
import { readPayments } from '../../../src/load/payments/payments.ts';
import type { BankEntry } from '../../../src/model.ts';
import { openTestDatabase } from '../../support/database.ts';
import { IBAN, inventInvoicedOrder, inventStatement, orderState } from '../../support/invoiced-orders.ts';
import { inventProducts, type Noted, orderDay } from '../../support/small-world.ts';

const { db } = await openTestDatabase();
await inventProducts(db);
const BY_HAND = { by: 'Mia', why: 'agreed by phone' };

/** Stores one entry; returns its id. */
async function receive(entry: Partial<BankEntry>): Promise<number> {
  const statement = inventStatement([entry]);
  const applied = await db
    .transaction()
    .execute((trx) => applyBankStatements(trx, { fileId: 1 }, () => [statement], IBAN, '2026-12-08'));
  if (applied === 'duplicate') throw new Error('this is no copy');
  return applied.matched.entries[0]?.id ?? 0;
}

function accept(id: number, invoice: string, noted: Noted[] = []) {
  return acceptPayment(orderDay(db, '2026-12-10', noted), id, { invoice, ...BY_HAND });
}

async function payments(entryId: number) {
  const found = await sql<{ line: string }>`
    select concat_ws(' ', i.number, p.amount, p.status, p.decided_by, p.why) as line
      from payment p join invoice i on i.id = p.invoice_id where bank_entry_id = ${entryId} order by p.id`.execute(db);
  return found.rows.map(({ line }) => line);
}

test('a partial payment that is accepted pays invoice and order', async () => {
  const order = await inventInvoicedOrder(db);
  const { number, communication, total } = order.invoices[0]!;
  const id = await receive({ amount: total - 100, structuredCommunication: communication });
  const noted: Noted[] = [];
  expect(await accept(id, number, noted)).toEqual({
    id,
    invoiceNumber: number,
    status: 'accepted',
    amount: total - 100,
    orderId: order.id,
    orderPaid: true,
    refundDue: 0,
  });
  expect(await orderState(db, order)).toBe('paid 2026-12-10');
  expect(await payments(id)).toEqual([`${number} ${total - 100} accepted Mia agreed by phone`]);
  expect(noted).toEqual([
    {
      event: 'payment.accepted',
      facts: { enterpriseNumber: order.employer, orderId: order.id, invoice: number, totalCents: total - 100 },
    },
  ]);
  await expect(accept(id, number)).rejects.toThrow(
    new RefusedError(`Bank entry ${id} is accepted already, to the last cent.`),
  );
});

test('one transfer pays two invoices, one after the other', async () => {
  const order = await inventInvoicedOrder(db, { people: 2 });
  const [one, two] = [order.invoices[0]!, order.invoices[1]!];
  const id = await receive({ amount: one.total + two.total, freeText: `${one.communication} ${two.communication}` });
  expect((await readPayments(db, 'unknown')).map((row) => row.id)).toContain(id);
  expect(await accept(id, one.number)).toMatchObject({ amount: one.total, orderPaid: false });
  expect(await accept(id, two.number)).toMatchObject({ amount: two.total, orderPaid: true });
  expect((await readPayments(db, 'accepted')).at(-1)?.invoiceNumber).toBe(`${one.number}, ${two.number}`);
  expect(await orderState(db, order)).toBe('paid 2026-12-10');
});

test('who accepted stays readable when the money goes back', async () => {
  const order = await inventInvoicedOrder(db);
  const { number, communication, total } = order.invoices[0]!;
  const id = await receive({ amount: total + 1, structuredCommunication: communication });
  await accept(id, number);
  await receive({ amount: -total - 1, structuredCommunication: communication, reversal: true });
  expect(await orderState(db, order)).toBe('invoiced');
  expect(await payments(id)).toEqual([
    `${number} ${total} reversed system taken-back (accepted by Mia: agreed by phone)`,
  ]);
});

test('what takes back a transfer that paid two invoices opens both again', async () => {
  const [one, two] = [await inventInvoicedOrder(db), await inventInvoicedOrder(db)];
  const [first, second] = [one.invoices[0]!, two.invoices[0]!];
  const amount = first.total + second.total;
  const id = await receive({ amount, freeText: `${first.communication} ${second.communication}` });
  await accept(id, first.number);
  await accept(id, second.number);
  await receive({ amount: -amount, structuredCommunication: second.communication, reversal: true });
  expect([await orderState(db, one), await orderState(db, two)]).toEqual(['invoiced', 'invoiced']);
  const taken = 'reversed system taken-back (accepted by Mia: agreed by phone)';
  expect(await payments(id)).toEqual([
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
    await receive({ amount: invoices[0]!.total, structuredCommunication: invoices[0]!.communication });
    await cancelOrder(orderDay(db, '2026-12-09', noted), id, { by: 'ops', why: 'test' });
  }
  const { total, communication } = other.invoices[0]!;
  expect(noted.filter(({ event }) => event === 'refund.due').map(({ facts }) => facts.totalCents)).toEqual([
    total,
    total,
  ]);
  expect(await refunds()).toEqual([2, 2 * total]);
  await receive({ amount: -total, structuredCommunication: communication, reversal: true });
  expect(await refunds()).toEqual([1, total]);

  const found = await sql<{ number: string }>`
    select number from invoice where order_id = ${order.id} and kind = 'credit'`.execute(db);
  const credit = found.rows[0]?.number ?? '';
  const debit = await receive({ amount: -total - 5 });
  expect(await accept(debit, credit)).toMatchObject({ invoiceNumber: credit, amount: -total, orderPaid: false });
  expect(await refunds()).toEqual([0, 0]);
  await expect(accept(debit, credit)).rejects.toThrow(
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
    await receive({ amount: invoices[0]!.total, structuredCommunication: invoices[0]!.communication });
  }
  await sql`update voucher_order set status = 'released', released_on = '2026-12-09' where id = ${released.id}`.execute(
    db,
  );
  const before = await waiting();
  const { total, number } = order.invoices[0]!;
  const back = await receive({ amount: -total, freeText: 'RETURN', reversal: true });
  const late = await receive({ amount: -released.invoices[0]!.total, freeText: 'RETURN', reversal: true });
  expect(await waiting()).toBe(before + 2);
  expect(await orderState(db, order)).toBe('paid 2026-12-08');
  await expect(accept(back, unpaid.invoices[0]!.number)).rejects.toThrow(
    new RefusedError(`Invoice ${unpaid.invoices[0]!.number} was not paid; nothing can be taken back.`),
  );
  expect(await accept(back, number)).toMatchObject({ status: 'reversed', amount: -total, orderPaid: false });
  expect(await orderState(db, order)).toBe('invoiced');
  expect(await payments(back)).toEqual([`${number} ${-total} reversed Mia takes-back-payment (agreed by phone)`]);
  const again = await receive({ amount: total, structuredCommunication: order.invoices[0]!.communication });
  const twice = await receive({ amount: total, structuredCommunication: order.invoices[0]!.communication });
  const second = await receive({ amount: -total, freeText: 'RETURN', reversal: true });
  await accept(second, number);
  expect([await payments(again), await payments(twice), await orderState(db, order)]).toEqual([
    [`${number} ${total} matched system exact`],
    [`${number} ${total} reversed system taken-back`],
    'paid 2026-12-08',
  ]);
  const noted: Noted[] = [];
  await accept(late, released.invoices[0]!.number, noted);
  expect(await orderState(db, released)).toBe('released 2026-12-08 2026-12-09');
  expect(noted.map(({ event }) => event)).toEqual(['payment.accepted', 'payment.taken_back']);
  expect(await waiting()).toBe(before);
  await expect(accept(back, number)).rejects.toThrow(
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
  await receive({ amount: total, structuredCommunication: communication });
  const [before = 0, cents = 0, waiting = 0] = await due();
  await cancelOrder(orderDay(db, '2026-12-09'), order.id, { by: 'ops', why: 'test' });
  const found = await sql<{ number: string }>`
    select number from invoice where order_id = ${order.id} and kind = 'credit'`.execute(db);
  const credit = found.rows[0]?.number ?? '';
  const early = await receive({ amount: total, freeText: 'RETURN', reversal: true });
  await expect(accept(early, credit)).rejects.toThrow(new RefusedError(`Nothing was paid back for order ${order.id}.`));
  await closeWithoutInvoice(orderDay(db, '2026-12-10'), early, BY_HAND);
  await accept(await receive({ amount: -total }), credit);
  expect(await due()).toEqual([before, cents, waiting]);

  const back = await receive({ amount: total + 3, freeText: 'RETURN', reversal: true });
  expect(await due()).toEqual([before, cents, waiting + 1]);
  const noted: Noted[] = [];
  expect(await accept(back, credit, noted)).toMatchObject({ status: 'accepted', amount: total, refundDue: total });
  expect(await due()).toEqual([before + 1, cents + total, waiting]);
  expect(noted.map(({ event, facts }) => [event, facts.totalCents])).toEqual([
    ['payment.accepted', total],
    ['refund.due', total],
  ]);
  await expect(accept(back, credit)).rejects.toThrow(new RefusedError(`Nothing was paid back for order ${order.id}.`));
  expect(await orderState(db, order)).toMatch(/^cancelled/);
  await accept(await receive({ amount: -total }), credit);
  expect(await due()).toEqual([before, cents, waiting]);
});

test('what concerns no invoice is closed with who and why, pays nothing, and stays closed', async () => {
  const waiting = async () => (await readHealth(db, '2026-12-10')).openBankEntries;
  const cents = async () => {
    const found = await sql<{ all: number; accepted: number }>`
      select sum(amount)::bigint as all, sum(amount) filter (where status = 'accepted')::bigint as accepted from bank_entry`.execute(
      db,
    );
    return found.rows[0] ?? { all: 0, accepted: 0 };
  };
  const order = await inventInvoicedOrder(db);
  const { number, communication, total } = order.invoices[0]!;
  const before = await waiting();
  const ids = [
    await receive({ amount: 1_250, freeText: 'LOYER' }),
    await receive({ amount: -700, freeText: 'RETURN', reversal: true }),
    await receive({ amount: 800, reversal: true }),
    await receive({ amount: total - 1, structuredCommunication: communication }),
  ];
  const money = await cents();
  expect(await waiting()).toBe(before + 4);
  const noted: Noted[] = [];
  for (const id of ids) {
    expect(await closeWithoutInvoice(orderDay(db, '2026-12-10', noted), id, BY_HAND)).toEqual({
      id,
      invoiceNumber: null,
      status: 'accepted',
      amount: 0,
    });
  }
  expect(noted.map(({ event, facts }) => `${event} ${facts.status} ${facts.code}`)).toEqual([
    'payment.closed unknown no-invoice',
    'payment.closed reversed no-invoice',
    'payment.closed reversed returned-debit',
    'payment.closed partial less-than-due',
  ]);
  expect(await cents()).toEqual({ all: money.all, accepted: Number(money.accepted) + 1_250 - 700 + 800 + total - 1 });
  const stored = await sql<{ line: string }>`
    select concat_ws(' ', status, decided_by, why) as line from bank_entry where id = any(${ids}::bigint[])`.execute(
    db,
  );
  expect(new Set(stored.rows.map(({ line }) => line))).toEqual(new Set(['accepted Mia agreed by phone']));
  expect(await Promise.all(ids.map(payments))).toEqual([[], [], [], []]);
  await matchOpenPayments(orderDay(db, '2026-12-10'));
  expect(await waiting()).toBe(before);
  expect(await orderState(db, order)).toBe('invoiced');
  const [, , , partial = 0] = ids;
  await expect(closeWithoutInvoice(orderDay(db, '2026-12-10'), partial, BY_HAND)).rejects.toThrow(
    new RefusedError(`Bank entry ${partial} is accepted; only an open one can be closed without an invoice.`),
  );
  await expect(closeWithoutInvoice(orderDay(db, '2026-12-10'), 999_999, BY_HAND)).rejects.toThrow(
    new RefusedError('There is no bank entry 999999.'),
  );
  expect(await accept(partial, number)).toMatchObject({ amount: total - 1, orderPaid: true });
});

test('a payment taken back after the release waits until a person says how it was settled, and no longer', async () => {
  const standing = async () => {
    const { openBankEntries, paymentsTakenBack } = await readHealth(db, '2026-12-10');
    return [openBankEntries, paymentsTakenBack];
  };
  const order = await inventInvoicedOrder(db);
  const { number, communication, total } = order.invoices[0]!;
  await receive({ amount: total, structuredCommunication: communication });
  await sql`update voucher_order set status = 'released', released_on = '2026-12-09' where id = ${order.id}`.execute(
    db,
  );
  const [open = 0, takenBack = 0] = await standing();
  const back = await receive({ amount: -total, structuredCommunication: communication, reversal: true });
  expect(await standing()).toEqual([open, takenBack + 1]);
  await expect(accept(back, number)).rejects.toThrow(
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
  expect(await payments(back)).toEqual([`${number} ${-total} reversed Mia takes-back-released (agreed by phone)`]);
  await matchOpenPayments(orderDay(db, '2026-12-10'));
  expect(await standing()).toEqual([open, takenBack]);
  expect(await orderState(db, order)).toBe('released 2026-12-08 2026-12-09');
  await expect(closeWithoutInvoice(orderDay(db, '2026-12-10'), back, BY_HAND)).rejects.toThrow(
    new RefusedError(`Bank entry ${back} is accepted; only an open one can be closed without an invoice.`),
  );
});

test('what cannot be accepted is refused in a sentence, and nothing changes', async () => {
  const order = await inventInvoicedOrder(db);
  const { number, communication, total } = order.invoices[0]!;
  const partial = await receive({ amount: total - 1, structuredCommunication: communication });
  const debit = await receive({ amount: -5 });
  const matched = await receive({ amount: total, structuredCommunication: communication });
  const before = await sql`select * from payment order by id`.execute(db);
  const refused: [number, string, string][] = [
    [999_999, number, 'There is no bank entry 999999.'],
    [debit, number, `Bank entry ${debit} brought no money; it cannot pay an invoice.`],
    [matched, number, `Bank entry ${matched} is matched; only an open one can be accepted.`],
    [partial, '2026-999999', 'There is no invoice 2026-999999.'],
    [partial, 'nonsense', 'There is no invoice nonsense.'],
    [partial, number, `Invoice ${number} is paid; only an open one can be paid.`],
  ];
  for (const [id, invoice, sentence] of refused) {
    await expect(accept(id, invoice)).rejects.toThrow(new RefusedError(sentence));
  }
  expect((await sql`select * from payment order by id`.execute(db)).rows).toEqual(before.rows);
});
