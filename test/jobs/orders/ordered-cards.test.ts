/** Cards on orders: billed apart, shared by two employers, renewed, and charged once. */
import { sql } from 'kysely';
import { expect, test } from 'vitest';
import { cancelOrder } from '../../../src/jobs/orders/cancel-order.ts';
import { confirmOrder } from '../../../src/jobs/orders/confirm-orders.ts';
import { runOrders } from '../../../src/jobs/orders/run-orders.ts';
import type { OrderRow } from '../../../src/load/orders/orders.ts';
import { openTestDatabase } from '../../support/database.ts';
import { checkBooks } from '../../support/invariant.ts';
import { cardsOf, invoicesOf, statusOf } from '../../support/order-papers.ts';
import { draftFor } from '../../support/orders-of-employer.ts';
import {
  activateCard,
  grant,
  inventBeneficiary,
  inventEmployer,
  inventProducts,
  orderDay,
} from '../../support/small-world.ts';

const { db } = await openTestDatabase();
await inventProducts(db);

const BY_HAND = { by: 'ops', acknowledge: 'all' } as const;

test('cards on an invoice of their own', async () => {
  const employer = await inventEmployer(db, { fees: { cardProduction: 450 } });
  await grant(db, await inventBeneficiary(db, employer, { card: 'none' }), '2026-11', 20, 800);
  const order = await draftFor(db, employer);
  const context = orderDay(db, '2026-12-05', [], 'separate');
  await confirmOrder(context, order.id, BY_HAND);
  expect((await invoicesOf(db, order)).map((row) => row.slice(1))).toEqual([
    [0, 'product', 16_000, 0, 0, 16_000, 'open'],
    [0, 'card', 0, 450, 95, 545, 'open'],
  ]);
  await cancelOrder(context, order.id, { by: 'ops', why: 'test' });
  expect((await invoicesOf(db, order)).map((row) => row.slice(1))).toEqual([
    [0, 'product', 16_000, 0, 0, 16_000, 'credited'],
    [0, 'card', 0, 450, 95, 545, 'credited'],
    [0, 'credit', -16_000, -450, -95, -16_545, 'credited'],
  ]);
  await runOrders(orderDay(db, '2026-12-05'));
  expect(await checkBooks(db)).toEqual([]);
});

test('a card shared by two employers is charged on the order confirmed first', async () => {
  const one = await inventEmployer(db, { fees: { cardProduction: 450 } });
  const two = await inventEmployer(db, { fees: { cardProduction: 450 } });
  const atOne = await inventBeneficiary(db, one, { card: 'none' });
  const atTwo = await inventBeneficiary(db, two, { of: atOne });
  await grant(db, atOne, '2026-11', 20, 800);
  await grant(db, atTwo, '2026-11', 10, 800);
  const { orders } = await runOrders(orderDay(db, '2026-12-05'));
  let [orderOne, orderTwo] = [one, two].map(
    (employer) => orders.find((each) => each.enterpriseNumber === employer) as OrderRow,
  );
  if (orderOne === undefined || orderTwo === undefined) throw new Error('two drafts');
  expect([orderOne.total, orderTwo.total]).toEqual([16_000 + 545, 8000 + 545]);
  await confirmOrder(orderDay(db, '2026-12-05'), orderTwo.id, BY_HAND);
  // A draft that only names the card does not take it away.
  await cancelOrder(orderDay(db, '2026-12-05'), orderOne.id, { by: 'ops', why: 'test' });
  expect(await cardsOf(db, atOne.nrn)).toEqual(['1 ordered']);
  const again = await draftFor(db, one);
  expect(again.total).toBe(16_000);
  await sql`insert into order_card select enterprise_number, ${again.id}::bigint, national_register_number, sequence, action,
    delivery_point, cost_center from order_card where order_id = ${orderOne.id}`.execute(db);
  await confirmOrder(orderDay(db, '2026-12-05'), again.id, BY_HAND);
  orderOne = again;
  expect([(await statusOf(db, orderOne))?.total, (await statusOf(db, orderTwo))?.total]).toEqual([16_000, 8545]);
  expect(await cardsOf(db, atOne.nrn)).toEqual(['1 ordered']);
  expect(await checkBooks(db)).toEqual([]);
  await cancelOrder(orderDay(db, '2026-12-05'), orderOne.id, { by: 'ops', why: 'test' });
  expect(await cardsOf(db, atOne.nrn)).toEqual(['1 ordered']);
  await cancelOrder(orderDay(db, '2026-12-05'), orderTwo.id, { by: 'ops', why: 'test' });
  expect(await cardsOf(db, atOne.nrn)).toEqual([]);
});

test('a card that another draft had ordered, and gave back, is on the draft confirmed next', async () => {
  const one = await inventEmployer(db, { fees: { cardProduction: 450 } });
  const two = await inventEmployer(db, { fees: { cardProduction: 450 } });
  const atOne = await inventBeneficiary(db, one, { card: 'none' });
  const atTwo = await inventBeneficiary(db, two, { of: atOne });
  await grant(db, atOne, '2026-11', 20, 800);
  const orderOne = await draftFor(db, one);
  await confirmOrder(orderDay(db, '2026-12-05'), orderOne.id, BY_HAND);
  await grant(db, atTwo, '2026-11', 10, 800);
  const orderTwo = await draftFor(db, two);
  expect(orderTwo.total).toBe(8000);
  await cancelOrder(orderDay(db, '2026-12-05'), orderOne.id, { by: 'ops', why: 'test' });
  await confirmOrder(orderDay(db, '2026-12-05'), orderTwo.id, BY_HAND);
  expect((await statusOf(db, orderTwo))?.total).toBe(8545);
  expect(await cardsOf(db, atOne.nrn)).toEqual(['1 ordered']);
});

test('renewal: the card is ordered beside the active one, charged and sent to its delivery point', async () => {
  const employer = await inventEmployer(db, { fees: { cardProduction: 450, cardDelivery: 300 } });
  const people = [
    await inventBeneficiary(db, employer, { deliveryPoint: 1 }),
    await inventBeneficiary(db, employer, { deliveryPoint: 1 }),
  ];
  for (const person of people) {
    await grant(db, person, '2026-11', 20, 800);
    await activateCard(db, person, '2027-01-31');
  }
  const order = await draftFor(db, employer);
  await confirmOrder(orderDay(db, '2026-12-05'), order.id, BY_HAND);
  // 2 × 4.50 + one shipment 3.00 = 12.00, VAT 2.52
  expect(await statusOf(db, order)).toMatchObject({ total: 32_000 + 1200 + 252 });
  expect(await cardsOf(db, people[0]?.nrn ?? '')).toEqual(['1 active', '2 ordered']);
});
