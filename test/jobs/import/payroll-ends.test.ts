/** Ends of employment that payroll brings: they count for a person of whom nothing newer is known. */
import { sql } from 'kysely';
import { expect, test } from 'vitest';
import { openBookDesk } from '../../support/book-desk.ts';
import { portalRow } from '../../support/portal-rows.ts';

const { db, employer, people, payroll, record } = await openBookDesk(6_700_000);
const rows = (count: number) => Array.from({ length: count }, (_, index) => portalRow(index));
const ended = (person: number, end: string) => ({ person, period: '2026-11', quantity: 20, end });
const codes = (result: Awaited<ReturnType<typeof payroll>>) =>
  result.issues.map(({ row, column, code, severity }) => `${row} ${column} ${code} ${severity}`);

const granted = async (number: string): Promise<number> => {
  const found = await sql<{ quantity: number }>`
    select sum(quantity)::int as quantity from entitlement where enterprise_number = ${number}`.execute(db);
  return found.rows[0]?.quantity ?? 0;
};

test('an export older than what is known of a person ends nobody; its totals count all the same', async () => {
  const number = await employer();
  await people(number, rows(4), {}, { day: '2026-11-02' });
  // The first is said again as they are, the second with a change.
  const newer = [portalRow(0, { status: 'Actif' }), portalRow(1, { status: 'Actif', otherName: 'Autre' })];
  await people(number, newer, {}, { day: '2026-12-02' });
  const lines = [ended(0, '2026-11-30'), ended(1, '2026-11-30'), ended(2, '2026-11-30'), ended(3, '2027-01-31')];
  const result = await payroll(number, lines, { day: '2026-12-03', at: '2026-12-01T08:00:00Z' });
  expect(result.counts).toMatchObject({ created: 4, deactivated: 1 });
  expect(codes(result)).toEqual([
    '2 employmentEnd employment-end.stale warning',
    '3 employmentEnd employment-end.stale warning',
  ]);
  expect(await granted(number)).toBe(80);
  expect(await record(number, 0)).toMatchObject({ status: 'active', employment_end: null });
  expect(await record(number, 1)).toMatchObject({ status: 'active', employment_end: null });
  expect(await record(number, 2)).toMatchObject({ status: 'inactive', employment_end: '2026-11-30' });
  expect(await record(number, 3)).toMatchObject({ status: 'active', employment_end: '2027-01-31' });
});

test('an end that was taken is newer than the files of people before it', async () => {
  const number = await employer();
  await people(number, rows(1), {}, { day: '2026-11-02' });
  await payroll(number, [ended(0, '2026-11-30')], { day: '2026-12-03', at: '2026-12-01T08:00:00Z' });
  const late = await people(
    number,
    [portalRow(0, { status: 'Actif' })],
    {},
    { day: '2026-12-03', at: '2026-11-20T08:00:00Z' },
  );
  expect(late).toMatchObject({
    counts: { unchanged: 1 },
    issues: [{ row: 2, column: 'status', code: 'employment-end.stale' }],
  });
  expect(await record(number, 0)).toMatchObject({ status: 'inactive', status_reason: 'employment-ended' });
  const again = [portalRow(0, { status: 'Actif', otherName: 'Revenu' })];
  const back = await people(number, again, {}, { day: '2026-12-04' });
  expect(back.counts).toMatchObject({ reactivated: 1 });
});

test('a file of people dated at midnight loses nothing beside an export of eight o’clock but what it says of the end', async () => {
  const number = await employer();
  await people(number, rows(3), {}, { day: '2026-11-02' });
  const lines = [ended(0, '2026-11-30'), ended(1, '2027-01-31')];
  await payroll(number, lines, { day: '2026-12-05', at: '2026-12-05T08:00:00Z' });
  const midnight = { day: '2026-12-05', at: '2026-12-05T00:00:00Z' };
  const moved = { cardStreet: 'Rue Neuve', email: 'neuf@example.be' };
  const delta = [
    portalRow(0, { ...moved, status: 'Actif' }),
    portalRow(1, moved),
    portalRow(2, { ...moved, status: 'Actif' }),
  ];
  const result = await people(number, delta, {}, midnight);
  expect(result.counts).toMatchObject({ updated: 3, reactivated: 0, deactivated: 0 });
  expect(codes(result)).toEqual(['2 status employment-end.stale warning']);
  const address = { card_street: 'Rue Neuve', email: 'neuf@example.be' };
  expect(await record(number, 0)).toMatchObject({ ...address, status: 'inactive', employment_end: '2026-11-30' });
  expect(await record(number, 1)).toMatchObject({ ...address, status: 'active', employment_end: '2027-01-31' });
  expect(await record(number, 2)).toMatchObject({ ...address, status: 'active' });
  const full = await people(number, [portalRow(0, moved), portalRow(2, moved)], { scope: 'full' }, midnight);
  expect(full).toMatchObject({ status: 'applied', counts: { deactivated: 0 } });
  // That somebody left for another reason is no word on the end.
  const left = await people(number, [portalRow(1, { status: 'Inactif' })], {}, midnight);
  expect(left.counts).toMatchObject({ updated: 1, deactivated: 1 });
  await people(number, [portalRow(1, { status: 'Actif' })], {}, { day: '2026-12-06' });
  expect(await record(number, 1)).toMatchObject({ status: 'active', employment_end: '2027-01-31' });
});

test('an older export that says the end that is known is told nothing', async () => {
  const number = await employer();
  await people(number, rows(1), {}, { day: '2026-11-02' });
  await payroll(number, [ended(0, '2027-01-31')], { day: '2026-12-03' });
  await people(number, [portalRow(0, { otherName: 'Autre' })], {}, { day: '2026-12-04' });
  const again = await payroll(number, [{ ...ended(0, '2027-01-31'), period: '2026-10' }], {
    day: '2026-12-04',
    at: '2026-12-03T09:00:00Z',
  });
  expect(codes(again)).toEqual([]);
  expect(again.counts).toMatchObject({ created: 1, updated: 0 });
});
