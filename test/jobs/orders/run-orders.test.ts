/** What a run of the schedule orders, and for whom. */
import { sql } from 'kysely';
import { expect, test } from 'vitest';
import { cancelOrder } from '../../../src/jobs/orders/cancel-order.ts';
import { confirmOrder } from '../../../src/jobs/orders/confirm-orders.ts';
import { runOrders } from '../../../src/jobs/orders/run-orders.ts';
import { openTestDatabase } from '../../support/database.ts';
import { checkBooks } from '../../support/invariant.ts';
import {
  activateCard,
  carried,
  deactivate,
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

/** Orders of one employer on a day. */
async function runFor(employer: string, today: string, options: Parameters<typeof runOrders>[1] = {}) {
  const noted: Noted[] = [];
  const result = await runOrders(orderDay(db, today, noted), options);
  const ofEmployer = <T extends { enterpriseNumber: string }>(rows: readonly T[]) =>
    rows.filter((row) => row.enterpriseNumber === employer);
  return { orders: ofEmployer(result.orders), parked: ofEmployer(result.parked), noted };
}

test('20 × 8.00 with 3 %, a new card sent home: 160.00 + 4.80 + 4.50 + 3.00, VAT 2.58', async () => {
  const employer = await inventEmployer(db, {
    fees: { service: { percent: '3' }, cardProduction: 450, cardDelivery: 300 },
  });
  const person = await inventBeneficiary(db, employer, { card: 'none' });
  await grant(db, person, '2026-11', 20, 800);

  expect((await runFor(employer, '2026-12-04')).orders).toEqual([]);
  const { orders } = await runFor(employer, '2026-12-05');
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
  expect((await runFor(employer, '2026-12-05')).orders).toEqual([]);
  expect(await checkBooks(db)).toEqual([]);
});

test('a slot without payroll is not due, and its month is ordered when payroll has spoken', async () => {
  const employer = await inventEmployer(db);
  const person = await inventBeneficiary(db, employer);
  await grant(db, person, '2026-11', 0, 800);
  expect((await runFor(employer, '2026-12-10')).orders).toEqual([]);
  await grant(db, person, '2026-11', 18, 800);
  expect((await runFor(employer, '2026-12-11')).orders).toHaveLength(1);
});

test('−10 × 6.00 + 7 × 10.00 = 10.00: both signed lines', async () => {
  const employer = await inventEmployer(db, { standingOrders: [{ from: '2026-10' }] });
  const person = await inventBeneficiary(db, employer);
  await grant(db, person, '2026-10', 10, 600);
  await runFor(employer, '2026-11-05');
  await grant(db, person, '2026-10', 0, 600);
  await grant(db, person, '2026-11', 7, 1000);
  const { orders } = await runFor(employer, '2026-12-05');
  expect(orders.map((order) => order.total)).toEqual([1000]);
  expect(await liveLines(db, employer)).toEqual([
    '2026-10 recurring #1: 2026-10 10×600',
    '2026-11 recurring #1: 2026-10 -10×600',
    '2026-11 recurring #1: 2026-11 7×1000',
  ]);
  expect(await carried(db, employer)).toEqual([]);
  expect(await checkBooks(db)).toEqual([]);
});

test('a net of nothing or less makes no line and carries, every difference of it', async () => {
  const employer = await inventEmployer(db, { standingOrders: [{ from: '2026-10' }] });
  const owing = await inventBeneficiary(db, employer);
  const even = await inventBeneficiary(db, employer);
  const other = await inventBeneficiary(db, employer);
  for (const person of [owing, even, other]) await grant(db, person, '2026-10', 10, 800);
  await runFor(employer, '2026-11-05');
  for (const person of [owing, even]) await grant(db, person, '2026-10', 0, 800);
  await grant(db, owing, '2026-11', 7, 1000);
  await grant(db, even, '2026-11', 8, 1000);
  await grant(db, other, '2026-11', 8, 1000);
  const { orders } = await runFor(employer, '2026-12-05');
  expect(orders.map((order) => order.total)).toEqual([8000]);
  expect(await carried(db, employer)).toEqual([
    '2026-10 -10×800 net-negative',
    '2026-11 7×1000 net-negative',
    '2026-10 -10×800 net-negative',
    '2026-11 8×1000 net-negative',
  ]);
  const warnings = await sql<{ params: unknown }>`
    select params from order_warning where order_id = ${orders[0]?.id ?? 0} and code = 'carry.negative'`.execute(db);
  expect(warnings.rows).toEqual([{ params: { beneficiaryId: owing.id, period: '2026-10', excess: 1000 } }]);
  expect(await checkBooks(db)).toEqual([]);

  // The next month pays for it: −80.00 + 70.00 + 20 × 10.00 = 190.00
  await grant(db, owing, '2026-12', 20, 1000);
  const next = await runFor(employer, '2027-01-05');
  expect(next.orders.map((order) => order.total)).toEqual([19_000]);
  expect(await checkBooks(db)).toEqual([]);
});

test('nothing to order makes no order, leaves the slot empty, and carries without an order', async () => {
  const employer = await inventEmployer(db, { standingOrders: [{ from: '2026-10' }] });
  const person = await inventBeneficiary(db, employer);
  await grant(db, person, '2026-10', 10, 800);
  await runFor(employer, '2026-11-05');
  await grant(db, person, '2026-10', 0, 800);
  await grant(db, person, '2026-11', 5, 800);
  expect((await runFor(employer, '2026-12-05')).orders).toEqual([]);
  expect(await carried(db, employer)).toEqual(['2026-10 -10×800 net-negative', '2026-11 5×800 net-negative']);
  const rows =
    await sql`select order_id from carry where enterprise_number = ${employer} and order_id is not null`.execute(db);
  expect(rows.rows).toEqual([]);
  await grant(db, person, '2026-11', 12, 800);
  expect((await runFor(employer, '2026-12-06')).orders).toMatchObject([
    { runPeriod: '2026-11', kind: 'recurring', total: 1600 },
  ]);
  expect(await checkBooks(db)).toEqual([]);
});

test('leavers: by status nothing more, by end date up to the month of the end, never netted', async () => {
  const employer = await inventEmployer(db, { standingOrders: [{ from: '2026-10' }] });
  const [gone, ended, cardless, owing, staying] = [
    await inventBeneficiary(db, employer),
    await inventBeneficiary(db, employer),
    await inventBeneficiary(db, employer, { card: 'none' }),
    await inventBeneficiary(db, employer),
    await inventBeneficiary(db, employer),
  ];
  await grant(db, owing, '2026-10', 10, 800);
  await grant(db, staying, '2026-10', 10, 800);
  await runFor(employer, '2026-11-05');
  for (const person of [gone, ended, cardless, owing, staying]) await grant(db, person, '2026-11', 20, 800);
  await grant(db, ended, '2026-12', 2, 800);
  await grant(db, staying, '2026-12', 2, 800);
  await grant(db, owing, '2026-10', 7, 800);
  await deactivate(db, gone, 'absent');
  await deactivate(db, ended, 'employment-ended', '2026-11-30');
  await deactivate(db, cardless, 'employment-ended', '2026-11-30');
  await deactivate(db, owing, 'employment-ended', '2026-11-10');
  const { orders } = await runFor(employer, '2027-01-05');
  expect(orders.map((order) => order.runPeriod)).toEqual(['2026-11', '2026-12']);
  expect(await liveLines(db, employer)).toEqual([
    '2026-10 recurring #2: 2026-10 10×800',
    '2026-10 recurring #3: 2026-10 10×800',
    '2026-11 recurring #1: 2026-11 20×800',
    '2026-11 recurring #2: 2026-11 20×800',
    '2026-11 recurring #3: 2026-11 20×800',
    '2026-12 recurring #3: 2026-12 2×800',
  ]);
  expect(await carried(db, employer)).toEqual([
    '2026-11 20×800 leaver.unordered',
    '2026-12 2×800 leaver.unordered',
    '2026-11 20×800 no-card',
    '2026-10 -3×800 leaver.residue',
  ]);
  const informed = await warningsOf(db, orders[0]?.id ?? 0);
  expect(informed).toEqual(['first-order', 'leaver.residue', 'leaver.unordered', 'no-card', 'total.unusual']);
  const said = await sql<{ code: string; params: object }>`
    select code, params - 'beneficiaryId' as params from order_warning
     where order_id = ${orders[0]?.id ?? 0} and code in ('leaver.residue', 'leaver.unordered', 'no-card') order by 1`.execute(
    db,
  );
  expect(said.rows).toEqual([
    { code: 'leaver.residue', params: { period: '2026-10', excess: 2400 } },
    { code: 'leaver.unordered', params: { period: '2026-11', amount: 16_000 } },
    { code: 'no-card', params: { period: '2026-11', amount: 16_000 } },
  ]);
  expect(await checkBooks(db)).toEqual([]);
});

test('yearly limit: a line that would exceed is dropped whole; a child gives 40.00 more', async () => {
  const employer = await inventEmployer(db, {
    standingOrders: [
      {
        id: 'gift',
        product: 'gift',
        from: '2026-06',
        dayOfMonth: 1,
        worked: 'this-month',
        quantityFrom: 'amount',
        quantity: 3000,
        months: [6, 12],
      },
    ],
  });
  const childless = await inventBeneficiary(db, employer, { products: [{ code: 'gift', faceValue: null }] });
  const parent = await inventBeneficiary(db, employer, { children: 1, products: [{ code: 'gift', faceValue: null }] });
  await inventBeneficiary(db, employer);
  await runFor(employer, '2026-06-01');
  const { orders } = await runFor(employer, '2026-12-01');
  expect(await liveLines(db, employer)).toEqual([
    '2026-06 recurring #1: 2026-06 1×3000',
    '2026-06 recurring #2: 2026-06 1×3000',
    '2026-12 recurring #2: 2026-12 1×3000',
  ]);
  expect(await carried(db, employer)).toEqual(['2026-12 1×3000 limit.yearly']);
  const warnings = await sql<{ params: unknown }>`
    select params from order_warning where order_id = ${orders[0]?.id ?? 0} and code = 'limit.yearly'`.execute(db);
  expect(warnings.rows).toEqual([{ params: { beneficiaryId: childless.id, period: '2026-12', excess: 2000 } }]);
  expect(parent.id).toBeGreaterThan(childless.id);
  expect(await checkBooks(db)).toEqual([]);
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
  const { orders } = await runFor(employer, '2026-12-05');
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
  expect((await runFor(employer, '2026-12-06')).orders).toHaveLength(1);
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
  const { orders, noted } = await runFor(employer, '2026-01-05');
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
  await runFor(employer, '2026-11-05');
  await grant(db, person, '2026-10', 0, 800);
  await grant(db, person, '2026-11', 9, 800);
  const without = async (options = {}) => {
    const { orders, parked } = await runFor(employer, '2027-01-01', options);
    return [orders, parked];
  };
  expect(await without()).toEqual([[], []]);
  expect(await carried(db, employer)).toEqual(['2026-10 -10×800 net-negative', '2026-11 9×800 net-negative']);
  expect(await without({ supplement: true })).toEqual([[], []]);
  // Something to order is parked: what would be carried stays as the last run left it.
  await grant(db, person, '2026-11', 11, 800);
  expect(await without()).toMatchObject([[], [{ period: '2026-11', reason: 'contract.missing' }]]);
  expect(await carried(db, employer)).toEqual(['2026-10 -10×800 net-negative', '2026-11 9×800 net-negative']);

  expect((await runFor(eco, '2026-12-05')).parked).toEqual([]);
  await inventBeneficiary(db, eco, { products: [{ code: 'eco', faceValue: null }] });
  expect((await runFor(eco, '2026-12-05')).parked).toMatchObject([{ reason: 'contract.missing' }]);
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

test('catching up: oldest first, at their own months, and more than two missed ones wait for a person', async () => {
  const employer = await inventEmployer(db, { standingOrders: [{ from: '2026-08', confirm: 'without-warnings' }] });
  const person = await inventBeneficiary(db, employer);
  for (const period of ['2026-08', '2026-09', '2026-10', '2026-11']) await grant(db, person, period, 20, 800);
  const picked = await runFor(employer, '2026-12-20', { period: '2026-08' });
  expect(await warningsOf(db, picked.orders[0]?.id ?? 0)).toEqual(['first-order']);
  const { orders } = await runFor(employer, '2026-12-20');
  expect(orders.map((order) => order.runPeriod)).toEqual(['2026-09', '2026-10', '2026-11']);
  expect(await liveLines(db, employer)).toHaveLength(4);
  expect(await warningsOf(db, orders[2]?.id ?? 0)).toEqual(['first-order', 'slot.late']);
  expect(await checkBooks(db)).toEqual([]);
});

test('late: a person whose month was missed gets a supplement; corrections wait for the next slot', async () => {
  const employer = await inventEmployer(db);
  const [ordered, missed] = [await inventBeneficiary(db, employer), await inventBeneficiary(db, employer)];
  await grant(db, ordered, '2026-11', 20, 800);
  await runFor(employer, '2026-12-05');
  await grant(db, ordered, '2026-11', 21, 800);
  expect((await runFor(employer, '2026-12-06')).orders).toEqual([]);
  expect(await carried(db, employer)).toEqual(['2026-11 1×800 late']);
  await grant(db, missed, '2026-11', 19, 800);
  expect((await runFor(employer, '2026-12-07', { period: '2026-11' })).orders).toEqual([]);
  const { orders } = await runFor(employer, '2026-12-07');
  expect(orders).toMatchObject([{ kind: 'supplement', runPeriod: '2026-11', total: 19 * 800 }]);
  expect(await carried(db, employer)).toEqual(['2026-11 1×800 late']);
  expect(await checkBooks(db)).toEqual([]);
  expect((await runFor(employer, '2026-12-08')).orders).toEqual([]);
  await grant(db, missed, '2026-12', 1, 800);
  const next = await runFor(employer, '2027-01-05');
  expect(next.orders).toMatchObject([{ kind: 'recurring', runPeriod: '2026-12', total: 2 * 800 }]);
  expect(await carried(db, employer)).toEqual([]);
  expect(await checkBooks(db)).toEqual([]);
});

test('late: less than nothing granted for the month is not a month that was missed', async () => {
  const employer = await inventEmployer(db, { standingOrders: [{ from: '2026-10' }] });
  const [ordered, corrected] = [await inventBeneficiary(db, employer), await inventBeneficiary(db, employer)];
  for (const person of [ordered, corrected]) await grant(db, person, '2026-10', 10, 800);
  await runFor(employer, '2026-11-05');
  await grant(db, ordered, '2026-11', 20, 800);
  await runFor(employer, '2026-12-05');
  // No line for November, of which a day is taken, and more for October: corrections, which wait for the next slot.
  await grant(db, corrected, '2026-11', -1, 800);
  await grant(db, corrected, '2026-10', 12, 800);
  const { orders } = await runFor(employer, '2026-12-06', { supplement: true });
  expect(orders).toEqual([]);
  expect(await carried(db, employer)).toEqual(['2026-10 2×800 late', '2026-11 -1×800 late']);
});

test.each([
  ['all', [{ kind: 'supplement', runPeriod: '2026-11', total: 7 * 800 }], []],
  ['carry', [], ['2026-11 2×800 late', '2026-11 5×800 late']],
] as const)('late: %s', async (late, orders, left) => {
  const employer = await inventEmployer(db, { standingOrders: [{ late }] });
  const person = await inventBeneficiary(db, employer);
  await grant(db, person, '2026-11', 20, 800);
  await runFor(employer, '2026-12-05');
  await grant(db, person, '2026-11', 22, 800);
  await grant(db, await inventBeneficiary(db, employer), '2026-11', 5, 800);
  await grant(db, person, '2026-12', 9, 800);
  expect((await runFor(employer, '2027-01-05', { supplement: true })).orders).toMatchObject(orders);
  expect(await carried(db, employer)).toEqual(left);
  expect(await checkBooks(db)).toEqual([]);
  expect((await runFor(employer, '2027-01-05')).orders).toMatchObject([{ kind: 'recurring', runPeriod: '2026-12' }]);
  expect(await carried(db, employer)).toEqual([]);
});

test('people whose employment has ended are leavers before anything is ordered', async () => {
  const employer = await inventEmployer(db);
  const [ended, lastDay] = [await inventBeneficiary(db, employer), await inventBeneficiary(db, employer)];
  const end = async (person: typeof ended, day: string) =>
    sql`update beneficiary set employment_end = ${day} where enterprise_number = ${employer} and id = ${person.id}`.execute(
      db,
    );
  await end(ended, '2026-10-31');
  await end(lastDay, '2026-12-05');
  for (const person of [ended, lastDay]) await grant(db, person, '2026-11', 20, 800);
  await runFor(employer, '2026-12-05');
  expect(await liveLines(db, employer)).toEqual(['2026-11 recurring #1: 2026-11 20×800']);
  expect(await carried(db, employer)).toEqual(['2026-11 20×800 leaver.unordered']);
  const history = await sql<{ id: number }>`
    select beneficiary_id as id from beneficiary_change where enterprise_number = ${employer}`.execute(db);
  expect(history.rows).toEqual([{ id: ended.id }]);
});

test('two products of one employer are ordered apart, two standing orders of one product share what is open', async () => {
  const employer = await inventEmployer(db, {
    standingOrders: [{}, { id: 'meal-again' }, { id: 'eco', product: 'eco', quantityFrom: 'amount', quantity: 10_000 }],
  });
  const person = await inventBeneficiary(db, employer, { products: [{ code: 'eco', faceValue: null }] });
  await grant(db, person, '2026-11', 20, 800);
  const { orders } = await runFor(employer, '2026-12-05');
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
  const { orders, parked } = await runFor(employer, '2026-12-05');
  expect([orders, parked]).toEqual([[], []]);
});

test('a draft cancelled gives everything back, and its slot is ordered again', async () => {
  const employer = await inventEmployer(db);
  const person = await inventBeneficiary(db, employer);
  await grant(db, person, '2026-11', 20, 800);
  const first = await runFor(employer, '2026-12-05');
  await cancelOrder(orderDay(db, '2026-12-05'), first.orders[0]?.id ?? 0, { by: 'ops', why: 'wrong month' });
  await grant(db, person, '2026-11', 21, 800);
  const second = await runFor(employer, '2026-12-06');
  expect(second.orders).toMatchObject([{ kind: 'recurring', total: 21 * 800 }]);
  expect(await checkBooks(db)).toEqual([]);
});

test('a supplement that was cancelled is made again', async () => {
  const employer = await inventEmployer(db);
  await grant(db, await inventBeneficiary(db, employer), '2026-11', 20, 800);
  await runFor(employer, '2026-12-05');
  await grant(db, await inventBeneficiary(db, employer), '2026-11', 19, 800);
  const [first] = (await runFor(employer, '2026-12-06')).orders;
  await cancelOrder(orderDay(db, '2026-12-06'), first?.id ?? 0, { by: 'ops', why: 'test' });
  expect((await runFor(employer, '2026-12-06')).orders).toMatchObject([{ kind: 'supplement', total: 19 * 800 }]);
  expect(await checkBooks(db)).toEqual([]);
});

test('an older month ordered later leaves the carry of newer months alone', async () => {
  const employer = await inventEmployer(db, { standingOrders: [{ from: '2026-10' }] });
  const [gone, person] = [await inventBeneficiary(db, employer), await inventBeneficiary(db, employer)];
  for (const each of [gone, person]) await grant(db, each, '2026-11', 20, 800);
  await deactivate(db, gone, 'status');
  await runFor(employer, '2026-12-05', { period: '2026-11' });
  expect(await carried(db, employer)).toEqual(['2026-11 20×800 leaver.unordered']);
  await grant(db, person, '2026-10', 20, 800);
  expect((await runFor(employer, '2026-12-06', { period: '2026-10' })).orders).toHaveLength(1);
  expect(await carried(db, employer)).toEqual(['2026-11 20×800 leaver.unordered']);
  expect(await checkBooks(db)).toEqual([]);
});

test('two runs at once make one supplement', async () => {
  const employer = await inventEmployer(db);
  await grant(db, await inventBeneficiary(db, employer), '2026-11', 20, 800);
  await runFor(employer, '2026-12-05');
  for (let index = 0; index < 20; index++) await grant(db, await inventBeneficiary(db, employer), '2026-11', 19, 800);
  await Promise.all([1, 2, 3, 4].map(() => runOrders(orderDay(db, '2026-12-06'))));
  expect(await liveLines(db, employer)).toHaveLength(21);
  expect(await checkBooks(db)).toEqual([]);
});

test('two runs at once make the same the same books as one', async () => {
  const employers = await Promise.all(
    Array.from({ length: 8 }, () => inventEmployer(db, { standingOrders: [{ from: '2026-10' }] })),
  );
  for (const employer of employers) {
    const person = await inventBeneficiary(db, employer, { card: 'none' });
    await grant(db, person, '2026-10', 10, 800);
    await grant(db, person, '2026-11', 20, 800);
  }
  const runs = await Promise.all([1, 2, 3].map(() => runOrders(orderDay(db, '2026-12-05'))));
  const made = runs.flatMap((run) => run.orders).filter((order) => employers.includes(order.enterpriseNumber));
  expect(made).toHaveLength(16);
  expect(runs.flatMap((run) => run.parked)).toEqual([]);
  for (const employer of employers) expect(await liveLines(db, employer)).toHaveLength(2);
  expect(await checkBooks(db)).toEqual([]);
});

test('warnings: without e-mail, renewal within 90 days; acknowledged ones do not come back', async () => {
  const employer = await inventEmployer(db, { standingOrders: [{ from: '2026-10' }] });
  const silent = await inventBeneficiary(db, employer, { email: null });
  const renewed = await inventBeneficiary(db, employer);
  const idle = await inventBeneficiary(db, employer);
  const later = await inventBeneficiary(db, employer);
  await activateCard(db, renewed, '2027-02-03'); // 90 days after 2026-11-05
  await activateCard(db, idle, '2026-11-30');
  await activateCard(db, later, '2027-02-04');
  for (const person of [silent, renewed, later]) await grant(db, person, '2026-10', 10, 800);
  const { orders } = await runFor(employer, '2026-11-05');
  const id = orders[0]?.id ?? 0;
  expect(await warningsOf(db, id)).toEqual(['card.renewal', 'card.renewal', 'first-order', 'person.without-email']);
  const context = orderDay(db, '2026-11-05');
  await expect(confirmOrder(context, id, { by: 'ops', acknowledge: ['first-order'] })).rejects.toThrow(
    `Order ${id} is held by warnings that were not acknowledged: card.renewal, person.without-email.`,
  );
  await confirmOrder(context, id, { by: 'ops', acknowledge: 'all' });
  for (const person of [silent, renewed]) await grant(db, person, '2026-11', 15, 800);
  const next = await runFor(employer, '2026-12-05');
  // `later` has come within 90 days; the first two are ordered, so they are not renewed again
  expect(await warningsOf(db, next.orders[0]?.id ?? 0)).toEqual(['card.renewal']);
  const named =
    await sql`select national_register_number as nrn from order_card where order_id = ${next.orders[0]?.id ?? 0}`.execute(
      db,
    );
  expect(named.rows).toEqual([{ nrn: later.nrn }]);
  expect(await checkBooks(db)).toEqual([]);
});

test('warnings: what was acknowledged about a person or a card does not come back with the next product', async () => {
  const employer = await inventEmployer(db, {
    standingOrders: [{ from: '2026-10' }, { id: 'eco', product: 'eco', from: '2026-10' }],
  });
  const person = await inventBeneficiary(db, employer, { email: null });
  await activateCard(db, person, '2027-01-31');
  await grant(db, person, '2026-10', 10, 800);
  await grant(db, person, '2026-10', 1, 5000, 'eco');
  const { orders } = await runFor(employer, '2026-11-05');
  const all = ['card.renewal', 'first-order', 'person.without-email'];
  for (const { id } of orders) expect(await warningsOf(db, id)).toEqual(all);
  const [eco, meal] = [orders[0]?.id ?? 0, orders[1]?.id ?? 0];
  const day = orderDay(db, '2026-11-05');
  await confirmOrder(day, meal, { by: 'ops', acknowledge: 'all' });
  await confirmOrder(day, eco, { by: 'ops', acknowledge: ['first-order'] });
  expect(await checkBooks(db)).toEqual([]);
});

test('warnings: a renewal holds nothing any more when another employer has ordered the card', async () => {
  const [one, two] = [await inventEmployer(db), await inventEmployer(db)];
  const atOne = await inventBeneficiary(db, one);
  const atTwo = await inventBeneficiary(db, two, { of: atOne });
  await activateCard(db, atOne, '2027-01-31');
  for (const person of [atOne, atTwo]) await grant(db, person, '2026-11', 10, 800);
  const made = (await runOrders(orderDay(db, '2026-12-05'))).orders;
  const [first, other] = [one, two].map((employer) => made.find((each) => each.enterpriseNumber === employer)?.id ?? 0);
  const day = orderDay(db, '2026-12-05');
  const firstOnly = { by: 'ops', acknowledge: ['first-order'] } as const;
  await expect(confirmOrder(day, other ?? 0, firstOnly)).rejects.toThrow('card.renewal');
  await confirmOrder(day, first ?? 0, { by: 'ops', acknowledge: 'all' });
  await confirmOrder(day, other ?? 0, firstOnly);
  expect(await checkBooks(db)).toEqual([]);

  // Made and active, the new card is no renewal of the old one either.
  await cancelOrder(day, other ?? 0, { by: 'ops', why: 'test' });
  const [draft] = (await runFor(two, '2026-12-05')).orders;
  await sql`
    insert into order_warning (enterprise_number, order_id, code, key, params)
    select ${two}, ${draft?.id ?? 0}, code, key, params from order_warning where order_id = ${other ?? 0} and code = 'card.renewal'`.execute(
    db,
  );
  await sql`update card set status = 'replaced' where national_register_number = ${atOne.nrn} and sequence = 1`.execute(
    db,
  );
  await sql`
    update card set status = 'active', expires_on = '2031-12-31' where national_register_number = ${atOne.nrn} and sequence = 2`.execute(
    db,
  );
  await confirmOrder(day, draft?.id ?? 0, firstOnly);
});
