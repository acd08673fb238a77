/** Bank statements in a real database: what pays, what waits for a person, what is taken back. */
import { sql } from 'kysely';
import { expect, test } from 'vitest';
import { logStatements } from '../../../src/jobs/import/match-statement.ts';
import { cancelOrder } from '../../../src/jobs/orders/cancel-order.ts';
import { matchOpenPayments } from '../../../src/jobs/payments/match-open-payments.ts';
import { openTestDatabase } from '../../support/database.ts';
import { checkBooks } from '../../support/invariant.ts';
import { inventInvoicedOrder, inventStatement, orderState } from '../../support/invoiced-orders.ts';
import { inventProducts, type Noted, orderDay } from '../../support/small-world.ts';
import { openStatementDesk, said } from '../../support/statement-desk.ts';

const { db } = await openTestDatabase();
await inventProducts(db);
const { apply, listed } = openStatementDesk(db);

function run(noted: Noted[] = []) {
  return matchOpenPayments(orderDay(db, '2026-12-09', noted));
}

test('the exact amount pays invoice and order, structured or typed', async () => {
  const structured = await inventInvoicedOrder(db);
  const typed = await inventInvoicedOrder(db);
  const [one, two] = [structured.invoices[0]!, typed.invoices[0]!];
  const text = `facture ${two.communication.slice(0, 3)}/${two.communication.slice(3, 7)}/${two.communication.slice(7)} merci`;
  const applied = await apply(
    inventStatement([
      { amount: one.total, structuredCommunication: one.communication },
      { amount: two.total, freeText: text },
    ]),
  );
  expect(said(applied)).toEqual(['matched exact', 'matched exact']);
  expect(applied.counts).toMatchObject({ read: 2, created: 2, unchanged: 0 });
  expect([await orderState(db, structured), await orderState(db, typed)]).toEqual([
    'paid 2026-12-08',
    'paid 2026-12-08',
  ]);
  expect(await listed(applied)).toEqual([
    {
      id: applied.matched.entries[0]?.id,
      bookedOn: '2026-12-07',
      amount: one.total,
      currency: 'EUR',
      structuredCommunication: one.communication,
      invoiceNumber: one.number,
      status: 'matched',
    },
    expect.objectContaining({ structuredCommunication: null, invoiceNumber: two.number, status: 'matched' }),
  ]);
});

test('partial, over, duplicate, unknown and debits pay nothing, and the states add up to the entries', async () => {
  const order = await inventInvoicedOrder(db);
  const { total, communication } = order.invoices[0]!;
  const applied = await apply(
    inventStatement([
      { amount: total - 1, structuredCommunication: communication },
      { amount: total + 1, structuredCommunication: communication },
      { amount: total, structuredCommunication: '999999999948' },
      { amount: -total },
      { amount: total, structuredCommunication: communication, currency: 'USD' },
    ]),
  );
  expect(said(applied)).toEqual([
    'partial less-than-due',
    'over more-than-due',
    'unknown no-invoice',
    'ignored no-credit',
    'unknown other-currency',
  ]);
  expect(await orderState(db, order)).toBe('invoiced');
  const paid = await apply(
    inventStatement([
      { amount: total, structuredCommunication: communication },
      { amount: total, structuredCommunication: communication },
    ]),
  );
  expect(said(paid)).toEqual(['matched exact', 'duplicate already-paid']);
  expect(await orderState(db, order)).toBe('paid 2026-12-08');
  const noted: Noted[] = [];
  logStatements((event, facts = {}) => noted.push({ event, facts }), 7, applied);
  expect(noted[0]).toEqual({
    event: 'payment.matched',
    facts: {
      fileId: 7,
      entries: 5,
      byStatus: { partial: 1, over: 1, unknown: 2, ignored: 1 },
      cents: {
        EUR: { total: 2 * total, ignored: -total, over: total + 1, partial: total - 1, unknown: total },
        USD: { total, unknown: total },
      },
      invoices: 0,
      orders: 0,
    },
  });
  expect(noted.slice(1).map(({ event, facts }) => `${event} ${facts.code} ${facts.entries}`)).toEqual([
    'payment.open less-than-due 1',
    'payment.open more-than-due 1',
    'payment.open no-invoice 1',
    'payment.open other-currency 1',
  ]);
});

test('an order of two invoices is paid with the second, also by parts that add up in two statements', async () => {
  const order = await inventInvoicedOrder(db, { people: 2 });
  const [first, second] = [order.invoices[0]!, order.invoices[1]!];
  await apply(inventStatement([{ amount: first.total, structuredCommunication: first.communication }]));
  expect(await orderState(db, order)).toBe('invoiced');
  const part = await apply(inventStatement([{ amount: 1000, structuredCommunication: second.communication }]));
  expect(said(part)).toEqual(['partial less-than-due']);
  const rest = await apply(
    inventStatement([{ amount: second.total - 1000, structuredCommunication: second.communication }]),
  );
  expect(said(rest)).toEqual(['matched exact-sum']);
  expect((await listed(part)).map(({ status }) => status)).toEqual(['matched']);
  expect(rest.matched.ordersPaid).toEqual([{ enterpriseNumber: order.employer, id: order.id }]);
  expect(await orderState(db, order)).toBe('paid 2026-12-08');
});

test('product and card invoices: both are to be paid', async () => {
  const order = await inventInvoicedOrder(db, { card: 'none', cardInvoice: 'separate' });
  expect(order.invoices).toHaveLength(2);
  for (const [index, { total, communication }] of order.invoices.entries()) {
    expect(await orderState(db, order)).toBe('invoiced');
    await apply(inventStatement([{ amount: total, structuredCommunication: communication }]));
    if (index === 1) expect(await orderState(db, order)).toBe('paid 2026-12-08');
  }
});

test('a reversal before the release opens invoice and order again, and a new payment pays again', async () => {
  const order = await inventInvoicedOrder(db);
  const { total, communication, number } = order.invoices[0]!;
  const paid = await apply(inventStatement([{ amount: total, structuredCommunication: communication }]));
  const back = await apply(
    inventStatement([{ amount: -total, structuredCommunication: communication, reversal: true }]),
  );
  expect(said(back)).toEqual(['reversed takes-back-payment']);
  expect((await listed(paid)).map(({ status }) => status)).toEqual(['reversed']);
  expect(back.matched.ordersReopened).toEqual([{ enterpriseNumber: order.employer, id: order.id }]);
  expect(await orderState(db, order)).toBe('invoiced');
  const again = await apply(inventStatement([{ amount: total, structuredCommunication: communication }]));
  expect(await listed(again)).toEqual([expect.objectContaining({ invoiceNumber: number, status: 'matched' })]);
  expect(await orderState(db, order)).toBe('paid 2026-12-08');
});

test('a reversal after the release raises an alert and changes no order', async () => {
  const order = await inventInvoicedOrder(db);
  const { total, communication, number } = order.invoices[0]!;
  await apply(inventStatement([{ amount: total, structuredCommunication: communication }]));
  await sql`update voucher_order set status = 'released', released_on = '2026-12-08' where id = ${order.id}`.execute(
    db,
  );
  const back = await apply(
    inventStatement([{ amount: -total, structuredCommunication: communication, reversal: true }]),
  );
  expect(said(back)).toEqual(['reversed takes-back-released']);
  expect(await orderState(db, order)).toBe('released 2026-12-08 2026-12-08');
  const noted: Noted[] = [];
  logStatements((event, facts = {}) => noted.push({ event, facts }), 7, back);
  expect(noted.at(-1)).toEqual({
    event: 'payment.taken_back',
    facts: { fileId: 7, enterpriseNumber: order.employer, orderId: order.id, invoice: number },
  });
});

test('a reversal that names nobody is told to operations', async () => {
  const back = await apply(
    inventStatement([
      { amount: -700, reversal: true },
      { amount: 800, reversal: true },
    ]),
  );
  const noted: Noted[] = [];
  logStatements((event, facts = {}) => noted.push({ event, facts }), 7, back);
  expect(noted.slice(1).map(({ event, facts }) => `${event} ${facts.status} ${facts.code}`)).toEqual([
    'payment.open reversed no-invoice',
    'payment.open reversed returned-debit',
  ]);
});

test('a payment for a cancelled order waits for a person', async () => {
  const order = await inventInvoicedOrder(db);
  const { total, communication } = order.invoices[0]!;
  await cancelOrder(orderDay(db, '2026-12-06'), order.id, { by: 'ops', why: 'test' });
  expect(said(await apply(inventStatement([{ amount: total, structuredCommunication: communication }])))).toEqual([
    'unknown invoice-withdrawn',
  ]);
});

test('what is open is matched again when its invoice comes; a further run changes nothing', async () => {
  const order = await inventInvoicedOrder(db);
  const { id, total, communication } = order.invoices[0]!;
  await sql`delete from structured_communication where number = ${communication}`.execute(db);
  const early = await apply(inventStatement([{ amount: total, structuredCommunication: communication }]));
  expect(said(early)).toEqual(['unknown no-invoice']);
  await sql`insert into structured_communication values (${communication}, ${order.employer}, ${id})`.execute(db);
  const noted: Noted[] = [];
  const matched = await run(noted);
  expect(matched.ordersPaid).toEqual([{ enterpriseNumber: order.employer, id: order.id }]);
  expect(await orderState(db, order)).toBe('paid 2026-12-09');
  const summary = noted.find(({ event }) => event === 'payment.matched')?.facts;
  expect(Object.values(summary?.byStatus ?? {}).reduce((sum, count) => sum + count, 0)).toBe(summary?.entries);
  const rows = () => sql`select * from payment order by id`.execute(db).then((found) => found.rows);
  const before = await rows();
  expect(await run()).toMatchObject({ invoicesPaid: [], ordersPaid: [], ordersReopened: [] });
  expect(await rows()).toEqual(before);
});

test('paid invoices are paid to the cent, and the books agree', async () => {
  const wrong = await sql`
    select i.number from invoice i left join payment p on p.invoice_id = i.id and p.status in ('matched', 'accepted')
     group by i.number, i.status, i.total
    having (i.status = 'paid') <> (coalesce(sum(p.amount), 0) = i.total)`.execute(db);
  expect(wrong.rows).toEqual([]);
  expect(await checkBooks(db)).toEqual([]);
});
