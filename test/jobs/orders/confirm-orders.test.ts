/** Drafts that are confirmed, by a person or by themselves: their invoices and notices, and who left meanwhile. */
import { sql } from 'kysely';
import { expect, test } from 'vitest';
import { RefusedError } from '../../../src/errors.ts';
import { confirmOrder } from '../../../src/jobs/orders/confirm-orders.ts';
import { runOrders } from '../../../src/jobs/orders/run-orders.ts';
import type { OrderRow } from '../../../src/load/orders/orders.ts';
import { openTestDatabase } from '../../support/database.ts';
import { checkBooks } from '../../support/invariant.ts';
import { cardsOf, invoicesOf, noticesOf, statusOf } from '../../support/order-papers.ts';
import { draftFor } from '../../support/orders-of-employer.ts';
import {
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

test('two cost centers: an invoice each, numbers from 1, notices to whoever is billed', async () => {
  const employer = await inventEmployer(db, {
    fees: { service: { percent: '3' }, cardProduction: 450, cardDelivery: 300 },
  });
  await inventCostCenter(db, employer, 1, null);
  await inventCostCenter(db, employer, 2, 'antwerpen@example.be');
  await grant(db, await inventBeneficiary(db, employer, { costCenter: 1 }), '2026-11', 20, 800);
  const fresh = await inventBeneficiary(db, employer, { costCenter: 2, card: 'none' });
  await grant(db, fresh, '2026-11', 10, 855);
  const order = await draftFor(db, employer);
  const noted: Noted[] = [];
  await confirmOrder(orderDay(db, '2026-12-07', noted), order.id, BY_HAND);
  // 3 % of 160.00 = 4.80, VAT 1.008; 3 % of 85.50 = 2.565 → 2.57, + 4.50 + 3.00 = 10.07, VAT 2.1147
  expect(await invoicesOf(db, order)).toEqual([
    ['2026-000001', 1, 'order', 16_000, 480, 101, 16_581, 'open'],
    ['2026-000002', 2, 'order', 8550, 1007, 211, 9768, 'open'],
  ]);
  const email = (
    await sql<{
      email: string;
    }>`select invoice_email as email from employer where enterprise_number = ${employer}`.execute(db)
  ).rows[0]?.email;
  expect(await noticesOf(db, order)).toEqual([
    `invoice-2026-000001 ${email} fr queued`,
    'invoice-2026-000002 antwerpen@example.be fr queued',
  ]);
  const days = await sql`select distinct issued_on, due_on from invoice where order_id = ${order.id}`.execute(db);
  expect(days.rows).toEqual([{ issued_on: '2026-12-07', due_on: '2026-12-21' }]);
  expect(await statusOf(db, order)).toEqual({ status: 'invoiced', by: 'ops', on: '2026-12-07', total: 16_581 + 9768 });
  expect(await cardsOf(db, fresh.nrn)).toEqual(['1 ordered']);
  expect(noted.map((each) => each.event)).toEqual(['order.confirmed', 'notice.queued']);
  await expect(confirmOrder(orderDay(db, '2026-12-07'), order.id, BY_HAND)).rejects.toThrow(RefusedError);
  expect(await checkBooks(db)).toEqual([]);
});

test('a warning that is not acknowledged refuses, and nothing is changed', async () => {
  const employer = await inventEmployer(db);
  await grant(db, await inventBeneficiary(db, employer), '2026-11', 20, 800);
  const order = await draftFor(db, employer);
  await expect(confirmOrder(orderDay(db, '2026-12-05'), order.id, { by: 'ops', acknowledge: [] })).rejects.toThrow(
    'first-order',
  );
  await expect(confirmOrder(orderDay(db, '2026-12-05'), 999_999, BY_HAND)).rejects.toThrow('There is no order 999999.');
  expect((await statusOf(db, order))?.status).toBe('draft');
  expect(await invoicesOf(db, order)).toEqual([]);
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
  expect(await statusOf(db, second as OrderRow)).toMatchObject({ by: 'system' });
  const [third] = await statuses('2027-01-05');
  expect(third?.status).toBe('draft'); // 28 % more
  expect(await checkBooks(db)).toEqual([]);
});

test('a draft that a crash left unconfirmed is confirmed by the next run', async () => {
  const employer = await inventEmployer(db, { standingOrders: [{ confirm: 'without-warnings' }] });
  await grant(db, await inventBeneficiary(db, employer), '2026-11', 20, 800);
  const order = await draftFor(db, employer);
  expect((await statusOf(db, order))?.status).toBe('draft');
  await sql`delete from order_warning where order_id = ${order.id}`.execute(db);
  await runOrders(orderDay(db, '2026-12-06'));
  expect((await statusOf(db, order))?.status).toBe('invoiced');
});

test('somebody who leaves before the confirmation is not ordered for', async () => {
  const employer = await inventEmployer(db, { fees: { cardProduction: 450 } });
  const [leaving, ending, staying] = [
    await inventBeneficiary(db, employer, { card: 'none' }),
    await inventBeneficiary(db, employer),
    await inventBeneficiary(db, employer),
  ];
  for (const person of [leaving, ending, staying]) await grant(db, person, '2026-11', 20, 800);
  const order = await draftFor(db, employer);
  await deactivate(db, leaving, 'status');
  await deactivate(db, ending, 'employment-ended', '2026-11-30');
  await confirmOrder(orderDay(db, '2026-12-06'), order.id, BY_HAND);
  expect(await liveLines(db, employer)).toHaveLength(2);
  expect(await carried(db, employer)).toEqual(['2026-11 20×800 leaver.unordered']);
  expect(await statusOf(db, order)).toMatchObject({ status: 'invoiced', total: 32_000 });
  expect(await cardsOf(db, leaving.nrn)).toEqual([]);
  await runOrders(orderDay(db, '2026-12-06'));
  expect(await checkBooks(db)).toEqual([]);
});

test('a draft of which nobody is left is cancelled instead', async () => {
  const employer = await inventEmployer(db);
  const person = await inventBeneficiary(db, employer);
  await grant(db, person, '2026-11', 20, 800);
  const order = await draftFor(db, employer);
  await deactivate(db, person, 'absent');
  const { invoiced, emptied } = await confirmOrder(orderDay(db, '2026-12-06'), order.id, BY_HAND);
  expect([invoiced, emptied]).toEqual([[], [{ enterpriseNumber: employer, id: order.id }]]);
  expect((await statusOf(db, order))?.status).toBe('cancelled');
  expect(await carried(db, employer)).toEqual(['2026-11 20×800 leaver.unordered']);
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
  expect([(await statusOf(db, waiting))?.status, (await statusOf(db, other))?.status]).toEqual(['draft', 'invoiced']);
  expect(await invoicesOf(db, waiting)).toEqual([]);

  await sql`update contract set valid_from = '2026-12-05' where enterprise_number = ${gone}`.execute(db);
  await runOrders(orderDay(db, '2026-12-06'));
  expect(await statusOf(db, waiting)).toMatchObject({ status: 'invoiced', total: 16_581 });
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
  const order = await draftFor(db, employer);
  await grant(db, more, '2026-11', 22, 800);
  await grant(db, less, '2026-11', 17, 800);
  await grant(db, none, '2026-11', 0, 800);
  await runOrders(orderDay(db, '2026-12-06'));
  expect(await carried(db, employer)).toEqual(['2026-11 2×800 late', '2026-11 -3×800 late', '2026-11 -20×800 late']);
  for (const person of [more, less, none]) await deactivate(db, person, 'absent');
  await confirmOrder(orderDay(db, '2026-12-07'), order.id, BY_HAND);
  expect(await carried(db, employer)).toEqual(['2026-11 22×800 leaver.unordered', '2026-11 17×800 leaver.unordered']);
  expect((await statusOf(db, order))?.total).toBe(16_000);
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
