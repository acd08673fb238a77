/** Quarters that are due soon and not ordered in full: told once it is time, and not before. */
import { expect, test } from 'vitest';
import { runOrders } from '../../../src/jobs/orders/run-orders.ts';
import { findQuarterSoonDue } from '../../../src/jobs/orders/watch-quarter.ts';
import { readQuarter } from '../../../src/load/orders/quarter-report.ts';
import { openTestDatabase } from '../../support/database.ts';
import {
  grant,
  inventBeneficiary,
  inventEmployer,
  inventProducts,
  type Noted,
  orderDay,
} from '../../support/small-world.ts';

const { db } = await openTestDatabase();
await inventProducts(db);

test('a quarter that is not ordered in full is told in the last fifteen days before it is due', async () => {
  const standingOrders = [{ from: '2026-10', late: 'carry' as const }];
  const late = await inventEmployer(db, { standingOrders });
  const complete = await inventEmployer(db, { standingOrders });
  const [one, two] = [await inventBeneficiary(db, late), await inventBeneficiary(db, late)];
  for (const person of [one, two, await inventBeneficiary(db, complete)]) {
    for (const period of ['2026-10', '2026-11', '2026-12']) await grant(db, person, period, 20, 800);
  }
  await runOrders(orderDay(db, '2027-01-05'));
  await grant(db, one, '2026-11', 23, 800);
  await grant(db, two, '2026-12', 15, 800);
  const noted: Noted[] = [];
  for (const day of ['2027-01-15', '2027-01-16', '2027-01-31', '2027-02-01']) await runOrders(orderDay(db, day, noted));
  const due = { quarter: '2026-Q4', dueOn: '2027-01-31', employers: 1 };
  expect(noted.filter((each) => each.event === 'quarter.due')).toEqual([
    { event: 'quarter.due', facts: due },
    { event: 'quarter.due', facts: due },
  ]);
  expect(await findQuarterSoonDue(db, '2027-01-20')).toEqual(due);
  expect(await readQuarter(db, '2026-10', '2026-12')).toMatchObject([
    {
      enterpriseNumber: late,
      productCode: 'meal',
      entitledVouchers: 118,
      orderedVouchers: 120,
      entitled: 94_400,
      ordered: 96_000,
      missingVouchers: 3,
      excessVouchers: 5,
    },
    { enterpriseNumber: complete, entitledVouchers: 60, orderedVouchers: 60, missingVouchers: 0, excessVouchers: 0 },
  ]);
});
