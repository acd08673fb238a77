/** Cards that expire soon: renewed once, on the order that waits or on the next one. */
import { sql } from 'kysely';
import { expect, test } from 'vitest';
import { runOrders } from '../../../src/jobs/orders/run-orders.ts';
import { runRenewals } from '../../../src/jobs/people/run-renewals.ts';
import { openTestDatabase } from '../../support/database.ts';
import { checkBooks } from '../../support/invariant.ts';
import {
  activateCard,
  deactivate,
  grant,
  inventBeneficiary,
  inventEmployer,
  inventProducts,
  orderDay,
  warningsOf,
} from '../../support/small-world.ts';

const { db } = await openTestDatabase();
await inventProducts(db);

test('a card that expires within 90 days goes onto the draft that waits, once, with its warning and its price', async () => {
  const employer = await inventEmployer(db, { fees: { cardProduction: 450 } });
  const [expiring, other] = [await inventBeneficiary(db, employer), await inventBeneficiary(db, employer)];
  await activateCard(db, expiring, '2027-03-10');
  await grant(db, other, '2026-11', 20, 800);
  const { orders } = await runOrders(orderDay(db, '2026-12-05'));
  const id = orders[0]?.id ?? 0;
  const total = async () =>
    (await sql<{ total: number }>`select total from voucher_order where id = ${id}`.execute(db)).rows[0]?.total;
  expect(await runRenewals(orderDay(db, '2026-12-08'))).toEqual({ people: 0, named: 0, namedBefore: 0, nextOrder: 0 });
  const before = (await total()) ?? 0;
  expect(await runRenewals(orderDay(db, '2026-12-10'))).toEqual({ people: 1, named: 1, namedBefore: 0, nextOrder: 0 });
  expect(await warningsOf(db, id)).toContain('card.renewal');
  expect(await total()).toBe(before + 450 + 95);
  expect(await runRenewals(orderDay(db, '2026-12-11'))).toEqual({ people: 1, named: 0, namedBefore: 1, nextOrder: 0 });
  expect(await checkBooks(db)).toEqual([]);
});

test('without a draft the next order takes it; who is inactive, or whose employment ended, has none renewed', async () => {
  await sql`truncate card, order_card`.execute(db);
  const employer = await inventEmployer(db);
  const [stays, left, ended, ordered] = [
    await inventBeneficiary(db, employer),
    await inventBeneficiary(db, employer),
    await inventBeneficiary(db, employer),
    await inventBeneficiary(db, employer),
  ];
  for (const person of [stays, left, ended, ordered]) await activateCard(db, person, '2027-01-31');
  await deactivate(db, left, 'status');
  await sql`update beneficiary set employment_end = '2026-12-31' where id = ${ended.id}`.execute(db);
  await sql`insert into card (national_register_number, sequence, status) values (${ordered.nrn}, 2, 'ordered')`.execute(
    db,
  );
  expect(await runRenewals(orderDay(db, '2027-01-10'))).toEqual({ people: 1, named: 0, namedBefore: 0, nextOrder: 1 });
});
