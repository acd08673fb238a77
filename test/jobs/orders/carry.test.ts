/** What is open and not ordered by a run: netted, dropped or left over, and carried with its reason. */
import { sql } from 'kysely';
import { expect, test } from 'vitest';
import { openTestDatabase } from '../../support/database.ts';
import { checkBooks } from '../../support/invariant.ts';
import { runFor } from '../../support/orders-of-employer.ts';
import {
  carried,
  deactivate,
  grant,
  inventBeneficiary,
  inventEmployer,
  inventProducts,
  liveLines,
  warningsOf,
} from '../../support/small-world.ts';

const { db } = await openTestDatabase();
await inventProducts(db);

test('−10 × 6.00 + 7 × 10.00 = 10.00: both signed lines', async () => {
  const employer = await inventEmployer(db, { standingOrders: [{ from: '2026-10' }] });
  const person = await inventBeneficiary(db, employer);
  await grant(db, person, '2026-10', 10, 600);
  await runFor(db, employer, '2026-11-05');
  await grant(db, person, '2026-10', 0, 600);
  await grant(db, person, '2026-11', 7, 1000);
  const { orders } = await runFor(db, employer, '2026-12-05');
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
  await runFor(db, employer, '2026-11-05');
  for (const person of [owing, even]) await grant(db, person, '2026-10', 0, 800);
  await grant(db, owing, '2026-11', 7, 1000);
  await grant(db, even, '2026-11', 8, 1000);
  await grant(db, other, '2026-11', 8, 1000);
  const { orders } = await runFor(db, employer, '2026-12-05');
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
  const next = await runFor(db, employer, '2027-01-05');
  expect(next.orders.map((order) => order.total)).toEqual([19_000]);
  expect(await checkBooks(db)).toEqual([]);
});

test('nothing to order makes no order, leaves the slot empty, and carries without an order', async () => {
  const employer = await inventEmployer(db, { standingOrders: [{ from: '2026-10' }] });
  const person = await inventBeneficiary(db, employer);
  await grant(db, person, '2026-10', 10, 800);
  await runFor(db, employer, '2026-11-05');
  await grant(db, person, '2026-10', 0, 800);
  await grant(db, person, '2026-11', 5, 800);
  expect((await runFor(db, employer, '2026-12-05')).orders).toEqual([]);
  expect(await carried(db, employer)).toEqual(['2026-10 -10×800 net-negative', '2026-11 5×800 net-negative']);
  const rows =
    await sql`select order_id from carry where enterprise_number = ${employer} and order_id is not null`.execute(db);
  expect(rows.rows).toEqual([]);
  await grant(db, person, '2026-11', 12, 800);
  expect((await runFor(db, employer, '2026-12-06')).orders).toMatchObject([
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
  await runFor(db, employer, '2026-11-05');
  for (const person of [gone, ended, cardless, owing, staying]) await grant(db, person, '2026-11', 20, 800);
  await grant(db, ended, '2026-12', 2, 800);
  await grant(db, staying, '2026-12', 2, 800);
  await grant(db, owing, '2026-10', 7, 800);
  await deactivate(db, gone, 'absent');
  await deactivate(db, ended, 'employment-ended', '2026-11-30');
  await deactivate(db, cardless, 'employment-ended', '2026-11-30');
  await deactivate(db, owing, 'employment-ended', '2026-11-10');
  const { orders } = await runFor(db, employer, '2027-01-05');
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
  await runFor(db, employer, '2026-06-01');
  const { orders } = await runFor(db, employer, '2026-12-01');
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
  await runFor(db, employer, '2026-12-05');
  expect(await liveLines(db, employer)).toEqual(['2026-11 recurring #1: 2026-11 20×800']);
  expect(await carried(db, employer)).toEqual(['2026-11 20×800 leaver.unordered']);
  const history = await sql<{ id: number }>`
    select beneficiary_id as id from beneficiary_change where enterprise_number = ${employer}`.execute(db);
  expect(history.rows).toEqual([{ id: ended.id }]);
});

test('an older month ordered later leaves the carry of newer months alone', async () => {
  const employer = await inventEmployer(db, { standingOrders: [{ from: '2026-10' }] });
  const [gone, person] = [await inventBeneficiary(db, employer), await inventBeneficiary(db, employer)];
  for (const each of [gone, person]) await grant(db, each, '2026-11', 20, 800);
  await deactivate(db, gone, 'status');
  await runFor(db, employer, '2026-12-05', { period: '2026-11' });
  expect(await carried(db, employer)).toEqual(['2026-11 20×800 leaver.unordered']);
  await grant(db, person, '2026-10', 20, 800);
  expect((await runFor(db, employer, '2026-12-06', { period: '2026-10' })).orders).toHaveLength(1);
  expect(await carried(db, employer)).toEqual(['2026-11 20×800 leaver.unordered']);
  expect(await checkBooks(db)).toEqual([]);
});
