/** Faults 37 to 44: snapshots that are not what they say they are, and people whom a file gets wrong. */
import { sql } from 'kysely';
import { describe, expect, test } from 'vitest';
import { approvePlan } from '../../../src/jobs/import/decide-held-plan.ts';
import { listHeldPlans } from '../../../src/load/files/held-plans.ts';
import { inventPerson } from '../../support/people.ts';
import { openPeopleDesk } from '../../support/people-desk.ts';
import { type PortalRow, portalCsv, portalRow } from '../../support/portal-rows.ts';

const { work, db, employer, people, record, active, give } = await openPeopleDesk(6_500_000);
const rows = (count: number, from = 0) => Array.from({ length: count }, (_, index) => portalRow(from + index));
const day = (on: string, at?: string) => (at === undefined ? { day: on } : { day: on, at });

async function staffed(count: number): Promise<string> {
  const number = await employer();
  expect((await people(number, rows(count), { scope: 'full' })).counts).toMatchObject({ created: count });
  return number;
}

const full = (number: string, sent: readonly PortalRow[], on = '2026-12-02', at?: string) =>
  people(number, sent, { scope: 'full' }, day(on, at));

const gatesOf = async (hash: string | undefined) =>
  (await listHeldPlans(db)).find(({ planHash }) => planHash === hash)?.reasons.map(({ gate }) => gate);

describe('fault 37: header-only or empty snapshot', () => {
  test.each([
    ['no byte', ''],
    ['a header', portalCsv([])],
    ['a header and blank lines', `${portalCsv([])}\r\n;;;;\r\n  \r\n`],
    ['a byte order mark', '\uFEFF'],
    ['a line end', '\n'],
  ])('%s: refused, nobody leaves', async (_, text) => {
    const number = await staffed(4);
    const given = { layout: 'beneficiaries-portal', set: { enterpriseNumber: number }, scope: 'full' as const };
    const result = await give(text, given, { day: '2026-12-02' });
    expect(result).toMatchObject({ status: 'rejected', counts: { deactivated: 0 } });
    expect(result.issues).toMatchObject([{ code: 'file.empty' }]);
    expect(await active(number)).toBe(4);
  });
});

test('fault 38: a snapshot that lost half its rows: held with its plan; a person’s yes carries out that plan and no other', async () => {
  const number = await staffed(12);
  const held = await full(number, rows(6));
  expect(held).toMatchObject({ status: 'held', counts: { unchanged: 6, deactivated: 6 } });
  expect(await active(number)).toBe(12);
  const word = { by: 'Ops', why: 'a site was closed', upsertsOnly: false };
  expect(await approvePlan(work.on('2026-12-03'), held.planHash ?? '', word)).toMatchObject({ status: 'applied' });
  expect(await active(number)).toBe(6);
});

test('fault 39: a delta sent as a snapshot: held, most people are missing from it', async () => {
  const number = await staffed(8);
  const held = await full(number, [portalRow(0, { email: 'nouvelle@example.be' }), portalRow(8)]);
  expect(held.status).toBe('held');
  expect(await gatesOf(held.planHash)).toEqual(['absence.majority', 'deactivations.ratio', 'deactivations.ratio']);
  expect(await active(number)).toBe(8);
  expect(await record(number, 0)).toMatchObject({ email: inventPerson(0).email });
});

test('fault 40: an old snapshot that arrives late: superseded, nothing changes', async () => {
  const number = await staffed(6);
  await full(number, rows(7), '2026-12-05');
  const before = await record(number, 6);
  const late = await full(
    number,
    [portalRow(0, { email: 'vieille@example.be' }), ...rows(5, 1)],
    '2026-12-06',
    '2026-12-03T08:00:00Z',
  );
  expect(late).toMatchObject({ status: 'superseded', counts: { deactivated: 0 } });
  expect(await active(number)).toBe(7);
  expect(await record(number, 6)).toEqual(before);
  expect(await record(number, 0)).toMatchObject({ email: inventPerson(0).email });
});

test('fault 41: a person twice in one file: identical rows count once, differing ones are both refused and the person is not absent', async () => {
  const number = await staffed(6);
  const twice = [
    portalRow(0),
    portalRow(0),
    portalRow(1, { otherName: 'A' }),
    portalRow(1, { otherName: 'B' }),
    ...rows(4, 2),
  ];
  const result = await full(number, twice);
  expect(result.counts).toMatchObject({ read: 8, unchanged: 5, duplicateInFile: 1, rejected: 2, deactivated: 0 });
  expect(result.issues.map(({ row, code }) => `${row} ${code}`)).toEqual(['4 person.conflict', '5 person.conflict']);
  expect(await active(number)).toBe(6);
  expect(await record(number, 1)).toMatchObject({ other_name: null });
});

test.each([
  ['a bad e-mail address', { email: 'nobody' }],
  ['an unknown cost center', { costCenter: 'Inconnu' }],
  ['a face value above the limit', { mealFaceValue: '10,01' }],
  ['a status nobody knows', { status: 'parti' }],
  ['somebody else’s name and birth date', { lastName: 'Autre', firstName: 'Personne', birthDate: '31/01/1999' }],
  ['the register number of nobody', { nationalRegisterNumber: '85073003329' }],
] as const)('fault 42: a rejected row for an active person (%s): the person is not absent', async (_, fault) => {
  const number = await staffed(6);
  const result = await full(number, [...rows(5), portalRow(5, fault)]);
  expect(result).toMatchObject({ status: 'applied', counts: { unchanged: 5, rejected: 1, deactivated: 0 } });
  expect(await active(number)).toBe(6);
});

test('fault 43: a re-hire, and a return after absence: the same id, active again, with the whole history', async () => {
  const number = await staffed(6);
  const before = [await record(number, 4), await record(number, 5)];
  await full(number, [...rows(4), portalRow(4, { status: 'Inactif' })], '2026-12-02');
  expect([await record(number, 4), await record(number, 5)]).toMatchObject([
    { status: 'inactive', status_reason: 'status' },
    { status: 'inactive', status_reason: 'absent' },
  ]);
  const back = await full(number, [...rows(4), portalRow(4, { status: 'Actif' }), portalRow(5)], '2026-12-03');
  expect(back.counts).toMatchObject({ unchanged: 4, reactivated: 2, created: 0 });
  expect([await record(number, 4), await record(number, 5)]).toMatchObject([
    { id: before[0]?.id, status: 'active', status_reason: null, status_since: '2026-12-03' },
    { id: before[1]?.id, status: 'active', status_reason: null, status_since: '2026-12-03' },
  ]);
  const history = await sql<{ statuses: string[] }>`
    select array_agg(after ->> 'status' order by id) as statuses from beneficiary_change
     where enterprise_number = ${number} and beneficiary_id in (${before[0]?.id}, ${before[1]?.id}) group by beneficiary_id`.execute(
    db,
  );
  expect(history.rows.map(({ statuses }) => statuses)).toEqual([
    ['active', 'inactive', 'active'],
    ['active', 'inactive', 'active'],
  ]);
});

test('fault 44: a number used for another person: the row is refused, and nothing of the one who has it changes', async () => {
  const number = await staffed(6);
  const before = await record(number, 5);
  const other = portalRow(5, {
    lastName: 'Autrement',
    firstName: 'Personne',
    birthDate: '31/01/1999',
    email: 'autre@example.be',
  });
  const result = await full(number, [...rows(5), other]);
  expect(result.counts).toMatchObject({ rejected: 1, deactivated: 0 });
  expect(result.issues.filter(({ severity }) => severity === 'error').map(({ code }) => code)).toEqual([
    'identity.conflict',
  ]);
  expect(await record(number, 5)).toEqual(before);
});
