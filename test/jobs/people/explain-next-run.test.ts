/** What the next run will make of a person, told without changing anything. */
import { sql } from 'kysely';
import { expect, test } from 'vitest';
import { runOrders } from '../../../src/jobs/orders/run-orders.ts';
import { explainNextRun } from '../../../src/jobs/people/explain-next-run.ts';
import { readOpenOfPerson } from '../../../src/load/people/open-of-person.ts';
import { openTestDatabase } from '../../support/database.ts';
import {
  deactivate,
  grant,
  type Invented,
  inventBeneficiary,
  inventEmployer,
  inventProducts,
  liveLines,
  orderDay,
} from '../../support/small-world.ts';

const { db } = await openTestDatabase();
await inventProducts(db);

const next = (who: Invented, today: string) => explainNextRun(db, today, who.employer, who.id);

test('what is granted, ordered and carried, and what the next slot makes of it', async () => {
  const employer = await inventEmployer(db, { standingOrders: [{ from: '2026-10' }] });
  const [person, other] = [await inventBeneficiary(db, employer), await inventBeneficiary(db, employer)];
  expect(await next(person, '2026-11-01')).toEqual([
    {
      productCode: 'meal',
      standingOrderId: 'meal-monthly',
      kind: 'recurring',
      period: '2026-10',
      on: '2026-11-05',
      parked: 'payroll.missing',
      quantities: [],
    },
  ]);
  for (const each of [person, other]) await grant(db, each, '2026-10', 10, 800);
  await runOrders(orderDay(db, '2026-11-05'));
  await grant(db, person, '2026-10', 8, 800);
  await grant(db, other, '2026-11', 20, 800);
  await runOrders(orderDay(db, '2026-11-06'));
  await grant(db, person, '2026-10', 9, 800);
  await grant(db, person, '2026-11', 20, 800);
  expect(await readOpenOfPerson(db, employer, person.id)).toEqual([
    {
      productCode: 'meal',
      period: '2026-10',
      faceValue: 800,
      entitled: 9,
      ordered: 10,
      open: -1,
      carried: -2,
      reason: 'late',
      notYetRun: 1,
    },
    {
      productCode: 'meal',
      period: '2026-11',
      faceValue: 800,
      entitled: 20,
      ordered: 0,
      open: 20,
      carried: 0,
      reason: null,
      notYetRun: 20,
    },
  ]);
  const [slot, ...more] = await next(person, '2026-11-20');
  expect(more).toEqual([]);
  expect(slot).toMatchObject({ period: '2026-11', on: '2026-12-05', parked: null });
  expect(slot?.quantities).toEqual([
    { period: '2026-10', faceValue: 800, quantity: -1, reason: null },
    { period: '2026-11', faceValue: 800, quantity: 20, reason: null },
  ]);
  await runOrders(orderDay(db, '2026-12-05'));
  expect((await liveLines(db, employer)).slice(2)).toEqual([
    '2026-11 recurring #1: 2026-10 -1×800',
    '2026-11 recurring #1: 2026-11 20×800',
    '2026-11 recurring #2: 2026-11 20×800',
  ]);
});

test('a supplement comes first, a leaver is told why not, and asking changes nothing', async () => {
  const employer = await inventEmployer(db);
  const [ordered, missed] = [await inventBeneficiary(db, employer), await inventBeneficiary(db, employer)];
  await grant(db, ordered, '2026-11', 20, 800);
  await runOrders(orderDay(db, '2026-12-05'));
  await grant(db, missed, '2026-11', 19, 800);
  const rows = async () => (await sql`select * from carry union all select * from carry`.execute(db)).rows.length;
  const before = await rows();
  expect(
    (await next(missed, '2026-12-06')).map((run) => [run.kind, run.on, run.quantities[0]?.reason ?? null]),
  ).toEqual([
    ['supplement', '2026-12-06', null],
    ['recurring', '2027-01-05', null],
  ]);
  await deactivate(db, missed, 'status');
  expect((await next(missed, '2026-12-06')).map((run) => [run.kind, run.parked])).toEqual([
    ['recurring', 'payroll.missing'],
  ]);
  await grant(db, ordered, '2026-12', 1, 800);
  expect((await next(missed, '2026-12-06')).flatMap((run) => run.quantities)).toEqual([
    { period: '2026-11', faceValue: 800, quantity: 19, reason: 'leaver.unordered' },
  ]);
  expect(await rows()).toBe(before);
});
