/** Books that were worked out by hand, to the cent: what each order, invoice and carry must say. */
import { sql } from 'kysely';
import { expect, test } from 'vitest';
import { openBookDesk } from '../../support/book-desk.ts';
import { goldenEmployer } from '../../support/golden-employer.ts';
import { checkBooks } from '../../support/invariant.ts';
import { inventPerson } from '../../support/people.ts';
import { portalRow } from '../../support/portal-rows.ts';
import { carried, liveLines } from '../../support/small-world.ts';

const desk = await openBookDesk(7_100_000);
const { db } = desk;

test('20 × 8.00 = 160.00, 3 % = 4.80, 21 % of 4.80 = 1.008 → 1.01: 160.00 + 4.80 + 1.01 = 165.81', async () => {
  const employer = await goldenEmployer(desk, '3', [{ person: 100, value: '8,00' }]);
  await desk.payroll(employer, [{ person: 100, period: '2026-11', quantity: 20 }], { day: '2026-12-02' });
  await desk.runAndConfirm(employer, '2026-12-05');
  expect(await desk.invoices(employer)).toEqual(['1 16000 480 101 16581']);
  expect(await checkBooks(db)).toEqual([]);
});

test('three cost centers: 3 % of 0.50 = 0.015 → 0.02 three times is 0.06, where 3 % of 1.50 = 0.045 would be 0.05', async () => {
  const people = [1, 2, 3].map((center) => ({ person: 110 + center, value: '0,50', center }));
  const employer = await goldenEmployer(desk, '3', people);
  const lines = people.map(({ person }) => ({ person, period: '2026-11', quantity: 1 }));
  await desk.payroll(employer, lines, { day: '2026-12-02' });
  await desk.runAndConfirm(employer, '2026-12-05');
  // 21 % of 0.02 = 0.0042 → 0.00
  expect(await desk.invoices(employer)).toEqual(['1 50 2 0 52', '2 50 2 0 52', '3 50 2 0 52']);
  const totals = await sql<object>`
    select fee_total, total from voucher_order where enterprise_number = ${employer}`.execute(db);
  expect(totals.rows).toEqual([{ fee_total: 6, total: 156 }]);
  expect(await checkBooks(db)).toEqual([]);
});

test('1.15 % of 30.00 = 0.345 → 0.35, VAT 0.0735 → 0.07', async () => {
  const employer = await goldenEmployer(desk, '1.15', [{ person: 120, value: '6,00' }]);
  await desk.payroll(employer, [{ person: 120, period: '2026-11', quantity: 5 }], { day: '2026-12-02' });
  await desk.runAndConfirm(employer, '2026-12-05');
  expect(await desk.invoices(employer)).toEqual(['1 3000 35 7 3042']);
});

test('−10 × 6.00 + 7 × 10.00 = 10.00: one order, two signed lines, one invoice of 10.00', async () => {
  const employer = await goldenEmployer(desk, '0', [{ person: 130, value: '6,00' }]);
  const line = (period: string, quantity: number, value: number) => ({ person: 130, period, quantity, value });
  await desk.payroll(employer, [line('2026-10', 10, 600)], { day: '2026-11-02' });
  await desk.runAndConfirm(employer, '2026-11-05');
  await desk.payroll(employer, [line('2026-10', 0, 600), line('2026-11', 7, 1000)], { day: '2026-12-02' });
  await desk.runAndConfirm(employer, '2026-12-05');
  expect(await liveLines(db, employer)).toEqual([
    '2026-10 recurring #1: 2026-10 10×600',
    '2026-11 recurring #1: 2026-10 -10×600',
    '2026-11 recurring #1: 2026-11 7×1000',
  ]);
  expect(await desk.invoices(employer)).toEqual(['1 6000 0 0 6000', '1 1000 0 0 1000']);
  expect(await carried(db, employer)).toEqual([]);
});

test('the 31st in February is the 28th: nothing on the 27th, the order of January on the 28th', async () => {
  const employer = await goldenEmployer(desk, '3', [{ person: 140, value: '8,00' }], {
    dayOfMonth: 31,
    from: '2027-01',
  });
  await desk.payroll(employer, [{ person: 140, period: '2027-01', quantity: 20 }], { day: '2027-02-03' });
  await desk.run('2027-02-27');
  expect(await liveLines(db, employer)).toEqual([]);
  await desk.run('2027-02-28');
  expect(await liveLines(db, employer)).toEqual(['2027-01 recurring #1: 2027-01 20×800']);
});

test.each([
  ['previous-working-day', '2026-12-23', '2026-12-24'],
  ['next-working-day', '2026-12-27', '2026-12-28'],
])('25 December, a Friday in 2026, moves to the %s; the month worked stays November', async (shift, before, on) => {
  const employer = await goldenEmployer(desk, '3', [{ person: 150, value: '8,00' }], {
    dayOfMonth: 25,
    shift,
    from: '2026-11',
  });
  await desk.payroll(employer, [{ person: 150, period: '2026-11', quantity: 20 }], { day: '2026-12-02' });
  await desk.run(before);
  expect(await liveLines(db, employer)).toEqual([]);
  await desk.run(on);
  expect(await liveLines(db, employer)).toEqual(['2026-11 recurring #1: 2026-11 20×800']);
});

test('a January file with 10.00 and the December payroll without a value: December is granted at 8.00, January at 10.00', async () => {
  const employer = await goldenEmployer(desk, '3', [{ person: 160, value: '8,00' }]);
  await desk.people(employer, [portalRow(160, { mealFaceValue: '10,00' })], {}, { day: '2026-01-07' });
  const line = (period: string, quantity: number) => ({ person: 160, period, quantity });
  const december = await desk.payroll(employer, [line('2025-12', 18)], { day: '2026-01-08' });
  expect(december).toMatchObject({ status: 'applied', issues: [] });
  await desk.payroll(employer, [line('2026-01', 20)], { day: '2026-02-03' });
  await desk.runAndConfirm(employer, '2026-02-05');
  // 18 × 8.00 = 144.00, 3 % = 4.32, VAT 0.9072 → 0.91; 20 × 10.00 = 200.00, 3 % = 6.00, VAT 1.26
  expect(await desk.invoices(employer)).toEqual(['1 14400 432 91 14923', '1 20000 600 126 20726']);
  const above = await desk.payroll(employer, [{ ...line('2025-12', 18), value: 1000 }], { day: '2026-02-06' });
  expect(above.issues).toMatchObject([{ code: 'limit.exceeded' }]);
});

/** One line of value, quantity and total for January 2026. */
async function january(employer: string, person: number, counts: string, day: string) {
  const { nationalRegisterNumber } = inventPerson(person);
  return desk.give(
    `Name;NISS;Value;Quantity;Total\nX;${nationalRegisterNumber};${counts}\n`,
    { layout: 'payroll-odoo-meal-vouchers', set: { enterpriseNumber: employer } },
    { day, name: '2026_01_MealVoucher.csv' },
  );
}

test('a rise to 9.00 is a rise, though 15 × 8.00 − 5 × 6.00 = 90.00 would explain 10 × 9.00 as well', async () => {
  const employer = await goldenEmployer(desk, '3', [{ person: 190, value: '6,00' }]);
  await desk.people(employer, [portalRow(190, { mealFaceValue: '8,00' })], {}, { day: '2026-01-07' });
  await desk.payroll(employer, [{ person: 190, period: '2025-12', quantity: 20 }], { day: '2026-01-08' });
  await desk.runAndConfirm(employer, '2026-01-10');
  const told = await january(employer, 190, '9,00;10;90,00', '2026-02-02');
  expect(told).toMatchObject({ status: 'applied', issues: [{ code: 'face-value.changed', severity: 'warning' }] });
  await desk.runAndConfirm(employer, '2026-02-05');
  expect(await liveLines(db, employer)).toEqual([
    '2025-12 recurring #1: 2025-12 20×600',
    '2026-01 recurring #1: 2026-01 10×900',
  ]);
  // 120.00, 3 % = 3.60, VAT 0.756 → 0.76; 90.00, 3 % = 2.70, VAT 0.567 → 0.57
  expect(await desk.invoices(employer)).toEqual(['1 12000 360 76 12436', '1 9000 270 57 9327']);
  expect(await checkBooks(db)).toEqual([]);
});

test('18 vouchers that print 10.22: the order of January gives 2 × 8.00 back and adds 20 × 10.00 = 184.00', async () => {
  const employer = await goldenEmployer(desk, '3', [{ person: 170, value: '8,00' }]);
  await desk.people(employer, [portalRow(170, { mealFaceValue: '10,00' })], {}, { day: '2026-01-07' });
  await desk.payroll(employer, [{ person: 170, period: '2025-12', quantity: 20 }], { day: '2026-01-08' });
  await desk.runAndConfirm(employer, '2026-01-10');
  await january(employer, 170, '10,22;18;184,00', '2026-02-02');
  await desk.runAndConfirm(employer, '2026-02-05');
  // Corrected: 20 × 10.00 − 3 × 8.00 = 176.00 over 17 prints 10.35; one voucher of 8.00 more to give back.
  await january(employer, 170, '10,35;17;176,00', '2026-02-09');
  await desk.payroll(employer, [{ person: 170, period: '2026-02', quantity: 10, value: 1000 }], { day: '2026-03-02' });
  await desk.runAndConfirm(employer, '2026-03-05');
  expect(await liveLines(db, employer)).toEqual([
    '2025-12 recurring #1: 2025-12 20×800',
    '2026-01 recurring #1: 2025-12 -2×800',
    '2026-01 recurring #1: 2026-01 20×1000',
    '2026-02 recurring #1: 2025-12 -1×800',
    '2026-02 recurring #1: 2026-02 10×1000',
  ]);
  // 160.00; 184.00, 3 % = 5.52, VAT 1.1592 → 1.16; −8.00 + 100.00 = 92.00, 3 % = 2.76, VAT 0.5796 → 0.58
  expect(await desk.invoices(employer)).toEqual([
    '1 16000 480 101 16581',
    '1 18400 552 116 19068',
    '1 9200 276 58 9534',
  ]);
  expect(await checkBooks(db)).toEqual([]);
});
