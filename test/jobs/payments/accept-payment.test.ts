/** What a person decides about open bank entries, in a real database. */
import { sql } from 'kysely';
import { expect, test } from 'vitest';
import { RefusedError } from '../../../src/errors.ts';
import { closeWithoutInvoice } from '../../../src/jobs/payments/close-entry.ts';
import { matchOpenPayments } from '../../../src/jobs/payments/match-open-payments.ts';
import { readHealth } from '../../../src/load/health.ts';
import { readPayments } from '../../../src/load/payments/payments.ts';
import { openTestDatabase } from '../../support/database.ts';
import { inventInvoicedOrder, orderState } from '../../support/invoiced-orders.ts';
import { accept, BY_HAND, payments, receive } from '../../support/payment-desk.ts';
import { inventProducts, type Noted, orderDay } from '../../support/small-world.ts';

const { db } = await openTestDatabase();
await inventProducts(db);

test('a partial payment that is accepted pays invoice and order', async () => {
  const order = await inventInvoicedOrder(db);
  const { number, communication, total } = order.invoices[0]!;
  const id = await receive(db, { amount: total - 100, structuredCommunication: communication });
  const noted: Noted[] = [];
  expect(await accept(db, id, number, noted)).toEqual({
    id,
    invoiceNumber: number,
    status: 'accepted',
    amount: total - 100,
    orderId: order.id,
    orderPaid: true,
    refundDue: 0,
  });
  expect(await orderState(db, order)).toBe('paid 2026-12-10');
  expect(await payments(db, id)).toEqual([`${number} ${total - 100} accepted Mia agreed by phone`]);
  expect(noted).toEqual([
    {
      event: 'payment.accepted',
      facts: { enterpriseNumber: order.employer, orderId: order.id, invoice: number, totalCents: total - 100 },
    },
  ]);
  await expect(accept(db, id, number)).rejects.toThrow(
    new RefusedError(`Bank entry ${id} is accepted already, to the last cent.`),
  );
});

test('one transfer pays two invoices, one after the other', async () => {
  const order = await inventInvoicedOrder(db, { people: 2 });
  const [one, two] = [order.invoices[0]!, order.invoices[1]!];
  const id = await receive(db, {
    amount: one.total + two.total,
    freeText: `${one.communication} ${two.communication}`,
  });
  expect((await readPayments(db, 'unknown')).map((row) => row.id)).toContain(id);
  expect(await accept(db, id, one.number)).toMatchObject({ amount: one.total, orderPaid: false });
  expect(await accept(db, id, two.number)).toMatchObject({ amount: two.total, orderPaid: true });
  expect((await readPayments(db, 'accepted')).at(-1)?.invoiceNumber).toBe(`${one.number}, ${two.number}`);
  expect(await orderState(db, order)).toBe('paid 2026-12-10');
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
    await receive(db, { amount: 1_250, freeText: 'LOYER' }),
    await receive(db, { amount: -700, freeText: 'RETURN', reversal: true }),
    await receive(db, { amount: 800, reversal: true }),
    await receive(db, { amount: total - 1, structuredCommunication: communication }),
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
  expect(await Promise.all(ids.map((id) => payments(db, id)))).toEqual([[], [], [], []]);
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
  expect(await accept(db, partial, number)).toMatchObject({ amount: total - 1, orderPaid: true });
});

test('what cannot be accepted is refused in a sentence, and nothing changes', async () => {
  const order = await inventInvoicedOrder(db);
  const { number, communication, total } = order.invoices[0]!;
  const partial = await receive(db, { amount: total - 1, structuredCommunication: communication });
  const debit = await receive(db, { amount: -5 });
  const matched = await receive(db, { amount: total, structuredCommunication: communication });
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
    await expect(accept(db, id, invoice)).rejects.toThrow(new RefusedError(sentence));
  }
  expect((await sql`select * from payment order by id`.execute(db)).rows).toEqual(before.rows);
});
