/** Held plans of full files that newer full files make pointless: only when these speak of every employer of the plan. */
import { sql } from 'kysely';
import { expect, test } from 'vitest';
import { approvePlan } from '../../../src/jobs/import/decide-held-plan.ts';
import { openPeopleDesk } from '../../support/people-desk.ts';
import { PEOPLE_OF_MANY, textOfMany, withPeopleOfMany } from '../../support/people-of-many.ts';
import { portalRow } from '../../support/portal-rows.ts';

const { work, db, give, employer, people, active } = await openPeopleDesk(6_400_000, withPeopleOfMany);
const word = { by: 'Ops', why: 'checked with the secretariat', upsertsOnly: false };
const rows = (count: number) => Array.from({ length: count }, (_, index) => portalRow(index));

/** An employer with ten people. */
async function employerOfTen(): Promise<string> {
  const number = await employer();
  const at = { at: '2026-11-01T08:00:00Z' };
  expect((await people(number, rows(10), { scope: 'delta' }, at)).counts.created).toBe(10);
  return number;
}

/** A full file with so many of each employer's ten people, written at `at`. */
async function full(counts: Readonly<Record<string, number>>, at: string, name = `all-${at.slice(0, 13)}.csv`) {
  const said = Object.entries(counts).map(([number, count]) => [number, rows(count)] as const);
  return give(textOfMany(Object.fromEntries(said)), { layout: PEOPLE_OF_MANY, scope: 'full' }, { at, name });
}

const told = (fileId: number | null) =>
  work
    .logLines()
    .map((line) => JSON.parse(line))
    .filter((line) => line.event === 'plan.superseded' && line.fileId === fileId);

async function fileOf(fileId: number | null) {
  const found = await sql<{ status: string; receipts: number; departures: number }>`
    select f.status, count(o.id)::int as receipts,
           (select count(*)::int from held_departure d join held_plan p on p.id = d.plan_id where p.file_id = f.id) as departures
      from drop_file f left join outgoing_file o on o.file_id = f.id and o.kind = 'receipt'
     where f.id = ${fileId} group by f.id`.execute(db);
  return found.rows[0];
}

test('a newer full file about other employers leaves a held plan as it is, and the plan can be approved', async () => {
  const [a, b, c] = [await employerOfTen(), await employerOfTen(), await employerOfTen()];
  const held = await full({ [a]: 4, [b]: 10 }, '2026-11-20T08:00:00Z');
  expect(held).toMatchObject({ status: 'held', counts: { deactivated: 6 } });
  expect(await full({ [c]: 9 }, '2026-11-21T08:00:00Z')).toMatchObject({ status: 'applied' });
  expect(await fileOf(held.fileId)).toEqual({ status: 'held', receipts: 1, departures: 6 });
  const approved = await approvePlan(withPeopleOfMany(work.on('2026-12-02')), held.planHash ?? '', word);
  expect(approved).toMatchObject({ status: 'applied', counts: { deactivated: 6 } });
  expect([await active(a), await active(b), await active(c)]).toEqual([4, 10, 9]);
  expect(await fileOf(held.fileId)).toMatchObject({ departures: 0 });
});

test('newer full files about all of its employers, one after the other, end it: in the log and by a receipt', async () => {
  const [a, b] = [await employerOfTen(), await employerOfTen()];
  const held = await full({ [a]: 4, [b]: 10 }, '2026-11-23T08:00:00Z');
  expect(held.status).toBe('held');
  await full({ [b]: 9 }, '2026-11-24T08:00:00Z');
  expect(await fileOf(held.fileId)).toEqual({ status: 'held', receipts: 1, departures: 6 });
  await full({ [a]: 9 }, '2026-11-25T08:00:00Z');
  expect(await fileOf(held.fileId)).toEqual({ status: 'superseded', receipts: 2, departures: 0 });
  expect(told(held.fileId)).toMatchObject([{ planHash: held.planHash }]);
  await expect(approvePlan(work.on('2026-12-02'), held.planHash ?? '', word)).rejects.toThrow('it is superseded');
});

test('a day in the name makes no other place of the file', async () => {
  const number = await employerOfTen();
  const held = await full({ [number]: 4 }, '2026-11-26T08:00:00Z', '20261102_all.csv');
  expect(held.status).toBe('held');
  expect(await full({ [number]: 9 }, '2026-11-26T08:00:00Z', '20261103_all.csv')).toMatchObject({ status: 'applied' });
  expect(await fileOf(held.fileId)).toMatchObject({ status: 'superseded' });
});

test('an older full file that was approved late does not end a plan that came after it', async () => {
  const number = await employerOfTen();
  const at = '2026-11-27T08:00:00Z';
  const first = await full({ [number]: 4 }, at, 'first.csv');
  const second = await full({ [number]: 3 }, at, 'second.csv');
  expect([first.status, second.status]).toEqual(['held', 'held']);
  const context = withPeopleOfMany(work.on('2026-12-02'));
  expect(await approvePlan(context, first.planHash ?? '', word)).toMatchObject({ status: 'applied' });
  expect(await fileOf(second.fileId)).toMatchObject({ status: 'held' });
});
