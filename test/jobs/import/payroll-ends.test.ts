/** Ends of employment that payroll brings: they count for a person of whom nothing newer is known. */
import { sql } from 'kysely';
import { expect, test } from 'vitest';
import { PORTAL_FIELDS } from '../../../src/config/layout-fields.ts';
import { openBookDesk } from '../../support/book-desk.ts';
import { withEnds } from '../../support/people-with-ends.ts';
import { type PortalRow, portalRow } from '../../support/portal-rows.ts';

const { db, employer, give, people, payroll, record } = await openBookDesk(6_700_000, withEnds);
const rows = (count: number) => Array.from({ length: count }, (_, index) => portalRow(index));
const ended = (person: number, end: string) => ({ person, period: '2026-11', quantity: 20, end });
const codes = (result: Awaited<ReturnType<typeof payroll>>) =>
  result.issues.map(({ row, column, code, severity }) => `${row} ${column} ${code} ${severity}`);

/** A file of one person that has a column for the end. */
const said = (number: string, row: PortalRow, end: string, when: { day: string; at?: string }) => {
  const cells = portalRow(0, row);
  const lines = [
    [...PORTAL_FIELDS, 'employmentEnd'],
    [...PORTAL_FIELDS.map((field) => cells[field] ?? ''), end],
  ];
  const content = `${lines.map((line) => line.join(';')).join('\n')}\n`;
  return give(content, { layout: 'people-with-ends', set: { enterpriseNumber: number } }, when);
};

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

test('payroll’s newer end that has not come yet does not keep an older file of people from saying that somebody is there', async () => {
  const number = await employer();
  await people(number, rows(3), {}, { day: '2026-11-02' });
  await people(number, [portalRow(0, { status: 'Inactif' })], {}, { day: '2026-11-10' });
  await payroll(number, [ended(0, '2026-12-31')], { day: '2026-11-23' });
  const midnight = { day: '2026-11-23', at: '2026-11-23T00:00:00Z' };
  const back = await people(number, [portalRow(0, { status: 'Actif' })], {}, midnight);
  expect(codes(back)).toEqual([]);
  expect(back.counts).toMatchObject({ reactivated: 1 });
  expect(await record(number, 0)).toMatchObject({ status: 'active', employment_end: '2026-12-31' });
  // The last day is still one of the employment, the day after is not.
  const evening = { day: '2026-12-30', at: '2026-12-30T20:00:00Z' };
  for (const [person, day] of [
    [1, '2026-12-30'],
    [2, '2026-12-31'],
  ] as const) {
    await people(number, [portalRow(person, { status: 'Inactif' })], {}, { day: '2026-12-29' });
    await payroll(number, [ended(person, '2026-12-30')], evening);
    await people(number, [portalRow(person, { status: 'Actif' })], {}, { day, at: '2026-12-30T08:00:00Z' });
  }
  expect(await record(number, 1)).toMatchObject({ status: 'active', employment_end: '2026-12-30' });
  expect(await record(number, 2)).toMatchObject({ status: 'inactive', employment_end: '2026-12-30' });
});

test('an end that payroll repeats is newer than the files of people before the repetition, and changes nothing else', async () => {
  const number = await employer();
  await people(number, rows(1), {}, { day: '2026-10-02' });
  await payroll(number, [ended(0, '2026-10-31')], { day: '2026-11-02' });
  const before = await record(number, 0);
  const changes = async () => {
    const found = await sql<{ n: number }>`
      select count(*)::int as n from beneficiary_change where enterprise_number = ${number}`.execute(db);
    return found.rows[0]?.n;
  };
  const written = await changes();
  const repeated = await payroll(number, [ended(0, '2026-10-31'), { ...ended(0, '2026-10-31'), period: '2026-10' }], {
    day: '2026-11-23',
  });
  expect(repeated.counts).toMatchObject({ unchanged: 1, created: 1, updated: 0, deactivated: 0 });
  expect(await changes()).toBe(written);
  expect(await record(number, 0)).toEqual({ ...before, end_as_of: '2026-11-23T08:00:00Z' });
  // An older repetition takes nothing of that back.
  await payroll(number, [{ ...ended(0, '2026-10-31'), period: '2026-09' }], {
    day: '2026-11-24',
    at: '2026-11-15T08:00:00Z',
  });
  const late = await people(
    number,
    [portalRow(0, { status: 'Actif' })],
    {},
    { day: '2026-11-24', at: '2026-11-20T08:00:00Z' },
  );
  expect(codes(late)).toEqual(['2 status employment-end.stale warning']);
  expect(await record(number, 0)).toMatchObject({ status: 'inactive', employment_end: '2026-10-31' });
});

test('an end to come is not lost to a newer file of people that says nothing of the end', async () => {
  const number = await employer();
  await people(number, rows(2), {}, { day: '2026-11-02' });
  await people(number, [portalRow(0, { status: 'Actif', otherName: 'Autre' })], {}, { day: '2026-11-23' });
  const result = await payroll(number, [ended(0, '2026-12-31'), ended(1, '2026-12-31')], {
    day: '2026-11-23',
    at: '2026-11-20T08:00:00Z',
  });
  expect(codes(result)).toEqual([]);
  expect(await record(number, 0)).toMatchObject({ status: 'active', employment_end: '2026-12-31' });
  expect(await record(number, 1)).toMatchObject({ status: 'active', employment_end: '2026-12-31' });
});

test.each([
  ['a new person', false, { status: 'Actif' }, '2027-03-31', '2027-03-31'],
  ['a change', true, { otherName: 'Autre' }, '2027-03-31', '2027-03-31'],
  ['the same end again', true, { status: 'Actif' }, '2027-01-31', '2027-01-31'],
  ['that there is none', true, {}, '#CLEAR', null],
])('an end to come is refused where a newer file of people spoke of the end: %s', async (_, known, row, end, kept) => {
  const number = await employer();
  if (known) await said(number, {}, '2027-01-31', { day: '2026-11-02' });
  await said(number, row, end, { day: '2026-11-23' });
  const result = await payroll(number, [ended(0, '2026-12-31')], { day: '2026-11-23', at: '2026-11-20T08:00:00Z' });
  expect(codes(result)).toEqual(['2 employmentEnd employment-end.stale warning']);
  expect(await record(number, 0)).toMatchObject({ status: 'active', employment_end: kept });
});

test('a row that only brings an end says its total anew: an older file does not win over it', async () => {
  const number = await employer();
  await people(number, rows(1), {}, { day: '2026-11-02' });
  const total = (quantity: number, end?: string) => [
    { person: 0, period: '2026-11', quantity, ...(end === undefined ? {} : { end }) },
  ];
  await payroll(number, total(18), { day: '2026-12-03', at: '2026-12-01T08:00:00Z' });
  await payroll(number, total(18, '2026-11-30'), { day: '2026-12-04', at: '2026-12-04T08:00:00Z' });
  const late = await payroll(number, total(20), { day: '2026-12-05', at: '2026-12-02T08:00:00Z' });
  expect(late.issues).toMatchObject([{ code: 'row.stale' }]);
  expect(await granted(number)).toBe(18);
});
