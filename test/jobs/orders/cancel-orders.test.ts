/** Orders that are cancelled: credit notes, the money to be paid back, and notices that are withdrawn. */
import { sql } from 'kysely';
import { expect, test } from 'vitest';
import { RefusedError } from '../../../src/errors.ts';
import { applyBankStatements } from '../../../src/jobs/import/match-statement.ts';
import { cancelOrder } from '../../../src/jobs/orders/cancel-order.ts';
import { confirmOrder } from '../../../src/jobs/orders/confirm-orders.ts';
import type { OrderRow } from '../../../src/load/orders/orders.ts';
import { openTestDatabase } from '../../support/database.ts';
import { checkBooks } from '../../support/invariant.ts';
import { IBAN, inventStatement } from '../../support/invoiced-orders.ts';
import { invoicesOf, noticesOf, setStatus, statusOf } from '../../support/order-papers.ts';
import { draftFor } from '../../support/orders-of-employer.ts';
import {
  grant,
  inventBeneficiary,
  inventCostCenter,
  inventEmployer,
  inventProducts,
  type Noted,
  orderDay,
} from '../../support/small-world.ts';

const { db } = await openTestDatabase();
await inventProducts(db);

const BY_HAND = { by: 'ops', acknowledge: 'all' } as const;

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
  const order = await draftFor(db, employer);
  await confirmOrder(orderDay(db, '2026-12-05'), order.id, BY_HAND);
  await pay(order, 1);
  expect((await statusOf(db, order))?.status).toBe('invoiced');
  const noted: Noted[] = [];
  const cancelled = await cancelOrder(orderDay(db, '2026-12-09', noted), order.id, { by: 'ops', why: 'wrong' });
  expect(cancelled).toMatchObject({ creditNotes: 2, refundDue: 8000 });
  expect(noted).toContainEqual({
    event: 'refund.due',
    facts: { enterpriseNumber: employer, orderId: order.id, totalCents: 8000 },
  });

  const less = await draftFor(db, employer);
  await confirmOrder(orderDay(db, '2026-12-09'), less.id, BY_HAND);
  await sql`
    insert into payment (bank_entry_id, enterprise_number, invoice_id, amount, status, decided_by)
    select (select min(id) from bank_entry), enterprise_number, id, 5000, 'accepted', 'ops'
      from invoice where order_id = ${less.id}`.execute(db);
  await setStatus(db, less, 'paid');
  expect(await cancelOrder(orderDay(db, '2026-12-10'), less.id, { by: 'ops', why: 'wrong' })).toMatchObject({
    refundDue: 10_000,
  });
});

test('cancel: a paid order is credited in full and its refund is due; a released one is refused', async () => {
  const employer = await inventEmployer(db, { fees: { service: { percent: '3' } } });
  const person = await inventBeneficiary(db, employer);
  await grant(db, person, '2026-11', 20, 800);
  const order = await draftFor(db, employer);
  await confirmOrder(orderDay(db, '2026-12-05'), order.id, BY_HAND);
  await pay(order);
  expect((await statusOf(db, order))?.status).toBe('paid');
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
  expect((await invoicesOf(db, order)).at(-1)).toEqual([
    'CN2027-000001',
    0,
    'credit',
    -16_000,
    -480,
    -101,
    -16_581,
    'credited',
  ]);
  expect((await noticesOf(db, order)).at(-1)).toMatch(/^credit-note-CN2027-000001 compta\d+@example.be fr queued$/);
  await expect(cancelOrder(orderDay(db, '2027-01-02'), order.id, { by: 'ops', why: 'again' })).rejects.toThrow(
    RefusedError,
  );

  const again = await draftFor(db, employer);
  expect(again).toMatchObject({ kind: 'recurring', runPeriod: '2026-11', total: 16_581 });
  await confirmOrder(orderDay(db, '2026-12-05'), again.id, BY_HAND);
  await setStatus(db, again, 'released');
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
  const order = await draftFor(db, employer);
  await confirmOrder(orderDay(db, '2026-12-05'), order.id, BY_HAND);
  const [sent] = (await noticesOf(db, order)).map((line) => line.split(' ')[0]);
  await sql`update invoice_notice set status = 'sent' where message_key = ${sent}`.execute(db);
  const noted: Noted[] = [];
  const cancelled = await cancelOrder(orderDay(db, '2026-12-06', noted), order.id, { by: 'ops', why: 'wrong' });
  expect(cancelled).toMatchObject({ creditNotes: 2, withdrawn: 1 });
  expect(noted).toContainEqual({
    event: 'notice.withdrawn',
    facts: { enterpriseNumber: employer, orderId: order.id, invoices: 1 },
  });
  expect((await noticesOf(db, order)).map((line) => line.replace(/-.* /, ' '))).toEqual([
    'invoice sent',
    'credit queued',
    'credit queued',
  ]);
  expect(await checkBooks(db)).toEqual([]);
});
