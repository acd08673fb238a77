/** Months that were late or missed: slots that are caught up, supplements, and several runs at once. */
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
  orderDay,
  warningsOf,
} from '../../support/small-world.ts';

const { db } = await openTestDatabase();
await inventProducts(db);

test('a slot without payroll is not due, and its month is ordered when payroll has spoken', async () => {
  const employer = await inventEmployer(db);
  const person = await inventBeneficiary(db, employer);
  await grant(db, person, '2026-11', 0, 800);
  expect((await runFor(db, employer, '2026-12-10')).orders).toEqual([]);
  await grant(db, person, '2026-11', 18, 800);
  expect((await runFor(db, employer, '2026-12-11')).orders).toHaveLength(1);
});

test('catching up: oldest first, at their own months, and more than two missed ones wait for a person', async () => {
  const employer = await inventEmployer(db, { standingOrders: [{ from: '2026-08', confirm: 'without-warnings' }] });
  const person = await inventBeneficiary(db, employer);
  for (const period of ['2026-08', '2026-09', '2026-10', '2026-11']) await grant(db, person, period, 20, 800);
  const picked = await runFor(db, employer, '2026-12-20', { period: '2026-08' });
  expect(await warningsOf(db, picked.orders[0]?.id ?? 0)).toEqual(['first-order']);
  const { orders } = await runFor(db, employer, '2026-12-20');
  expect(orders.map((order) => order.runPeriod)).toEqual(['2026-09', '2026-10', '2026-11']);
  expect(await liveLines(db, employer)).toHaveLength(4);
  expect(await warningsOf(db, orders[2]?.id ?? 0)).toEqual(['first-order', 'slot.late']);
  expect(await checkBooks(db)).toEqual([]);
});

test('late: a person whose month was missed gets a supplement; corrections wait for the next slot', async () => {
  const employer = await inventEmployer(db);
  const [ordered, missed] = [await inventBeneficiary(db, employer), await inventBeneficiary(db, employer)];
  await grant(db, ordered, '2026-11', 20, 800);
  await runFor(db, employer, '2026-12-05');
  await grant(db, ordered, '2026-11', 21, 800);
  expect((await runFor(db, employer, '2026-12-06')).orders).toEqual([]);
  expect(await carried(db, employer)).toEqual(['2026-11 1×800 late']);
  await grant(db, missed, '2026-11', 19, 800);
  expect((await runFor(db, employer, '2026-12-07', { period: '2026-11' })).orders).toEqual([]);
  const { orders } = await runFor(db, employer, '2026-12-07');
  expect(orders).toMatchObject([{ kind: 'supplement', runPeriod: '2026-11', total: 19 * 800 }]);
  expect(await carried(db, employer)).toEqual(['2026-11 1×800 late']);
  expect(await checkBooks(db)).toEqual([]);
  expect((await runFor(db, employer, '2026-12-08')).orders).toEqual([]);
  await grant(db, missed, '2026-12', 1, 800);
  const next = await runFor(db, employer, '2027-01-05');
  expect(next.orders).toMatchObject([{ kind: 'recurring', runPeriod: '2026-12', total: 2 * 800 }]);
  expect(await carried(db, employer)).toEqual([]);
  expect(await checkBooks(db)).toEqual([]);
});

test('late: less than nothing granted for the month is not a month that was missed', async () => {
  const employer = await inventEmployer(db, { standingOrders: [{ from: '2026-10' }] });
  const [ordered, corrected] = [await inventBeneficiary(db, employer), await inventBeneficiary(db, employer)];
  for (const person of [ordered, corrected]) await grant(db, person, '2026-10', 10, 800);
  await runFor(db, employer, '2026-11-05');
  await grant(db, ordered, '2026-11', 20, 800);
  await runFor(db, employer, '2026-12-05');
  // No line for November, of which a day is taken, and more for October: corrections, which wait for the next slot.
  await grant(db, corrected, '2026-11', -1, 800);
  await grant(db, corrected, '2026-10', 12, 800);
  const { orders } = await runFor(db, employer, '2026-12-06', { supplement: true });
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
  await runFor(db, employer, '2026-12-05');
  await grant(db, person, '2026-11', 22, 800);
  await grant(db, await inventBeneficiary(db, employer), '2026-11', 5, 800);
  await grant(db, person, '2026-12', 9, 800);
  expect((await runFor(db, employer, '2027-01-05', { supplement: true })).orders).toMatchObject(orders);
  expect(await carried(db, employer)).toEqual(left);
  expect(await checkBooks(db)).toEqual([]);
  expect((await runFor(db, employer, '2027-01-05')).orders).toMatchObject([
    { kind: 'recurring', runPeriod: '2026-12' },
  ]);
  expect(await carried(db, employer)).toEqual([]);
});

test('a supplement that was cancelled is made again', async () => {
  const employer = await inventEmployer(db);
  await grant(db, await inventBeneficiary(db, employer), '2026-11', 20, 800);
  await runFor(db, employer, '2026-12-05');
  await grant(db, await inventBeneficiary(db, employer), '2026-11', 19, 800);
  const [first] = (await runFor(db, employer, '2026-12-06')).orders;
  await cancelOrder(orderDay(db, '2026-12-06'), first?.id ?? 0, { by: 'ops', why: 'test' });
  expect((await runFor(db, employer, '2026-12-06')).orders).toMatchObject([{ kind: 'supplement', total: 19 * 800 }]);
  expect(await checkBooks(db)).toEqual([]);
});

test('two runs at once make one supplement', async () => {
  const employer = await inventEmployer(db);
  await grant(db, await inventBeneficiary(db, employer), '2026-11', 20, 800);
  await runFor(db, employer, '2026-12-05');
  for (let index = 0; index < 20; index++) await grant(db, await inventBeneficiary(db, employer), '2026-11', 19, 800);
  await Promise.all([1, 2, 3, 4].map(() => runOrders(orderDay(db, '2026-12-06'))));
  expect(await liveLines(db, employer)).toHaveLength(21);
  expect(await checkBooks(db)).toEqual([]);
});

test('two runs at once make the same books as one', async () => {
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
