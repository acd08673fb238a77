/** Hundreds of employers in one transaction of a run: planned otherwise than a few, and the same orders. */
import { expect, test } from 'vitest';
import { runOrders } from '../../../src/jobs/orders/run-orders.ts';
import { openTestDatabase } from '../../support/database.ts';
import { checkBooks } from '../../support/invariant.ts';
import {
  grant,
  inventBeneficiary,
  inventEmployer,
  inventProducts,
  liveLines,
  orderDay,
} from '../../support/small-world.ts';

const { db } = await openTestDatabase();
await inventProducts(db);

test('five hundred employers at once: each has its own order, and the books hold', { timeout: 60_000 }, async () => {
  const employers = await Promise.all(
    Array.from({ length: 500 }, async (_, index) => {
      const employer = await inventEmployer(db);
      const person = await inventBeneficiary(db, employer);
      await grant(db, person, '2026-11', 1 + (index % 20), 800);
      return employer;
    }),
  );
  const { orders, parked } = await runOrders(orderDay(db, '2026-12-05'));
  expect(parked).toEqual([]);
  expect(orders.map(({ enterpriseNumber }) => enterpriseNumber).sort()).toEqual([...employers].sort());
  expect(await liveLines(db, employers[0] ?? '')).toEqual(['2026-11 recurring #1: 2026-11 1×800']);
  expect(await liveLines(db, employers[499] ?? '')).toEqual(['2026-11 recurring #1: 2026-11 20×800']);
  expect(await checkBooks(db)).toEqual([]);
});
