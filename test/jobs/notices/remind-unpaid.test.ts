/** Reminders and alerts about unpaid invoices, in a real database. */
import { sql } from 'kysely';
import { expect, test } from 'vitest';
import { applyBankStatements } from '../../../src/jobs/import/match-statement.ts';
import { remindUnpaid } from '../../../src/jobs/notices/remind-unpaid.ts';
import { cancelOrder } from '../../../src/jobs/orders/cancel-order.ts';
import { openTestDatabase } from '../../support/database.ts';
import { IBAN, inventInvoicedOrder, inventStatement } from '../../support/invoiced-orders.ts';
import { inventProducts, type Noted, orderDay } from '../../support/small-world.ts';

const { db } = await openTestDatabase();
await inventProducts(db);

/** All invoices are of 5 December 2026. */
function remind(today: string, reminderDays: readonly number[] = [10, 20], noted: Noted[] = []) {
  const config = { navette: { issuer: { reminderDays, expireDays: 45 } } };
  const now = Date.parse(`${today}T07:00:00Z`);
  return remindUnpaid({ ...orderDay(db, today, noted), config, now });
}

async function remindersOf(number: string): Promise<string[]> {
  const found = await sql<{ line: string }>`
    select concat_ws(' ', n.kind, n.status, n.language, n.recipient, n.message_key) as line
      from invoice_notice n join invoice i on i.id = n.invoice_id
     where i.number = ${number} and n.kind like 'reminder%' order by n.kind`.execute(db);
  return found.rows.map(({ line }) => line);
}

async function pay({ total, communication }: { total: number; communication: string }, back = false): Promise<void> {
  const amount = back ? -total : total;
  const statement = inventStatement([{ amount, structuredCommunication: communication, reversal: back }]);
  await db
    .transaction()
    .execute((trx) => applyBankStatements(trx, { fileId: 1 }, () => [statement], IBAN, '2026-12-16'));
}

/** What other tests left unpaid would be reminded of as well. */
async function settleAll(): Promise<void> {
  await sql`update invoice set status = 'paid'`.execute(db);
  await sql`update voucher_order set status = 'paid'`.execute(db);
}

test('an unpaid invoice is reminded of twice, each once, on its days', async () => {
  const order = await inventInvoicedOrder(db);
  const { number } = order.invoices[0]!;
  expect((await remind('2026-12-14')).reminders).toBe(0);
  const noted: Noted[] = [];
  expect((await remind('2026-12-15', [10, 20], noted)).reminders).toBe(1);
  expect(noted).toEqual([{ event: 'notice.queued', facts: { invoices: 1, kind: 'reminder-1' } }]);
  expect((await remind('2026-12-15')).reminders).toBe(0);
  expect((await remind('2026-12-24')).reminders).toBe(0);
  expect((await remind('2026-12-25')).reminders).toBe(1);
  expect((await remind('2027-01-10')).reminders).toBe(0);
  expect(await remindersOf(number)).toEqual([
    expect.stringMatching(new RegExp(`^reminder-1 queued fr compta\\d+@example.be reminder-1-${number}$`)),
    expect.stringMatching(new RegExp(`^reminder-2 queued fr compta\\d+@example.be reminder-2-${number}$`)),
  ]);
  await settleAll();
});

test('after a standstill the second comes as long after the first as it should', async () => {
  const order = await inventInvoicedOrder(db);
  expect((await remind('2027-01-04')).reminders).toBe(1);
  expect((await remind('2027-01-13')).reminders).toBe(0);
  expect((await remind('2027-01-14')).reminders).toBe(1);
  expect(await remindersOf(order.invoices[0]!.number)).toHaveLength(2);
  await settleAll();
});

test('as many reminders as the configuration says', async () => {
  await inventInvoicedOrder(db);
  expect((await remind('2027-02-01', [])).reminders).toBe(0);
  expect((await remind('2027-02-01', [30])).reminders).toBe(1);
  expect((await remind('2027-03-01', [30])).reminders).toBe(0);
  await settleAll();
});

test('what is paid or cancelled is not reminded of, also when the reminder waits already', async () => {
  const [paid, late, cancelled] = [
    await inventInvoicedOrder(db, { people: 2 }),
    await inventInvoicedOrder(db),
    await inventInvoicedOrder(db),
  ];
  await pay(paid.invoices[0]!);
  expect((await remind('2026-12-15')).reminders).toBe(3);
  expect(await remindersOf(paid.invoices[0]!.number)).toEqual([]);
  await sql`update invoice_notice set status = 'sent' where message_key = ${`reminder-1-${late.invoices[0]!.number}`}`.execute(
    db,
  );
  await pay(paid.invoices[1]!);
  await pay(late.invoices[0]!);
  await cancelOrder(orderDay(db, '2026-12-16'), cancelled.id, { by: 'ops', why: 'test' });
  expect(await remindersOf(paid.invoices[1]!.number)).toEqual([]);
  expect(await remindersOf(cancelled.invoices[0]!.number)).toEqual([]);
  expect(await remindersOf(late.invoices[0]!.number)).toHaveLength(1);
  await pay(paid.invoices[1]!, true);
  expect((await remind('2026-12-17')).reminders).toBe(1);
  await settleAll();
});

test('who paid another amount is not asked for the whole while a person decides', async () => {
  const [less, more] = [await inventInvoicedOrder(db), await inventInvoicedOrder(db)];
  const [partial, over] = [less.invoices[0]!, more.invoices[0]!];
  await pay({ ...partial, total: partial.total - 100 });
  await pay({ ...over, total: over.total + 100 });
  expect((await remind('2026-12-15')).reminders).toBe(0);
  await pay({ ...over, total: over.total + 100 }, true);
  expect((await remind('2026-12-16')).reminders).toBe(1);
  expect(await remindersOf(partial.number)).toEqual([]);
  await settleAll();
});

test('a reminder that waits is withdrawn when another amount comes in, and comes back when that is decided', async () => {
  const [less, other] = [await inventInvoicedOrder(db), await inventInvoicedOrder(db)];
  const [partial, unpaid] = [less.invoices[0]!, other.invoices[0]!];
  expect((await remind('2026-12-15')).reminders).toBe(2);
  await pay({ ...partial, total: partial.total - 100 });
  expect(await remindersOf(partial.number)).toEqual([]);
  expect(await remindersOf(unpaid.number)).toHaveLength(1);
  expect((await remind('2026-12-16')).reminders).toBe(0);
  await pay({ ...partial, total: partial.total - 100 }, true);
  expect((await remind('2026-12-16')).reminders).toBe(1);
  await settleAll();
});

test('an order unpaid for too long is told of in every run, and stays as it is', async () => {
  const order = await inventInvoicedOrder(db, { people: 2 });
  await pay(order.invoices[0]!);
  expect((await remind('2027-01-18')).expired).toEqual([]);
  const noted: Noted[] = [];
  const key = { enterpriseNumber: order.employer, id: order.id };
  expect((await remind('2027-01-19', [], noted)).expired).toEqual([key]);
  const totalCents = order.invoices[0]!.total + order.invoices[1]!.total;
  const facts = { enterpriseNumber: order.employer, orderId: order.id, totalCents };
  expect(noted).toEqual([{ event: 'order.expired', facts }]);
  expect((await remind('2027-01-20', [])).expired).toEqual([key]);
  const found = await sql<{ status: string }>`select status from voucher_order where id = ${order.id}`.execute(db);
  expect(found.rows).toEqual([{ status: 'invoiced' }]);
  await settleAll();
});
