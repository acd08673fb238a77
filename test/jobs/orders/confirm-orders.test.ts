/** Orders that are confirmed and cancelled: their invoices, cards and notices. */
import { sql } from 'kysely';
import { expect, test } from 'vitest';
import { RefusedError } from '../../../src/errors.ts';
import { applyBankStatements } from '../../../src/jobs/import/match-statement.ts';
import { cancelOrder } from '../../../src/jobs/orders/cancel-order.ts';
import { confirmOrder } from '../../../src/jobs/orders/confirm-orders.ts';
import { runOrders } from '../../../src/jobs/orders/run-orders.ts';
import type { OrderRow } from '../../../src/load/orders/orders.ts';
import { openTestDatabase } from '../../support/database.ts';
import { checkBooks } from '../../support/invariant.ts';
import { IBAN, inventStatement } from '../../support/invoiced-orders.ts';
import {
  activateCard,
  carried,
  deactivate,
  grant,
  inventBeneficiary,
  inventCostCenter,
  inventEmployer,
  inventProducts,
  liveLines,
  type Noted,
  orderDay,
} from '../../support/small-world.ts';

const { db } = await openTestDatabase();
await inventProducts(db);
const BY_HAND = { by: 'ops', acknowledge: 'all' } as const;

/** Makes the draft of November for one employer. */
async function draftFor(employer: string): Promise<OrderRow> {
  const { orders } = await runOrders(orderDay(db, '2026-12-05'));
  const order = orders.find((each) => each.enterpriseNumber === employer);
  if (order === undefined) throw new Error('no draft was made');
  return order;
}

async function invoicesOf(order: OrderRow) {
  const found = await sql<{
    number: string;
    center: number;
    kind: string;
    face: number;
    fee: number;
    vat: number;
    total: number;
    status: string;
  }>`
    select number, cost_center as center, kind, face_value_total as face, fee_total as fee, vat_total as vat, total, status
      from invoice where order_id = ${order.id} order by id`.execute(db);
  return found.rows.map((row) => [row.number, row.center, row.kind, row.face, row.fee, row.vat, row.total, row.status]);
}

async function noticesOf(order: OrderRow): Promise<string[]> {
  const found = await sql<{ line: string }>`
    select n.message_key || ' ' || n.recipient || ' ' || n.language || ' ' || n.status as line
      from invoice_notice n join invoice i on i.id = n.invoice_id where i.order_id = ${order.id} order by i.id`.execute(
    db,
  );
  return found.rows.map((row) => row.line);
}

async function cardsOf(nrn: string): Promise<string[]> {
  const found = await sql<{ line: string }>`
    select sequence || ' ' || status as line from card where national_register_number = ${nrn} order by sequence`.execute(
    db,
  );
  return found.rows.map((row) => row.line);
}

async function statusOf(order: OrderRow) {
  const found = await sql<{ status: string; by: string | null; on: string | null; total: number }>`
    select status, confirmed_by as by, confirmed_on as on, total from voucher_order where id = ${order.id}`.execute(db);
  return found.rows[0];
}

async function setStatus(order: OrderRow, status: 'paid' | 'released'): Promise<void> {
  await sql`update voucher_order set status = ${status} where id = ${order.id}`.execute(db);
  await sql`update invoice set status = 'paid' where order_id = ${order.id}`.execute(db);
}

test('two cost centers: an invoice each, numbers from 1, notices to whoever is billed', async () => {
  const employer = await inventEmployer(db, {
    fees: { service: { percent: '3' }, cardProduction: 450, cardDelivery: 300 },
  });
  await inventCostCenter(db, employer, 1, null);
  await inventCostCenter(db, employer, 2, 'antwerpen@example.be');
  await grant(db, await inventBeneficiary(db, employer, { costCenter: 1 }), '2026-11', 20, 800);
  const fresh = await inventBeneficiary(db, employer, { costCenter: 2, card: 'none' });
  await grant(db, fresh, '2026-11', 10, 855);
  const order = await draftFor(employer);
  const noted: Noted[] = [];
  await confirmOrder(orderDay(db, '2026-12-07', noted), order.id, BY_HAND);
  // 3 % of 160.00 = 4.80, VAT 1.008; 3 % of 85.50 = 2.565 → 2.57, + 4.50 + 3.00 = 10.07, VAT 2.1147
  expect(await invoicesOf(order)).toEqual([
    ['2026-000001', 1, 'order', 16_000, 480, 101, 16_581, 'open'],
    ['2026-000002', 2, 'order', 8550, 1007, 211, 9768, 'open'],
  ]);
  const email = (
    await sql<{
      email: string;
    }>`select invoice_email as email from employer where enterprise_number = ${employer}`.execute(db)
  ).rows[0]?.email;
  expect(await noticesOf(order)).toEqual([
    `invoice-2026-000001 ${email} fr queued`,
    'invoice-2026-000002 antwerpen@example.be fr queued',
  ]);
  const days = await sql`select distinct issued_on, due_on from invoice where order_id = ${order.id}`.execute(db);
  expect(days.rows).toEqual([{ issued_on: '2026-12-07', due_on: '2026-12-21' }]);
  expect(await statusOf(order)).toEqual({ status: 'invoiced', by: 'ops', on: '2026-12-07', total: 16_581 + 9768 });
  expect(await cardsOf(fresh.nrn)).toEqual(['1 ordered']);
  expect(noted.map((each) => each.event)).toEqual(['order.confirmed', 'notice.queued']);
  await expect(confirmOrder(orderDay(db, '2026-12-07'), order.id, BY_HAND)).rejects.toThrow(RefusedError);
  expect(await checkBooks(db)).toEqual([]);
});

test('cards on an invoice of their own', async () => {
  const employer = await inventEmployer(db, { fees: { cardProduction: 450 } });
  await grant(db, await inventBeneficiary(db, employer, { card: 'none' }), '2026-11', 20, 800);
  const order = await draftFor(employer);
  const context = orderDay(db, '2026-12-05', [], 'separate');
  await confirmOrder(context, order.id, BY_HAND);
  expect((await invoicesOf(order)).map((row) => row.slice(1))).toEqual([
    [0, 'product', 16_000, 0, 0, 16_000, 'open'],
    [0, 'card', 0, 450, 95, 545, 'open'],
  ]);
  await cancelOrder(context, order.id, { by: 'ops', why: 'test' });
  expect((await invoicesOf(order)).map((row) => row.slice(1))).toEqual([
    [0, 'product', 16_000, 0, 0, 16_000, 'credited'],
    [0, 'card', 0, 450, 95, 545, 'credited'],
    [0, 'credit', -16_000, -450, -95, -16_545, 'credited'],
  ]);
  await runOrders(orderDay(db, '2026-12-05'));
  expect(await checkBooks(db)).toEqual([]);
});

test('a warning that is not acknowledged refuses, and nothing is changed', async () => {
  const employer = await inventEmployer(db);
  await grant(db, await inventBeneficiary(db, employer), '2026-11', 20, 800);
  const order = await draftFor(employer);
  await expect(confirmOrder(orderDay(db, '2026-12-05'), order.id, { by: 'ops', acknowledge: [] })).rejects.toThrow(
    'first-order',
  );
  await expect(confirmOrder(orderDay(db, '2026-12-05'), 999_999, BY_HAND)).rejects.toThrow('There is no order 999999.');
  expect((await statusOf(order))?.status).toBe('draft');
  expect(await invoicesOf(order)).toEqual([]);
});

test('a standing order confirms itself when nothing holds its draft', async () => {
  const employer = await inventEmployer(db, { standingOrders: [{ from: '2026-10', confirm: 'without-warnings' }] });
  const person = await inventBeneficiary(db, employer);
  for (const [period, quantity] of [
    ['2026-10', 20],
    ['2026-11', 25],
    ['2026-12', 32],
  ] as const) {
    await grant(db, person, period, quantity, 800);
  }
  const statuses = async (today: string) =>
    (await runOrders(orderDay(db, today))).orders.filter((order) => order.enterpriseNumber === employer);
  const [first] = await statuses('2026-11-05');
  expect(first?.status).toBe('draft');
  await confirmOrder(orderDay(db, '2026-11-06'), first?.id ?? 0, BY_HAND);
  const [second] = await statuses('2026-12-05');
  expect(second).toMatchObject({ status: 'invoiced', total: 20_000 }); // exactly 25 % more
  expect(await statusOf(second as OrderRow)).toMatchObject({ by: 'system' });
  const [third] = await statuses('2027-01-05');
  expect(third?.status).toBe('draft'); // 28 % more
  expect(await checkBooks(db)).toEqual([]);
});

test('a draft that a crash left unconfirmed is confirmed by the next run', async () => {
  const employer = await inventEmployer(db, { standingOrders: [{ confirm: 'without-warnings' }] });
  await grant(db, await inventBeneficiary(db, employer), '2026-11', 20, 800);
  const order = await draftFor(employer);
  expect((await statusOf(order))?.status).toBe('draft');
  await sql`delete from order_warning where order_id = ${order.id}`.execute(db);
  await runOrders(orderDay(db, '2026-12-06'));
  expect((await statusOf(order))?.status).toBe('invoiced');
});

test('a card shared by two employers is charged on the order confirmed first', async () => {
  const one = await inventEmployer(db, { fees: { cardProduction: 450 } });
  const two = await inventEmployer(db, { fees: { cardProduction: 450 } });
  const atOne = await inventBeneficiary(db, one, { card: 'none' });
  const atTwo = await inventBeneficiary(db, two, { of: atOne });
  await grant(db, atOne, '2026-11', 20, 800);
  await grant(db, atTwo, '2026-11', 10, 800);
  const { orders } = await runOrders(orderDay(db, '2026-12-05'));
  let [orderOne, orderTwo] = [one, two].map(
    (employer) => orders.find((each) => each.enterpriseNumber === employer) as OrderRow,
  );
  if (orderOne === undefined || orderTwo === undefined) throw new Error('two drafts');
  expect([orderOne.total, orderTwo.total]).toEqual([16_000 + 545, 8000 + 545]);
  await confirmOrder(orderDay(db, '2026-12-05'), orderTwo.id, BY_HAND);
  // A draft that only names the card does not take it away.
  await cancelOrder(orderDay(db, '2026-12-05'), orderOne.id, { by: 'ops', why: 'test' });
  expect(await cardsOf(atOne.nrn)).toEqual(['1 ordered']);
  const again = await draftFor(one);
  expect(again.total).toBe(16_000);
  await sql`insert into order_card select enterprise_number, ${again.id}::bigint, national_register_number, sequence, action,
    delivery_point, cost_center from order_card where order_id = ${orderOne.id}`.execute(db);
  await confirmOrder(orderDay(db, '2026-12-05'), again.id, BY_HAND);
  orderOne = again;
  expect([(await statusOf(orderOne))?.total, (await statusOf(orderTwo))?.total]).toEqual([16_000, 8545]);
  expect(await cardsOf(atOne.nrn)).toEqual(['1 ordered']);
  expect(await checkBooks(db)).toEqual([]);
  await cancelOrder(orderDay(db, '2026-12-05'), orderOne.id, { by: 'ops', why: 'test' });
  expect(await cardsOf(atOne.nrn)).toEqual(['1 ordered']);
  await cancelOrder(orderDay(db, '2026-12-05'), orderTwo.id, { by: 'ops', why: 'test' });
  expect(await cardsOf(atOne.nrn)).toEqual([]);
});

test('a card that another draft had ordered, and gave back, is on the draft confirmed next', async () => {
  const one = await inventEmployer(db, { fees: { cardProduction: 450 } });
  const two = await inventEmployer(db, { fees: { cardProduction: 450 } });
  const atOne = await inventBeneficiary(db, one, { card: 'none' });
  const atTwo = await inventBeneficiary(db, two, { of: atOne });
  await grant(db, atOne, '2026-11', 20, 800);
  const orderOne = await draftFor(one);
  await confirmOrder(orderDay(db, '2026-12-05'), orderOne.id, BY_HAND);
  await grant(db, atTwo, '2026-11', 10, 800);
  const orderTwo = await draftFor(two);
  expect(orderTwo.total).toBe(8000);
  await cancelOrder(orderDay(db, '2026-12-05'), orderOne.id, { by: 'ops', why: 'test' });
  await confirmOrder(orderDay(db, '2026-12-05'), orderTwo.id, BY_HAND);
  expect((await statusOf(orderTwo))?.total).toBe(8545);
  expect(await cardsOf(atOne.nrn)).toEqual(['1 ordered']);
});

test('somebody who leaves before the confirmation is not ordered for', async () => {
  const employer = await inventEmployer(db, { fees: { cardProduction: 450 } });
  const [leaving, ending, staying] = [
    await inventBeneficiary(db, employer, { card: 'none' }),
    await inventBeneficiary(db, employer),
    await inventBeneficiary(db, employer),
  ];
  for (const person of [leaving, ending, staying]) await grant(db, person, '2026-11', 20, 800);
  const order = await draftFor(employer);
  await deactivate(db, leaving, 'status');
  await deactivate(db, ending, 'employment-ended', '2026-11-30');
  await confirmOrder(orderDay(db, '2026-12-06'), order.id, BY_HAND);
  expect(await liveLines(db, employer)).toHaveLength(2);
  expect(await carried(db, employer)).toEqual(['2026-11 20×800 leaver.unordered']);
  expect(await statusOf(order)).toMatchObject({ status: 'invoiced', total: 32_000 });
  expect(await cardsOf(leaving.nrn)).toEqual([]);
  await runOrders(orderDay(db, '2026-12-06'));
  expect(await checkBooks(db)).toEqual([]);
});

test('a draft of which nobody is left is cancelled instead', async () => {
  const employer = await inventEmployer(db);
  const person = await inventBeneficiary(db, employer);
  await grant(db, person, '2026-11', 20, 800);
  const order = await draftFor(employer);
  await deactivate(db, person, 'absent');
  const { invoiced, emptied } = await confirmOrder(orderDay(db, '2026-12-06'), order.id, BY_HAND);
  expect([invoiced, emptied]).toEqual([[], [{ enterpriseNumber: employer, id: order.id }]]);
  expect((await statusOf(order))?.status).toBe('cancelled');
  expect(await carried(db, employer)).toEqual(['2026-11 20×800 leaver.unordered']);
});

test('renewal: the card is ordered beside the active one, charged and sent to its delivery point', async () => {
  const employer = await inventEmployer(db, { fees: { cardProduction: 450, cardDelivery: 300 } });
  const people = [
    await inventBeneficiary(db, employer, { deliveryPoint: 1 }),
    await inventBeneficiary(db, employer, { deliveryPoint: 1 }),
  ];
  for (const person of people) {
    await grant(db, person, '2026-11', 20, 800);
    await activateCard(db, person, '2027-01-31');
  }
  const order = await draftFor(employer);
  await confirmOrder(orderDay(db, '2026-12-05'), order.id, BY_HAND);
  // 2 × 4.50 + one shipment 3.00 = 12.00, VAT 2.52
  expect(await statusOf(order)).toMatchObject({ total: 32_000 + 1200 + 252 });
  expect(await cardsOf(people[0]?.nrn ?? '')).toEqual(['1 active', '2 ordered']);
});

test('a draft whose contract has gone is not confirmed, by hand or by itself; the others are', async () => {
  const fees = { service: { percent: '3' } } as const;
  const standingOrders = [{ confirm: 'without-warnings' }] as const;
  const [gone, fine] = [
    await inventEmployer(db, { fees, standingOrders }),
    await inventEmployer(db, { fees, standingOrders }),
  ];
  for (const employer of [gone, fine]) await grant(db, await inventBeneficiary(db, employer), '2026-11', 20, 800);
  const { orders } = await runOrders(orderDay(db, '2026-12-05'));
  const [waiting, other] = [gone, fine].map((employer) => orders.find((each) => each.enterpriseNumber === employer));
  if (waiting === undefined || other === undefined) throw new Error('two drafts');
  for (const { id } of [waiting, other]) await sql`delete from order_warning where order_id = ${id}`.execute(db);
  await sql`update contract set valid_from = '2026-12-06' where enterprise_number = ${gone}`.execute(db);
  await expect(confirmOrder(orderDay(db, '2026-12-06'), waiting.id, BY_HAND)).rejects.toThrow('there is no contract');
  const noted: Noted[] = [];
  const { parked } = await runOrders(orderDay(db, '2026-12-06', noted));
  const told = { enterpriseNumber: gone, period: '2026-11', reason: 'contract.missing' };
  expect(parked).toEqual([{ ...told, standingOrder: null }]);
  expect(noted).toContainEqual({ event: 'order.parked', facts: { ...told, orderId: waiting.id } });
  expect([(await statusOf(waiting))?.status, (await statusOf(other))?.status]).toEqual(['draft', 'invoiced']);
  expect(await invoicesOf(waiting)).toEqual([]);

  await sql`update contract set valid_from = '2026-12-05' where enterprise_number = ${gone}`.execute(db);
  await runOrders(orderDay(db, '2026-12-06'));
  expect(await statusOf(waiting)).toMatchObject({ status: 'invoiced', total: 16_581 });
});

/** Money for the order comes in by a bank statement, by its first invoice or by as many as it has. */
async function pay(order: OrderRow, invoices: 1 | 'all' = 'all'): Promise<void> {
  const found = await sql<{ communication: string; total: number }>`
    select structured_communication as communication, total from invoice
     where order_id = ${order.id} and kind <> 'credit' order by id`.execute(db);
  const entries = (invoices === 1 ? found.rows.slice(0, 1) : found.rows).map(({ communication, total }) => ({
    amount: total,
    structuredCommunication: communication,
  }));
  await db
    .transaction()
    .execute((trx) => applyBankStatements(trx, { fileId: 1 }, () => [inventStatement(entries)], IBAN, '2026-12-08'));
}

test('cancel: what is to be paid back is what came in, also while the order is not paid', async () => {
  const employer = await inventEmployer(db);
  for (const center of [1, 2]) {
    await inventCostCenter(db, employer, center, null);
    await grant(db, await inventBeneficiary(db, employer, { costCenter: center }), '2026-11', 10 * center, 800);
  }
  const order = await draftFor(employer);
  await confirmOrder(orderDay(db, '2026-12-05'), order.id, BY_HAND);
  await pay(order, 1);
  expect((await statusOf(order))?.status).toBe('invoiced');
  const noted: Noted[] = [];
  const cancelled = await cancelOrder(orderDay(db, '2026-12-09', noted), order.id, { by: 'ops', why: 'wrong' });
  expect(cancelled).toMatchObject({ creditNotes: 2, refundDue: 8000 });
  expect(noted).toContainEqual({
    event: 'refund.due',
    facts: { enterpriseNumber: employer, orderId: order.id, totalCents: 8000 },
  });

  const less = await draftFor(employer);
  await confirmOrder(orderDay(db, '2026-12-09'), less.id, BY_HAND);
  await sql`
    insert into payment (bank_entry_id, enterprise_number, invoice_id, amount, status, decided_by)
    select (select min(id) from bank_entry), enterprise_number, id, 5000, 'accepted', 'ops'
      from invoice where order_id = ${less.id}`.execute(db);
  await setStatus(less, 'paid');
  expect(await cancelOrder(orderDay(db, '2026-12-10'), less.id, { by: 'ops', why: 'wrong' })).toMatchObject({
    refundDue: 10_000,
  });
});

test('cancel: a paid order is credited in full and its refund is due; a released one is refused', async () => {
  const employer = await inventEmployer(db, { fees: { service: { percent: '3' } } });
  const person = await inventBeneficiary(db, employer);
  await grant(db, person, '2026-11', 20, 800);
  const order = await draftFor(employer);
  await confirmOrder(orderDay(db, '2026-12-05'), order.id, BY_HAND);
  await pay(order);
  expect((await statusOf(order))?.status).toBe('paid');
  const noted: Noted[] = [];
  const cancelled = await cancelOrder(orderDay(db, '2027-01-02', noted), order.id, { by: 'ops', why: 'ordered twice' });
  expect(cancelled).toEqual({
    enterpriseNumber: employer,
    orderId: order.id,
    creditNotes: 1,
    withdrawn: 1,
    refundDue: 16_581,
  });
  expect(noted).toContainEqual({
    event: 'refund.due',
    facts: { enterpriseNumber: employer, orderId: order.id, totalCents: 16_581 },
  });
  expect((await invoicesOf(order)).at(-1)).toEqual([
    'CN2027-000001',
    0,
    'credit',
    -16_000,
    -480,
    -101,
    -16_581,
    'credited',
  ]);
  expect((await noticesOf(order)).at(-1)).toMatch(/^credit-note-CN2027-000001 compta\d+@example.be fr queued$/);
  await expect(cancelOrder(orderDay(db, '2027-01-02'), order.id, { by: 'ops', why: 'again' })).rejects.toThrow(
    RefusedError,
  );

  const again = await draftFor(employer);
  expect(again).toMatchObject({ kind: 'recurring', runPeriod: '2026-11', total: 16_581 });
  await confirmOrder(orderDay(db, '2026-12-05'), again.id, BY_HAND);
  await setStatus(again, 'released');
  await expect(cancelOrder(orderDay(db, '2026-12-06'), again.id, { by: 'ops', why: 'late' })).rejects.toThrow(
    'released',
  );
  expect(await checkBooks(db)).toEqual([]);
});

test('cancel: a notice that is still queued is withdrawn, one that was sent stays', async () => {
  const employer = await inventEmployer(db);
  for (const center of [1, 2]) {
    await inventCostCenter(db, employer, center, null);
    await grant(db, await inventBeneficiary(db, employer, { costCenter: center }), '2026-11', 20, 800);
  }
  const order = await draftFor(employer);
  await confirmOrder(orderDay(db, '2026-12-05'), order.id, BY_HAND);
  const [sent] = (await noticesOf(order)).map((line) => line.split(' ')[0]);
  await sql`update invoice_notice set status = 'sent' where message_key = ${sent}`.execute(db);
  const noted: Noted[] = [];
  const cancelled = await cancelOrder(orderDay(db, '2026-12-06', noted), order.id, { by: 'ops', why: 'wrong' });
  expect(cancelled).toMatchObject({ creditNotes: 2, withdrawn: 1 });
  expect(noted).toContainEqual({
    event: 'notice.withdrawn',
    facts: { enterpriseNumber: employer, orderId: order.id, invoices: 1 },
  });
  expect((await noticesOf(order)).map((line) => line.replace(/-.* /, ' '))).toEqual([
    'invoice sent',
    'credit queued',
    'credit queued',
  ]);
  expect(await checkBooks(db)).toEqual([]);
});

test('lines of somebody who left are added to what was carried of the same month and value', async () => {
  const employer = await inventEmployer(db, { standingOrders: [{ late: 'carry' }] });
  const [more, less, none, staying] = [
    await inventBeneficiary(db, employer),
    await inventBeneficiary(db, employer),
    await inventBeneficiary(db, employer),
    await inventBeneficiary(db, employer),
  ];
  for (const person of [more, less, none, staying]) await grant(db, person, '2026-11', 20, 800);
  const order = await draftFor(employer);
  await grant(db, more, '2026-11', 22, 800);
  await grant(db, less, '2026-11', 17, 800);
  await grant(db, none, '2026-11', 0, 800);
  await runOrders(orderDay(db, '2026-12-06'));
  expect(await carried(db, employer)).toEqual(['2026-11 2×800 late', '2026-11 -3×800 late', '2026-11 -20×800 late']);
  for (const person of [more, less, none]) await deactivate(db, person, 'absent');
  await confirmOrder(orderDay(db, '2026-12-07'), order.id, BY_HAND);
  expect(await carried(db, employer)).toEqual(['2026-11 22×800 leaver.unordered', '2026-11 17×800 leaver.unordered']);
  expect((await statusOf(order))?.total).toBe(16_000);
  expect(await checkBooks(db)).toEqual([]);
});

test('confirmed all at once, and one twice: numbers without gap, no order twice', async () => {
  const employers = await Promise.all(Array.from({ length: 6 }, () => inventEmployer(db)));
  for (const employer of employers) await grant(db, await inventBeneficiary(db, employer), '2026-11', 20, 800);
  const { orders } = await runOrders(orderDay(db, '2026-12-05'));
  const mine = orders.filter((order) => employers.includes(order.enterpriseNumber));
  const outcomes = await Promise.allSettled(
    [...mine, ...mine].map((order) => confirmOrder(orderDay(db, '2026-12-05'), order.id, BY_HAND)),
  );
  expect(outcomes.filter((each) => each.status === 'fulfilled')).toHaveLength(6);
  expect(await checkBooks(db)).toEqual([]);
});
