/** Write-offs that were worked out by hand: what they settled stays settled, and nothing else is lost. */
import { sql } from 'kysely';
import { expect, test } from 'vitest';
import { cancelOrder } from '../../../src/jobs/orders/cancel-order.ts';
import { confirmOrder } from '../../../src/jobs/orders/confirm-orders.ts';
import { newOrder } from '../../../src/jobs/orders/new-order.ts';
import { writeOffCarry } from '../../../src/jobs/orders/settle-carry.ts';
import { openBookDesk } from '../../support/book-desk.ts';
import { goldenEmployer } from '../../support/golden-employer.ts';
import { checkBooks } from '../../support/invariant.ts';
import { portalRow } from '../../support/portal-rows.ts';
import { carried } from '../../support/small-world.ts';

const desk = await openBookDesk(7_150_000);
const { db } = desk;

test('a write-off ends with the total it settled: the same total again keeps it, another total is open in full', async () => {
  const employer = await goldenEmployer(desk, '3', [
    { person: 180, value: '8,00' },
    { person: 181, value: '8,00' },
  ]);
  const sent = async (quantity: number, day: string) => {
    const lines = [
      { person: 180, period: '2026-11', quantity },
      { person: 181, period: '2026-11', quantity: 20 },
    ];
    expect(await desk.payroll(employer, lines, { day })).toMatchObject({ counts: { rejected: 0 } });
  };
  await sent(10, '2026-12-02');
  await desk.people(employer, [portalRow(180, { status: 'Inactif' })], {}, { day: '2026-12-03' });
  await desk.runAndConfirm(employer, '2026-12-05');
  expect(await carried(db, employer)).toEqual(['2026-11 10×800 leaver.unordered']);
  const all = { enterpriseNumber: employer, productCode: null, nationalRegisterNumber: null, period: null };
  await writeOffCarry(desk.context('2026-12-06'), all, ['leaver.unordered'], { by: 'ops', why: 'paid with the wage' });
  await desk.payroll(employer, [{ person: 180, period: '2026-11', quantity: 10, value: 800 }], { day: '2026-12-07' });
  await desk.run('2026-12-08');
  expect(await carried(db, employer)).toEqual([]);
  await sent(0, '2026-12-09');
  await desk.run('2026-12-10');
  // Without the write-off nothing was ordered and nothing is granted: nobody owes anything.
  expect(await carried(db, employer)).toEqual([]);
  await sent(12, '2026-12-11');
  await desk.run('2026-12-12');
  expect(await carried(db, employer)).toEqual(['2026-11 12×800 leaver.unordered']);
  expect(await checkBooks(db)).toEqual([]);
});

test('a grant by hand that was written off and then cancelled does not come back with payroll: 18 stay 18, not 18 + 5', async () => {
  const [stays, leaves] = [180, 181];
  const employer = await goldenEmployer(desk, '0', [
    { person: stays, value: '8,00' },
    { person: leaves, value: '8,00' },
  ]);
  const [day, word] = [desk.context('2026-12-09'), { by: 'ops', why: 'agreed' }];
  const order = { enterpriseNumber: employer, productCode: 'meal', reference: 'Extra', validityStart: '2026-12-15' };
  const { id } = await newOrder(day, { ...order, quantity: 5, faceValue: null });
  await desk.people(employer, [portalRow(leaves, { status: 'Inactif', costCenter: '1' })], {}, { day: '2026-12-10' });
  await confirmOrder(day, id, { by: 'ops', acknowledge: 'all' });
  expect(await carried(db, employer)).toEqual(['2026-12 5×800 leaver.unordered']);
  const all = { enterpriseNumber: employer, productCode: null, nationalRegisterNumber: null, period: null };
  await writeOffCarry(day, all, ['leaver.unordered'], word);
  await cancelOrder(day, id, word);
  const history = await sql<{ line: string }>`
    select concat_ws(' ', before, after, kind) as line from entitlement_change c
      join beneficiary b on b.enterprise_number = c.enterprise_number and b.id = c.beneficiary_id
     where c.enterprise_number = ${employer} and b.status = 'inactive' order by c.id`.execute(db);
  // The write-off makes place for the grant that goes: 0 + 5 − 5 = 0, and of either nothing is left to bring back.
  expect(history.rows.map(({ line }) => line)).toEqual([
    '0 5 fixed',
    '5 0 written-off',
    '0 5 written-off',
    '5 0 fixed',
  ]);
  const december = [stays, leaves].map((person) => ({ person, period: '2026-12', quantity: 18 }));
  await desk.payroll(employer, december, { day: '2026-12-30' });
  const granted = await sql<{ quantity: number }>`
    select quantity from entitlement where enterprise_number = ${employer}`.execute(db);
  expect(granted.rows).toEqual([{ quantity: 18 }, { quantity: 18 }]);
  await desk.run('2027-01-05');
  expect(await carried(db, employer)).toEqual(['2026-12 18×800 leaver.unordered']);
  expect(await checkBooks(db)).toEqual([]);
});

test('a rest of a slot that was written off and then cancelled does not come back with payroll: 5 stay 5, not 20 + 5', async () => {
  const people = [182, 183];
  const employer = await goldenEmployer(
    desk,
    '0',
    people.map((person) => ({ person, value: '8,00' })),
    { worked: 'this-month', from: '2026-12', dayOfMonth: 4, quantity: { fixed: 20 }, late: 'carry' },
  );
  const [day, word] = [desk.context('2026-12-06'), { by: 'ops', why: 'agreed' }];
  const [made] = (await desk.run('2026-12-04')).orders.filter((each) => each.enterpriseNumber === employer);
  const order = made?.id ?? 0;
  await desk.people(employer, [portalRow(183, { status: 'Inactif', costCenter: '1' })], {}, { day: '2026-12-05' });
  await confirmOrder(day, order, { by: 'ops', acknowledge: 'all' });
  expect(await carried(db, employer)).toEqual(['2026-12 20×800 leaver.unordered']);
  const all = { enterpriseNumber: employer, productCode: null, nationalRegisterNumber: null, period: null };
  await writeOffCarry(day, all, ['leaver.unordered'], word);
  await cancelOrder(day, order, word);
  const granted = async () => {
    const found = await sql<{ quantity: number }>`
      select quantity from entitlement where enterprise_number = ${employer} order by beneficiary_id`.execute(db);
    return found.rows.map(({ quantity }) => quantity);
  };
  expect(await granted()).toEqual([0, 0]);
  // 20 − 20 of the grant and + 20 of its write-off count as given: the slot grants them to nobody again, also not who is back.
  await desk.people(employer, [portalRow(183, { status: 'Actif', costCenter: '1' })], {}, { day: '2026-12-07' });
  await desk.run('2026-12-07');
  expect(await granted()).toEqual([20, 0]);
  for (const quantity of [0, 5]) {
    const line = { person: 183, period: '2026-12', quantity, value: 800 };
    await desk.payroll(employer, [line], { day: `2026-12-${10 + quantity}` });
  }
  expect(await granted()).toEqual([20, 5]);
  await desk.run('2026-12-20');
  expect(await checkBooks(db)).toEqual([]);
});
