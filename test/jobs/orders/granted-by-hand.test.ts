/** What orders by hand grant, and what becomes of it when they are cancelled. */

import { expect, test } from 'vitest';
import { cancelOrder } from '../../../src/jobs/orders/cancel-order.ts';
import { newOrder } from '../../../src/jobs/orders/new-order.ts';
import { writeOffCarry } from '../../../src/jobs/orders/settle-carry.ts';
import { openTestDatabase } from '../../support/database.ts';
import { byHand, gift, granted, history, word, world } from '../../support/fixed-grants.ts';
import { checkBooks } from '../../support/invariant.ts';
import {
  carried,
  deactivate,
  grant,
  inventBeneficiary,
  inventProducts,
  liveLines,
  orderDay,
} from '../../support/small-world.ts';

const { db } = await openTestDatabase();
await inventProducts(db);

test('an order by hand that is cancelled takes back what it granted: 50 typed, cancelled, and 5 are 5', async () => {
  const { employer, person } = await world(db, [{ from: '2027-06' }]);
  const day = orderDay(db, '2026-12-09');
  const { id: wrong } = await newOrder(day, byHand(employer, 'meal', { quantity: 50 }));
  await cancelOrder(day, wrong, word);
  const { id: right } = await newOrder(day, byHand(employer, 'meal', { quantity: 5 }));
  expect(await liveLines(db, employer)).toEqual(['2026-12 manual #1: 2026-12 5×800']);
  expect(await history(db, employer)).toEqual([
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
  const { employer } = await world(db, [{ ...gift, from: '2027-06', quantity: 100 }]);
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
  const { employer } = await world(db, [{ ...gift, from: '2027-06', quantity: 100 }]);
  await inventBeneficiary(db, employer, { products: [{ code: 'gift', faceValue: null }] });
  const day = orderDay(db, '2026-12-09');
  const { id: order } = await newOrder(day, byHand(employer, 'gift', { quantity: 1, faceValue: 5000 }));
  expect(await carried(db, employer)).toEqual(['2026-12 1×5000 limit.yearly']);
  const all = { enterpriseNumber: employer, productCode: null, nationalRegisterNumber: null, period: null };
  await writeOffCarry(day, all, ['limit.yearly'], word);
  await cancelOrder(day, order, word);
  expect(await granted(db, employer)).toEqual([0, 0]);
  expect(await checkBooks(db)).toEqual([]);
});

test('a grant that another live order has ordered is not taken back: no debt of a gift that was given', async () => {
  const { employer } = await world(db, [{ ...gift, from: '2027-06', quantity: 100 }]);
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
  expect(await granted(db, employer)).toEqual([0, 0, 0, 1]);
  expect(await liveLines(db, employer)).toEqual(['2026-12 manual #1: 2026-12 1×4000']);
  await expect(newOrder(day, byHand(employer, 'gift', {}))).rejects.toThrow('nothing to order');
  expect(await carried(db, employer)).toEqual([]);
  expect(await checkBooks(db)).toEqual([]);
});
