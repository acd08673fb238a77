/** Carry that a person settles: ordered for a leaver, or written off with who and why. */
import { sql } from 'kysely';
import { expect, test } from 'vitest';
import { cancelOrder } from '../../../src/jobs/orders/cancel-order.ts';
import { confirmOrder } from '../../../src/jobs/orders/confirm-orders.ts';
import { runOrders } from '../../../src/jobs/orders/run-orders.ts';
import { orderRestsOfLeavers, writeOffCarry } from '../../../src/jobs/orders/settle-carry.ts';
import { readCarry } from '../../../src/load/orders/carry.ts';
import { openTestDatabase } from '../../support/database.ts';
import { checkBooks } from '../../support/invariant.ts';
import {
  activateCard,
  carried,
  deactivate,
  grant,
  inventBeneficiary,
  inventEmployer,
  inventProducts,
  liveLines,
  type Noted,
  orderDay,
} from '../../support/small-world.ts';

const { db } = await openTestDatabase();
await inventProducts(db);
const word = { by: 'ops', why: 'agreed with the employer' };

const all = (enterpriseNumber: string) => ({
  enterpriseNumber,
  productCode: null,
  nationalRegisterNumber: null,
  period: null,
});

/** Somebody who left by status with 20 × 8.00 to go, somebody who stays, and the run of November. */
async function leaverOf(card: 'active' | 'none' = 'active') {
  const employer = await inventEmployer(db, { standingOrders: [{ from: '2026-10' }] });
  const gone = await inventBeneficiary(db, employer, { card });
  const stays = await inventBeneficiary(db, employer);
  for (const person of [gone, stays]) await grant(db, person, '2026-11', 20, 800);
  await deactivate(db, gone, 'status');
  await runOrders(orderDay(db, '2026-12-05'));
  expect(await carried(db, employer)).toEqual(['2026-11 20×800 leaver.unordered']);
  return { employer, gone, stays };
}

test('what a leaver still earned is ordered as a draft, survives its confirmation, and leaves no carry', async () => {
  const { employer } = await leaverOf();
  const noted: Noted[] = [];
  const day = orderDay(db, '2026-12-09', noted);
  const { orderId, left } = await orderRestsOfLeavers(day, { ...all(employer), reference: 'Solde' }, word);
  expect(left).toBe(0);
  expect(noted).toMatchObject([{ event: 'order.created', facts: { orderId, kind: 'manual', totalCents: 16_000 } }]);
  expect(await liveLines(db, employer)).toEqual([
    '2026-11 recurring #2: 2026-11 20×800',
    '2026-11 manual #1: 2026-11 20×800',
  ]);
  expect(await carried(db, employer)).toEqual([]);
  expect(await checkBooks(db)).toEqual([]);
  const said =
    await sql`select kind, reference, ordered_by as by, ordered_why as why from voucher_order where id = ${orderId}`;
  expect((await said.execute(db)).rows).toEqual([{ kind: 'manual', reference: 'Solde', ...word }]);
  expect((await runOrders(day)).orders).toEqual([]);
  await confirmOrder(day, orderId, { by: 'ops', acknowledge: [] });
  expect(await liveLines(db, employer)).toHaveLength(2);
  expect(await checkBooks(db)).toEqual([]);
  await expect(orderRestsOfLeavers(day, { ...all(employer), reference: 'x' }, word)).rejects.toThrow('Nothing is left');
});

test('without a card a leaver gets no line, and is carried as that', async () => {
  const { employer, gone } = await leaverOf('none');
  const day = orderDay(db, '2026-12-09');
  const chosen = { ...all(employer), reference: 'x' };
  await expect(orderRestsOfLeavers(day, chosen, word)).rejects.toThrow('without a valid card');
  expect(await carried(db, employer)).toEqual(['2026-11 20×800 leaver.unordered']);
  const other = await inventBeneficiary(db, employer);
  await grant(db, other, '2026-11', 5, 800);
  await deactivate(db, other, 'absent');
  expect(await orderRestsOfLeavers(day, chosen, word)).toMatchObject({ left: 1 });
  expect(await carried(db, employer)).toEqual(['2026-11 20×800 no-card']);
  expect(await checkBooks(db)).toEqual([]);
  await activateCard(db, gone, '2030-01-01');
});

test('only the chosen person, month and product; several products are not mixed', async () => {
  const employer = await inventEmployer(db, { standingOrders: [{ from: '2026-10' }, { id: 'eco', product: 'eco' }] });
  const [one, two] = [await inventBeneficiary(db, employer), await inventBeneficiary(db, employer)];
  for (const person of [one, two]) {
    await grant(db, person, '2026-10', 3, 800);
    await grant(db, person, '2026-11', 4, 800);
    await grant(db, person, '2026-11', 1, 5000, 'eco');
    await deactivate(db, person, 'status');
  }
  await runOrders(orderDay(db, '2026-12-05'));
  const day = orderDay(db, '2026-12-09');
  const reference = 'x';
  await expect(orderRestsOfLeavers(day, { ...all(employer), reference }, word)).rejects.toThrow('--product: eco, meal');
  await orderRestsOfLeavers(
    day,
    { ...all(employer), productCode: 'meal', nationalRegisterNumber: two.nrn, period: '2026-10', reference },
    word,
  );
  expect(await liveLines(db, employer)).toEqual(['2026-10 manual #1: 2026-10 3×800']);
  expect(await carried(db, employer)).toHaveLength(5);
  expect(await checkBooks(db)).toEqual([]);
});

test('cancelled, what a leaver earned is open again and is carried by the next run', async () => {
  const { employer } = await leaverOf();
  const { orderId } = await orderRestsOfLeavers(orderDay(db, '2026-12-09'), { ...all(employer), reference: 'x' }, word);
  await cancelOrder(orderDay(db, '2026-12-09'), orderId, word);
  await runOrders(orderDay(db, '2026-12-10'));
  expect(await carried(db, employer)).toEqual(['2026-11 20×800 leaver.unordered']);
  expect(await checkBooks(db)).toEqual([]);
});

test('a rest that is written off is closed, with who and why; what payroll changes later is open in full', async () => {
  const { employer, gone } = await leaverOf();
  const day = orderDay(db, '2026-12-09');
  const closed = await writeOffCarry(day, all(employer), ['leaver.unordered'], word);
  expect(closed).toEqual([
    {
      beneficiaryId: gone.id,
      productCode: 'meal',
      period: '2026-11',
      faceValue: 800,
      quantity: 20,
      reason: 'leaver.unordered',
    },
  ]);
  const history = await sql<object>`
    select before, after, kind, changed_by, why from entitlement_change where enterprise_number = ${employer}`.execute(
    db,
  );
  expect(history.rows).toEqual([{ before: 20, after: 0, kind: 'written-off', changed_by: word.by, why: word.why }]);
  expect(await carried(db, employer)).toEqual([]);
  expect(await checkBooks(db)).toEqual([]);
  await runOrders(orderDay(db, '2026-12-10'));
  expect(await carried(db, employer)).toEqual([]);
  expect(await liveLines(db, employer)).toHaveLength(1);
  await expect(writeOffCarry(day, all(employer), ['leaver.unordered'], word)).rejects.toThrow('no such rest');
});

test('what a leaver owes is written off, and what no run has looked at yet stays open', async () => {
  const employer = await inventEmployer(db, { standingOrders: [{ from: '2026-10' }] });
  const [owing, stays] = [await inventBeneficiary(db, employer), await inventBeneficiary(db, employer)];
  for (const person of [owing, stays]) await grant(db, person, '2026-10', 10, 800);
  await runOrders(orderDay(db, '2026-11-05'));
  await grant(db, owing, '2026-10', 7, 800);
  await grant(db, stays, '2026-11', 9, 800);
  await deactivate(db, owing, 'employment-ended', '2026-10-31');
  await runOrders(orderDay(db, '2026-12-05'));
  expect(await carried(db, employer)).toEqual(['2026-10 -3×800 leaver.residue']);
  await grant(db, owing, '2026-10', 6, 800);
  await writeOffCarry(orderDay(db, '2026-12-06'), all(employer), ['leaver.residue'], word);
  const open = (await readCarry(db, employer)).map(({ quantity, reason }) => ({ quantity, reason }));
  expect(open).toEqual([{ quantity: -1, reason: 'not-yet-run' }]);
});

test('a write-off closes only what is still open: counts that came after the last run are not granted twice', async () => {
  const employer = await inventEmployer(db, { standingOrders: [{ from: '2026-10' }] });
  const [owing, partly, turned] = [
    await inventBeneficiary(db, employer),
    await inventBeneficiary(db, employer),
    await inventBeneficiary(db, employer),
  ];
  const everybody = [owing, partly, turned];
  for (const person of everybody) await grant(db, person, '2026-10', 10, 800);
  await runOrders(orderDay(db, '2026-11-05'));
  for (const person of everybody) await grant(db, person, '2026-10', 7, 800);
  for (const person of everybody) await deactivate(db, person, 'employment-ended', '2026-10-31');
  await runOrders(orderDay(db, '2026-11-06'));
  expect(await carried(db, employer)).toEqual(Array.from(everybody, () => '2026-10 -3×800 leaver.residue'));
  const granted = async (of: { readonly id: number }) =>
    (await sql<{ quantity: number }>`select quantity from entitlement where beneficiary_id = ${of.id}`.execute(db))
      .rows[0]?.quantity;
  const writeOff = (nationalRegisterNumber: string | null) =>
    writeOffCarry(orderDay(db, '2026-11-07'), { ...all(employer), nationalRegisterNumber }, ['leaver.residue'], word);

  await grant(db, owing, '2026-10', 10, 800);
  await grant(db, partly, '2026-10', 9, 800);
  await grant(db, turned, '2026-10', 12, 800);
  await expect(writeOff(owing.nrn)).rejects.toThrow('Nothing of this is open any more; the next run');
  await expect(writeOff(turned.nrn)).rejects.toThrow('navette run orders');
  expect((await writeOff(null)).map(({ beneficiaryId, quantity }) => [beneficiaryId, quantity])).toEqual([
    [partly.id, -1],
  ]);
  expect([await granted(owing), await granted(partly), await granted(turned)]).toEqual([10, 10, 12]);
  await runOrders(orderDay(db, '2026-11-08'));
  expect(await checkBooks(db)).toEqual([]);
});
