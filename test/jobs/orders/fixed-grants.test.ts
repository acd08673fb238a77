/** What orders of fixed quantities grant, and what becomes of it when they are cancelled or run again. */
import { sql } from 'kysely';
import { expect, test } from 'vitest';
import { cancelOrder } from '../../../src/jobs/orders/cancel-order.ts';
import { type NewOrder, newOrder } from '../../../src/jobs/orders/new-order.ts';
import { runOrders } from '../../../src/jobs/orders/run-orders.ts';
import { writeOffCarry } from '../../../src/jobs/orders/settle-carry.ts';
import { openTestDatabase } from '../../support/database.ts';
import { checkBooks } from '../../support/invariant.ts';
import {
  carried,
  deactivate,
  grant,
  type Invented,
  inventBeneficiary,
  inventEmployer,
  inventProducts,
  liveLines,
  orderDay,
  type StandingOrderOf,
} from '../../support/small-world.ts';

const { db } = await openTestDatabase();
await inventProducts(db);
const word = { by: 'ops', why: 'typing error' };
const lunch = { quantityFrom: 'fixed', quantity: 20, worked: 'this-month', from: '2026-12', dayOfMonth: 4 } as const;
const gift = { product: 'gift', quantityFrom: 'amount', worked: 'this-month', from: '2026-12' } as const;

/** An employer with these standing orders, and somebody with one child who has meal vouchers of 8.00 and gifts. */
async function world(standingOrders: readonly Partial<StandingOrderOf>[]) {
  const employer = await inventEmployer(db, { standingOrders });
  const person = await inventBeneficiary(db, employer, {
    children: 1,
    products: [
      { code: 'meal', faceValue: 800 },
      { code: 'gift', faceValue: null },
    ],
  });
  return { employer, person };
}

const byHand = (enterpriseNumber: string, productCode: string, more: Partial<NewOrder>): NewOrder => ({
  enterpriseNumber,
  productCode,
  reference: 'Extra',
  validityStart: '2026-12-15',
  quantity: null,
  faceValue: null,
  ...more,
});

/** Runs a day and tells what the new orders of the employer come to. */
async function run(employer: string, day: string): Promise<number[]> {
  const { orders } = await runOrders(orderDay(db, day));
  return orders.filter((order) => order.enterpriseNumber === employer).map((order) => order.total);
}

async function history(employer: string): Promise<unknown[][]> {
  const found = await sql<Record<string, unknown>>`
    select before, after, order_id, standing_order_id, changed_by, why from entitlement_change
     where enterprise_number = ${employer} and kind = 'fixed' order by id`.execute(db);
  return found.rows.map((row) => Object.values(row));
}

/** A signed row of payroll for December: so many vouchers of 8.00 more, or less. */
async function addSigned({ employer, id }: Invented, quantity: number): Promise<void> {
  await sql`
    with changed as (
      update entitlement set added_quantity = added_quantity + ${quantity}
       where enterprise_number = ${employer} and beneficiary_id = ${id} and period = '2026-12' and face_value = 800
      returning *
    )
    insert into entitlement_change (enterprise_number, beneficiary_id, product_code, period, face_value, before, after, kind)
    select enterprise_number, beneficiary_id, product_code, period, face_value, quantity - ${quantity}, quantity, 'signed'
      from changed`.execute(db);
}

async function granted(employer: string): Promise<number[]> {
  const found = await sql<{ quantity: number }>`
    select quantity from entitlement where enterprise_number = ${employer} order by beneficiary_id, face_value`.execute(
    db,
  );
  return found.rows.map(({ quantity }) => quantity);
}

async function liveSlotOrder(employer: string): Promise<number> {
  const found = await sql<{ id: number }>`
    select max(id) as id from voucher_order
     where enterprise_number = ${employer} and kind = 'recurring' and status <> 'cancelled'`.execute(db);
  return found.rows[0]?.id ?? 0;
}

test('an order by hand that is cancelled takes back what it granted: 50 typed, cancelled, and 5 are 5', async () => {
  const { employer, person } = await world([{ from: '2027-06' }]);
  const day = orderDay(db, '2026-12-09');
  const { id: wrong } = await newOrder(day, byHand(employer, 'meal', { quantity: 50 }));
  await cancelOrder(day, wrong, word);
  const { id: right } = await newOrder(day, byHand(employer, 'meal', { quantity: 5 }));
  expect(await liveLines(db, employer)).toEqual(['2026-12 manual #1: 2026-12 5×800']);
  expect(await history(employer)).toEqual([
    [0, 50, wrong, null, 'order new', null],
    [50, 0, wrong, null, 'ops', 'typing error'],
    [0, 5, right, null, 'order new', null],
  ]);
  expect(await checkBooks(db)).toEqual([]);

  // What payroll grants beside it stays, and a second order of the same value is taken back alone.
  await grant(db, person, '2026-12', 3, 800);
  const { id: more } = await newOrder(day, byHand(employer, 'meal', { quantity: 7 }));
  await cancelOrder(day, more, word);
  await newOrder(day, byHand(employer, 'meal', {}));
  expect(await liveLines(db, employer)).toEqual([
    '2026-12 manual #1: 2026-12 5×800',
    '2026-12 manual #1: 2026-12 3×800',
  ]);
  expect(await checkBooks(db)).toEqual([]);
});

test('a cancelled order leaves no carry of what it had granted, and other grants of the same value alone', async () => {
  const { employer } = await world([{ ...gift, from: '2027-06', quantity: 100 }]);
  const other = await inventBeneficiary(db, employer, { products: [{ code: 'gift', faceValue: null }] });
  const day = orderDay(db, '2026-12-09');
  const { id: first } = await newOrder(day, byHand(employer, 'gift', { quantity: 1, faceValue: 3000 }));
  // 30.00 + 40.00: 10.00 below the limit of a parent, 30.00 above that of somebody without children.
  const { id: second } = await newOrder(day, byHand(employer, 'gift', { quantity: 1, faceValue: 4000 }));
  expect(await carried(db, employer)).toEqual(['2026-12 1×4000 limit.yearly']);
  await cancelOrder(day, second, word);
  expect(await carried(db, employer)).toEqual([]);
  expect(await checkBooks(db)).toEqual([]);

  await newOrder(day, byHand(employer, 'gift', { quantity: 1, faceValue: 1000 }));
  await deactivate(db, other, 'status');
  const { id: third } = await newOrder(day, byHand(employer, 'gift', { quantity: 2, faceValue: 1000 }));
  expect(await liveLines(db, employer)).toHaveLength(5);
  await cancelOrder(day, first, word);
  await expect(newOrder(day, byHand(employer, 'gift', {}))).rejects.toThrow('nothing to order');
  await cancelOrder(day, third, word);
  expect(await liveLines(db, employer)).toEqual([
    '2026-12 manual #1: 2026-12 1×1000',
    '2026-12 manual #2: 2026-12 1×1000',
  ]);
  expect(await checkBooks(db)).toEqual([]);
});

test('a rest of an order by hand that was written off stays closed when the order is cancelled', async () => {
  const { employer } = await world([{ ...gift, from: '2027-06', quantity: 100 }]);
  await inventBeneficiary(db, employer, { products: [{ code: 'gift', faceValue: null }] });
  const day = orderDay(db, '2026-12-09');
  const { id: order } = await newOrder(day, byHand(employer, 'gift', { quantity: 1, faceValue: 5000 }));
  expect(await carried(db, employer)).toEqual(['2026-12 1×5000 limit.yearly']);
  const all = { enterpriseNumber: employer, productCode: null, nationalRegisterNumber: null, period: null };
  await writeOffCarry(day, all, ['limit.yearly'], word);
  await cancelOrder(day, order, word);
  expect(await granted(employer)).toEqual([0, 0]);
  expect(await checkBooks(db)).toEqual([]);
});

test('a standing order grants to those who got something of the month already: 10.00 by hand, then 40.00', async () => {
  const { employer } = await world([{ ...gift, quantity: 4000, dayOfMonth: 20 }]);
  await newOrder(orderDay(db, '2026-12-05'), byHand(employer, 'gift', { quantity: 1, faceValue: 1000 }));
  expect(await run(employer, '2026-12-20')).toEqual([4000]);
  expect(await run(employer, '2026-12-21')).toEqual([]);
  expect(await liveLines(db, employer)).toEqual([
    '2026-12 manual #1: 2026-12 1×1000',
    '2026-12 recurring #1: 2026-12 1×4000',
  ]);
  expect(await checkBooks(db)).toEqual([]);
});

test('two standing orders of one product and month both order, at one face value too', async () => {
  const { employer } = await world([
    { ...gift, id: 'saint-nicholas', quantity: 2000, dayOfMonth: 4 },
    { ...gift, id: 'christmas', quantity: 2000, dayOfMonth: 18 },
  ]);
  expect(await run(employer, '2026-12-04')).toEqual([2000]);
  expect(await run(employer, '2026-12-18')).toEqual([2000]);
  expect(await run(employer, '2026-12-19')).toEqual([]);
  expect(await history(employer)).toEqual([
    [0, 1, null, 'saint-nicholas', null, null],
    [1, 2, null, 'christmas', null, null],
  ]);
  expect(await checkBooks(db)).toEqual([]);
});

test('a slot that is cancelled and run again grants once, as its standing order says by then', async () => {
  const { employer } = await world([{ ...gift, quantity: 5000, dayOfMonth: 4 }]);
  const left = await inventBeneficiary(db, employer, { children: 1, products: [{ code: 'gift', faceValue: null }] });
  expect(await run(employer, '2026-12-04')).toEqual([10_000]);
  await cancelOrder(orderDay(db, '2026-12-05'), await liveSlotOrder(employer), word);
  await sql`update standing_order set quantity = 500 where enterprise_number = ${employer}`.execute(db);
  await deactivate(db, left, 'status');
  await inventBeneficiary(db, employer, { products: [{ code: 'gift', faceValue: null }] });
  expect(await run(employer, '2026-12-06')).toEqual([1000]);
  expect(await carried(db, employer)).toEqual([]);
  expect(await run(employer, '2026-12-07')).toEqual([]);
  expect(await checkBooks(db)).toEqual([]);
});

test('a slot of which nothing could be ordered grants nothing more when it is run again', async () => {
  const { employer } = await world([{ ...gift, quantity: 9000, dayOfMonth: 4 }]);
  for (const day of ['2026-12-04', '2026-12-05', '2026-12-06']) {
    expect(await run(employer, day)).toEqual([]);
    expect(await carried(db, employer)).toEqual(['2026-12 1×9000 limit.yearly']);
  }
  expect(await checkBooks(db)).toEqual([]);
});

test('a slot that is run again grants what does not count as given any more: 20 − 5 signed, cancelled, are 15 again', async () => {
  const { employer, person } = await world([lunch]);
  expect(await run(employer, '2026-12-04')).toEqual([20 * 800]);
  await addSigned(person, -5);
  expect(await granted(employer)).toEqual([20 - 5]);
  for (const day of ['2026-12-05', '2026-12-06']) {
    // 15 of the 20 can be taken back; 5 of them went with payroll's own word and count as given: 20 − 5 = 15 are granted anew.
    await cancelOrder(orderDay(db, day), await liveSlotOrder(employer), word);
    expect(await granted(employer)).toEqual([0]);
    expect(await run(employer, day)).toEqual([15 * 800]);
    expect(await granted(employer)).toEqual([15]);
  }
  await addSigned(person, 2);
  await cancelOrder(orderDay(db, '2026-12-07'), await liveSlotOrder(employer), word);
  // 20 − 5 + 2 = 17 are taken back; 20 − 17 = 3 count as given.
  expect(await granted(employer)).toEqual([0]);
  expect(await run(employer, '2026-12-07')).toEqual([17 * 800]);
  expect(await carried(db, employer)).toEqual([]);
  expect(await checkBooks(db)).toEqual([]);
});

test('a grant that another live order has ordered is not taken back: no debt of a gift that was given', async () => {
  const { employer } = await world([{ ...gift, from: '2027-06', quantity: 100 }]);
  await inventBeneficiary(db, employer, { products: [{ code: 'gift', faceValue: null }] });
  const day = orderDay(db, '2026-12-09');
  const { id: first } = await newOrder(day, byHand(employer, 'gift', { quantity: 1, faceValue: 3000 }));
  // Without children 30.00 + 40.00 > 40.00: the second order grants both people 40.00 and orders the parent's alone.
  const { id: second } = await newOrder(day, byHand(employer, 'gift', { quantity: 1, faceValue: 4000 }));
  expect(await carried(db, employer)).toEqual(['2026-12 1×4000 limit.yearly']);
  await cancelOrder(day, first, word);
  await newOrder(day, byHand(employer, 'gift', {}));
  await cancelOrder(day, second, word);
  // By person: 30.00 and 40.00 taken back from the parent; 30.00 from the other, whose 40.00 the third order has ordered.
  expect(await granted(employer)).toEqual([0, 0, 0, 1]);
  expect(await liveLines(db, employer)).toEqual(['2026-12 manual #1: 2026-12 1×4000']);
  await expect(newOrder(day, byHand(employer, 'gift', {}))).rejects.toThrow('nothing to order');
  expect(await carried(db, employer)).toEqual([]);
  expect(await checkBooks(db)).toEqual([]);
});

test('a slot that is cancelled leaves what another order has ordered of it, and grants only the rest again', async () => {
  const { employer, person } = await world([lunch]);
  expect(await run(employer, '2026-12-04')).toEqual([20 * 800]);
  await addSigned(person, 3);
  const { id: extra } = await newOrder(orderDay(db, '2026-12-05'), byHand(employer, 'meal', {}));
  await addSigned(person, -10);
  // 20 + 3 − 10 = 13, of which the order by hand has 3: 10 of the 20 are taken back, 10 count as given, 10 are granted again.
  await cancelOrder(orderDay(db, '2026-12-06'), await liveSlotOrder(employer), word);
  expect(await granted(employer)).toEqual([3]);
  expect(await run(employer, '2026-12-06')).toEqual([10 * 800]);
  await cancelOrder(orderDay(db, '2026-12-07'), extra, word);
  expect(await granted(employer)).toEqual([13]);
});
