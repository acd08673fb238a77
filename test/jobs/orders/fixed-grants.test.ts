/** What orders of fixed quantities grant, and what becomes of it when they are cancelled or run again. */
import { sql } from 'kysely';
import { expect, test } from 'vitest';
import { cancelOrder } from '../../../src/jobs/orders/cancel-order.ts';
import { newOrder } from '../../../src/jobs/orders/new-order.ts';
import { openTestDatabase } from '../../support/database.ts';
import {
  addSigned,
  byHand,
  gift,
  granted,
  history,
  liveSlotOrder,
  lunch,
  run,
  word,
  world,
} from '../../support/fixed-grants.ts';
import { checkBooks } from '../../support/invariant.ts';
import {
  carried,
  deactivate,
  inventBeneficiary,
  inventProducts,
  liveLines,
  orderDay,
} from '../../support/small-world.ts';

const { db } = await openTestDatabase();
await inventProducts(db);

test('a standing order grants to those who got something of the month already: 10.00 by hand, then 40.00', async () => {
  const { employer } = await world(db, [{ ...gift, quantity: 4000, dayOfMonth: 20 }]);
  await newOrder(orderDay(db, '2026-12-05'), byHand(employer, 'gift', { quantity: 1, faceValue: 1000 }));
  expect(await run(db, employer, '2026-12-20')).toEqual([4000]);
  expect(await run(db, employer, '2026-12-21')).toEqual([]);
  expect(await liveLines(db, employer)).toEqual([
    '2026-12 manual #1: 2026-12 1×1000',
    '2026-12 recurring #1: 2026-12 1×4000',
  ]);
  expect(await checkBooks(db)).toEqual([]);
});

test('two standing orders of one product and month both order, at one face value too', async () => {
  const { employer } = await world(db, [
    { ...gift, id: 'saint-nicholas', quantity: 2000, dayOfMonth: 4 },
    { ...gift, id: 'christmas', quantity: 2000, dayOfMonth: 18 },
  ]);
  expect(await run(db, employer, '2026-12-04')).toEqual([2000]);
  expect(await run(db, employer, '2026-12-18')).toEqual([2000]);
  expect(await run(db, employer, '2026-12-19')).toEqual([]);
  expect(await history(db, employer)).toEqual([
    [0, 1, null, 'saint-nicholas', null, null],
    [1, 2, null, 'christmas', null, null],
  ]);
  expect(await checkBooks(db)).toEqual([]);
});

test('a slot that is cancelled and run again grants once, as its standing order says by then', async () => {
  const { employer } = await world(db, [{ ...gift, quantity: 5000, dayOfMonth: 4 }]);
  const left = await inventBeneficiary(db, employer, { children: 1, products: [{ code: 'gift', faceValue: null }] });
  expect(await run(db, employer, '2026-12-04')).toEqual([10_000]);
  await cancelOrder(orderDay(db, '2026-12-05'), await liveSlotOrder(db, employer), word);
  await sql`update standing_order set quantity = 500 where enterprise_number = ${employer}`.execute(db);
  await deactivate(db, left, 'status');
  await inventBeneficiary(db, employer, { products: [{ code: 'gift', faceValue: null }] });
  expect(await run(db, employer, '2026-12-06')).toEqual([1000]);
  expect(await carried(db, employer)).toEqual([]);
  expect(await run(db, employer, '2026-12-07')).toEqual([]);
  expect(await checkBooks(db)).toEqual([]);
});

test('a slot of which nothing could be ordered grants nothing more when it is run again', async () => {
  const { employer } = await world(db, [{ ...gift, quantity: 9000, dayOfMonth: 4 }]);
  for (const day of ['2026-12-04', '2026-12-05', '2026-12-06']) {
    expect(await run(db, employer, day)).toEqual([]);
    expect(await carried(db, employer)).toEqual(['2026-12 1×9000 limit.yearly']);
  }
  expect(await checkBooks(db)).toEqual([]);
});

test('a slot that is run again grants what does not count as given any more: 20 − 5 signed, cancelled, are 15 again', async () => {
  const { employer, person } = await world(db, [lunch]);
  expect(await run(db, employer, '2026-12-04')).toEqual([20 * 800]);
  await addSigned(db, person, -5);
  expect(await granted(db, employer)).toEqual([20 - 5]);
  for (const day of ['2026-12-05', '2026-12-06']) {
    // 15 of the 20 can be taken back; 5 of them went with payroll's own word and count as given: 20 − 5 = 15 are granted anew.
    await cancelOrder(orderDay(db, day), await liveSlotOrder(db, employer), word);
    expect(await granted(db, employer)).toEqual([0]);
    expect(await run(db, employer, day)).toEqual([15 * 800]);
    expect(await granted(db, employer)).toEqual([15]);
  }
  await addSigned(db, person, 2);
  await cancelOrder(orderDay(db, '2026-12-07'), await liveSlotOrder(db, employer), word);
  // 20 − 5 + 2 = 17 are taken back; 20 − 17 = 3 count as given.
  expect(await granted(db, employer)).toEqual([0]);
  expect(await run(db, employer, '2026-12-07')).toEqual([17 * 800]);
  expect(await carried(db, employer)).toEqual([]);
  expect(await checkBooks(db)).toEqual([]);
});

test('a slot that is cancelled leaves what another order has ordered of it, and grants only the rest again', async () => {
  const { employer, person } = await world(db, [lunch]);
  expect(await run(db, employer, '2026-12-04')).toEqual([20 * 800]);
  await addSigned(db, person, 3);
  const { id: extra } = await newOrder(orderDay(db, '2026-12-05'), byHand(employer, 'meal', {}));
  await addSigned(db, person, -10);
  // 20 + 3 − 10 = 13, of which the order by hand has 3: 10 of the 20 are taken back, 10 count as given, 10 are granted again.
  await cancelOrder(orderDay(db, '2026-12-06'), await liveSlotOrder(db, employer), word);
  expect(await granted(db, employer)).toEqual([3]);
  expect(await run(db, employer, '2026-12-06')).toEqual([10 * 800]);
  await cancelOrder(orderDay(db, '2026-12-07'), extra, word);
  expect(await granted(db, employer)).toEqual([13]);
});
