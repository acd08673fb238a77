/** Warnings of a draft: what they hold, who acknowledges them, and when they come back. */
import { sql } from 'kysely';
import { expect, test } from 'vitest';
import { cancelOrder } from '../../../src/jobs/orders/cancel-order.ts';
import { confirmOrder } from '../../../src/jobs/orders/confirm-orders.ts';
import { runOrders } from '../../../src/jobs/orders/run-orders.ts';
import { openTestDatabase } from '../../support/database.ts';
import { checkBooks } from '../../support/invariant.ts';
import { runFor } from '../../support/orders-of-employer.ts';
import {
  activateCard,
  grant,
  inventBeneficiary,
  inventEmployer,
  inventProducts,
  orderDay,
  warningsOf,
} from '../../support/small-world.ts';

const { db } = await openTestDatabase();
await inventProducts(db);

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
  const { orders } = await runFor(db, employer, '2026-11-05');
  const id = orders[0]?.id ?? 0;
  expect(await warningsOf(db, id)).toEqual(['card.renewal', 'card.renewal', 'first-order', 'person.without-email']);
  const context = orderDay(db, '2026-11-05');
  await expect(confirmOrder(context, id, { by: 'ops', acknowledge: ['first-order'] })).rejects.toThrow(
    `Order ${id} is held by warnings that were not acknowledged: card.renewal, person.without-email.`,
  );
  await confirmOrder(context, id, { by: 'ops', acknowledge: 'all' });
  for (const person of [silent, renewed]) await grant(db, person, '2026-11', 15, 800);
  const next = await runFor(db, employer, '2026-12-05');
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
  const { orders } = await runFor(db, employer, '2026-11-05');
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
  const [draft] = (await runFor(db, two, '2026-12-05')).orders;
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
