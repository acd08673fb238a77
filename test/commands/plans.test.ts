/** `navette plans` and `approve` as a person sees them: who would be deactivated, and why a yes came to nothing. */
import { readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { sql } from 'kysely';
import { expect, test } from 'vitest';
import { runNavette } from '../support/command.ts';
import { openPeopleDesk } from '../support/people-desk.ts';
import { PEOPLE_OF_MANY, textOfMany, withPeopleOfMany } from '../support/people-of-many.ts';
import { portalRow } from '../support/portal-rows.ts';

const { work, db, give, employer, people, record } = await openPeopleDesk(6_700_000, withPeopleOfMany);
const here = { DATABASE_URL: work.url, NAVETTE_HOME: work.home, NAVETTE_CONFIG: join(work.home, 'config') };
const navette = (...words: string[]) => runNavette(here, ...words);
const rows = (count: number, from = 0) => Array.from({ length: count }, (_, index) => portalRow(from + index));
const before = { at: '2026-11-01T08:00:00Z' };
const said = ['--by', 'Ops', '--why', 'checked', '--date', '2026-12-02'];

test('plans tells who would be deactivated, by employer and cause, with nothing of them but their number', async () => {
  const [a, b] = [await employer(), await employer()];
  await people(a, rows(30), { scope: 'delta' }, before);
  await people(b, rows(10), { scope: 'delta' }, before);
  const leaving = rows(2, 4).map((row) => ({ ...row, status: 'Inactif' }));
  const file = textOfMany({ [a]: rows(5), [b]: [...rows(4), ...leaving, ...rows(2, 6)] });
  const held = await give(file, { layout: PEOPLE_OF_MANY, scope: 'full' }, { name: 'all.csv' });
  const ids = async (number: string, from: number, to: number) => {
    const found = [];
    for (let person = from; person < to; person += 1) found.push((await record(number, person))?.id);
    return found;
  };
  const [absentOfA, absentOfB, explicitOfB] = [await ids(a, 5, 30), await ids(b, 8, 10), await ids(b, 4, 6)];

  const { code, out } = await navette('plans');
  expect(code).toBe(0);
  expect(out.split('\n')).toEqual([
    expect.stringMatching(`^${held.planHash?.slice(0, 12)}  all.csv [(]file ${held.fileId}[)], until .*`),
    '  13 rows: 2 updated, 11 unchanged; 29 deactivated',
    `  held: more than half of the people are absent (25 of 30 at ${a})`,
    '  held: too large a share would be deactivated (29 of 40 in total)',
    `  held: too large a share would be deactivated (25 of 30 at ${a})`,
    `  held: too large a share would be deactivated (4 of 10 at ${b})`,
    '  would be deactivated:',
    `    25 people absent from the file at ${a}: beneficiary ${absentOfA.slice(0, 20).join(', ')}, …`,
    `    2 people absent from the file at ${b}: beneficiary ${absentOfB.join(', ')}`,
    `    2 people said to leave at ${b}: beneficiary ${explicitOfB.join(', ')}`,
    '',
  ]);

  const document = JSON.parse((await navette('plans', '--json')).out);
  const told = (enterpriseNumber: string, cause: string, some: unknown[]) =>
    some.map((beneficiaryId) => ({ enterpriseNumber, beneficiaryId, cause }));
  expect(document).toMatchObject([{ planHash: held.planHash }]);
  expect(document[0].departures).toEqual([
    ...told(a, 'absent', absentOfA),
    ...told(b, 'absent', absentOfB),
    ...told(b, 'explicit', explicitOfB),
  ]);

  expect((await navette('discard', held.planHash ?? '', ...said)).code).toBe(0);
  expect((await navette('plans')).out).toBe('There are no held plans.\n');
  expect((await sql`select from held_departure`.execute(db)).rows).toEqual([]);
});

test('approve of a plan that can be carried out no more says why, and exits 1; so does a second one', async () => {
  const number = await employer();
  await people(number, rows(10), { scope: 'delta' }, before);
  const held = await people(number, rows(4), { scope: 'full' });
  const hash = held.planHash ?? '';
  await sql`
    insert into full_file (enterprise_number, drop_id, layout_id, as_of, file_id)
    select ${number}, drop_id, layout_id, '2026-12-31', id + 1 from drop_file where id = ${held.fileId}`.execute(db);
  expect(await navette('approve', hash, ...said)).toMatchObject({
    code: 1,
    out: expect.stringContaining(
      `The plan is closed and nothing was changed; file ${held.fileId} is superseded: newer full files of all of its employers were applied.\n`,
    ),
  });
  const again = await navette('approve', hash, ...said);
  expect(again).toMatchObject({ code: 1, err: `navette: Plan ${hash} is not open any more: it is superseded.\n` });
});

test('approve of a file that fits its layout no more tells the fault, and exits 1', async () => {
  const number = await employer();
  await people(number, rows(10), { scope: 'delta' }, before);
  const held = await people(number, rows(4), { scope: 'full' });
  const layout = join(work.home, 'config/layouts/beneficiaries-portal.yaml');
  const text = await readFile(layout, 'utf8');
  await writeFile(layout, text.replace('format: [xlsx, csv]', 'format: [xlsx]'));
  const { code, out } = await navette('approve', held.planHash ?? '', ...said);
  await writeFile(layout, text);
  expect(code).toBe(1);
  expect(out).toContain(`The plan is closed and nothing was changed; file ${held.fileId} is rejected:\n  file: `);
});
