/** What a run of the schedule orders, for whom, and which employers it parks. */
import { sql } from 'kysely';
import { expect, test } from 'vitest';
import { cancelOrder } from '../../../src/jobs/orders/cancel-order.ts';
import { runOrders } from '../../../src/jobs/orders/run-orders.ts';
import { openTestDatabase } from '../../support/database.ts';
import { checkBooks } from '../../support/invariant.ts';
import { runFor } from '../../support/orders-of-employer.ts';
import {
  carried,
  grant,
  inventBeneficiary,
  inventEmployer,
  inventProducts,
  liveLines,
  type Noted,
  orderDay,
  warningsOf,
} from '../../support/small-world.ts';

const { db } = await openTestDatabase();
await inventProducts(db);

test('20 × 8.00 with 3 %, a new card sent home: 160.00 + 4.80 + 4.50 + 3.00, VAT 2.58', async () => {
  const employer = await inventEmployer(db, {
    fees: { service: { percent: '3' }, cardProduction: 450, cardDelivery: 300 },
  });
  const person = await inventBeneficiary(db, employer, { card: 'none' });
  await grant(db, person, '2026-11', 20, 800);

  expect((await runFor(db, employer, '2026-12-04')).orders).toEqual([]);
  const { orders } = await runFor(db, employer, '2026-12-05');
  expect(orders).toEqual([
    {
      id: expect.any(Number),
      enterpriseNumber: employer,
      productCode: 'meal',
      runPeriod: '2026-11',
      kind: 'recurring',
      status: 'draft',
      total: 16_000 + 480 + 450 + 300 + 258,
    },
  ]);
  expect(await liveLines(db, employer)).toEqual(['2026-11 recurring #1: 2026-11 20×800']);
  expect(await warningsOf(db, orders[0]?.id ?? 0)).toEqual(['first-order']);
  expect((await runFor(db, employer, '2026-12-05')).orders).toEqual([]);
  expect(await checkBooks(db)).toEqual([]);
});

test('two products of one employer are ordered apart, two standing orders of one product share what is open', async () => {
  const employer = await inventEmployer(db, {
    standingOrders: [{}, { id: 'meal-again' }, { id: 'eco', product: 'eco', quantityFrom: 'amount', quantity: 10_000 }],
  });
  const person = await inventBeneficiary(db, employer, { products: [{ code: 'eco', faceValue: null }] });
  await grant(db, person, '2026-11', 20, 800);
  const { orders } = await runFor(db, employer, '2026-12-05');
  expect(orders.map((order) => [order.productCode, order.total])).toEqual([
    ['eco', 10_000],
    ['meal', 16_000],
  ]);
  expect(await checkBooks(db)).toEqual([]);
});

test('inactive employers are not ordered for', async () => {
  const employer = await inventEmployer(db);
  await grant(db, await inventBeneficiary(db, employer), '2026-11', 20, 800);
  await sql`update employer set status = 'inactive' where enterprise_number = ${employer}`.execute(db);
  const { orders, parked } = await runFor(db, employer, '2026-12-05');
  expect([orders, parked]).toEqual([[], []]);
});

test('fixed: n vouchers at everybody’s own value, for those employed in the month; running again adds nothing', async () => {
  const employer = await inventEmployer(db, { standingOrders: [{ quantityFrom: 'fixed', quantity: 18 }] });
  const meal = (faceValue: number, from = '1900-01-01') => ({ code: 'meal', faceValue, from });
  await inventBeneficiary(db, employer, { products: [meal(700), meal(800, '2026-12-01')] });
  await inventBeneficiary(db, employer, { products: [meal(800, '2026-12-01')], employmentStart: '2026-11-30' });
  await inventBeneficiary(db, employer, { products: [meal(800)], employmentStart: '2026-12-01' });
  await inventBeneficiary(db, employer);
  const without = await inventBeneficiary(db, employer, { products: [meal(800), meal(800, '2026-12-01')] });
  await sql`update beneficiary_product set removed = true
    where enterprise_number = ${employer} and beneficiary_id = ${without.id} and valid_from = '2026-12-01'`.execute(db);
  const { orders } = await runFor(db, employer, '2026-12-05');
  expect(await liveLines(db, employer)).toEqual([
    '2026-11 recurring #1: 2026-11 18×700',
    '2026-11 recurring #2: 2026-11 18×800',
  ]);
  const count = async (table: string) =>
    (
      await sql<{
        n: number;
      }>`select count(*) as n from ${sql.table(table)} where enterprise_number = ${employer}`.execute(db)
    ).rows[0]?.n;
  expect([await count('entitlement'), await count('entitlement_change')]).toEqual([2, 2]);
  await cancelOrder(orderDay(db, '2026-12-06'), orders[0]?.id ?? 0, { by: 'ops', why: 'test' });
  await inventBeneficiary(db, employer, { products: [meal(800)], employmentStart: '2026-12-01' });
  expect((await runFor(db, employer, '2026-12-06')).orders).toHaveLength(1);
  // Granted, taken back by the cancellation, and granted again.
  expect([await count('entitlement'), await count('entitlement_change')]).toEqual([2, 6]);
  expect(await checkBooks(db)).toEqual([]);
});

test('fixed: a value above the limit of the month worked grants nothing, and says so', async () => {
  const employer = await inventEmployer(db, {
    standingOrders: [{ from: '2025-12', to: '2025-12', quantityFrom: 'fixed', quantity: 18 }],
  });
  await inventBeneficiary(db, employer, { products: [{ code: 'meal', faceValue: 1000 }] });
  await inventBeneficiary(db, employer, { products: [{ code: 'meal', faceValue: 800 }] });
  const { orders, noted } = await runFor(db, employer, '2026-01-05');
  expect(orders.map((order) => order.total)).toEqual([18 * 800]);
  expect(noted.filter((each) => each.event === 'entitlement.refused')).toEqual([
    { event: 'entitlement.refused', facts: { people: 1 } },
  ]);
});

test('no contract on the day of the order: parked, and the others go on', async () => {
  const ended = await inventEmployer(db, { contractTo: '2026-12-04' });
  const fine = await inventEmployer(db);
  for (const employer of [ended, fine]) await grant(db, await inventBeneficiary(db, employer), '2026-11', 20, 800);
  const noted: Noted[] = [];
  const result = await runOrders(orderDay(db, '2026-12-05', noted));
  expect(result.parked).toEqual([
    { enterpriseNumber: ended, standingOrder: 'meal-monthly', period: '2026-11', reason: 'contract.missing' },
  ]);
  expect(noted.filter((each) => each.event === 'order.parked')).toHaveLength(1);
  expect(await liveLines(db, fine)).toHaveLength(1);
  await sql`update standing_order set closed = true where enterprise_number = ${ended}`.execute(db);
  expect((await runOrders(orderDay(db, '2026-12-06'))).parked).toEqual([]);
});

test('without a contract, a slot or a supplement with nothing to order is nothing to worry about', async () => {
  const employer = await inventEmployer(db, { contractTo: '2026-12-31', standingOrders: [{ from: '2026-10' }] });
  const eco = await inventEmployer(db, {
    contractTo: '2026-12-04',
    standingOrders: [{ id: 'eco', product: 'eco', quantityFrom: 'amount', quantity: 10_000 }],
  });
  const person = await inventBeneficiary(db, employer);
  await grant(db, person, '2026-10', 10, 800);
  await runFor(db, employer, '2026-11-05');
  await grant(db, person, '2026-10', 0, 800);
  await grant(db, person, '2026-11', 9, 800);
  const without = async (options = {}) => {
    const { orders, parked } = await runFor(db, employer, '2027-01-01', options);
    return [orders, parked];
  };
  expect(await without()).toEqual([[], []]);
  expect(await carried(db, employer)).toEqual(['2026-10 -10×800 net-negative', '2026-11 9×800 net-negative']);
  expect(await without({ supplement: true })).toEqual([[], []]);
  // Something to order is parked: what would be carried stays as the last run left it.
  await grant(db, person, '2026-11', 11, 800);
  expect(await without()).toMatchObject([[], [{ period: '2026-11', reason: 'contract.missing' }]]);
  expect(await carried(db, employer)).toEqual(['2026-10 -10×800 net-negative', '2026-11 9×800 net-negative']);

  expect((await runFor(db, eco, '2026-12-05')).parked).toEqual([]);
  await inventBeneficiary(db, eco, { products: [{ code: 'eco', faceValue: null }] });
  expect((await runFor(db, eco, '2026-12-05')).parked).toMatchObject([{ reason: 'contract.missing' }]);
  const granted = await sql`select from entitlement where enterprise_number = ${eco}`.execute(db);
  expect(granted.rows).toEqual([]);
  for (const each of [employer, eco]) {
    await sql`update standing_order set closed = true where enterprise_number = ${each}`.execute(db);
  }
});

test('fees that fit no order park their employer alone', async () => {
  const broken = await inventEmployer(db, {
    fees: { service: { tiers: [{ upTo: 1000, percent: '3' }] } },
    standingOrders: [{ from: '2026-10' }],
  });
  const fine = await inventEmployer(db);
  for (const employer of [broken, fine]) await grant(db, await inventBeneficiary(db, employer), '2026-11', 20, 800);
  await grant(db, await inventBeneficiary(db, broken), '2026-10', 20, 800);
  const result = await runOrders(orderDay(db, '2026-12-05'));
  expect(result.parked.map((each) => [each.enterpriseNumber, each.period, each.reason])).toEqual([
    [broken, '2026-10', 'contract.fees'],
    [broken, '2026-11', 'contract.fees'],
  ]);
  expect(await liveLines(db, broken)).toEqual([]);
  expect(await liveLines(db, fine)).toHaveLength(1);
  await sql`update standing_order set closed = true where enterprise_number = ${broken}`.execute(db);
});

test('a draft cancelled gives everything back, and its slot is ordered again', async () => {
  const employer = await inventEmployer(db);
  const person = await inventBeneficiary(db, employer);
  await grant(db, person, '2026-11', 20, 800);
  const first = await runFor(db, employer, '2026-12-05');
  await cancelOrder(orderDay(db, '2026-12-05'), first.orders[0]?.id ?? 0, { by: 'ops', why: 'wrong month' });
  await grant(db, person, '2026-11', 21, 800);
  const second = await runFor(db, employer, '2026-12-06');
  expect(second.orders).toMatchObject([{ kind: 'recurring', total: 21 * 800 }]);
  expect(await checkBooks(db)).toEqual([]);
});
