/** A full payroll file that no longer names a person: their total ends, unless a refused row may have been about them. */
import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { sql } from 'kysely';
import { expect, test } from 'vitest';
import { importByHand } from '../../../src/jobs/import/import-by-hand.ts';
import { openBookDesk } from '../../support/book-desk.ts';
import { inventEnterpriseNumber, inventPerson } from '../../support/people.ts';
import { portalRow } from '../../support/portal-rows.ts';

const desk = await openBookDesk(7_400_000);
let files = 0;

/** Payroll of November under a layout that says `absent: zero`: each line a person and a quantity. */
async function november(
  employer: string,
  lines: readonly (readonly [person: number | string, quantity: number | string, elsewhere?: string])[],
  scope: 'full' | 'delta' = 'full',
) {
  files += 1;
  const path = join(desk.work.home, `payroll-${files}.csv`);
  const numberOf = (person: number | string) =>
    typeof person === 'string' ? person : inventPerson(person).nationalRegisterNumber;
  const rows = lines.map(
    ([person, quantity, elsewhere]) => `${elsewhere ?? employer};${numberOf(person)};2026-11;meal;${quantity};8,00;`,
  );
  await writeFile(path, `BCE;NISS;period;product;quantity;faceValue;employmentEnd\n${rows.join('\n')}\n`);
  const context = desk.work.on('2026-12-02');
  const shipped = context.config.layouts.get('payroll-generic');
  if (shipped === undefined) throw new Error('payroll-generic ships');
  const layouts = new Map([
    ...context.config.layouts,
    ['payroll-generic', { ...shipped, layout: { ...shipped.layout, absent: 'zero' as const } }] as const,
  ]);
  const given = { layout: 'payroll-generic', secretariat: 'alpha', set: {}, scope, mode: null, dryRun: false };
  const [result] = await importByHand({ ...context, config: { ...context.config, layouts } }, [path], given);
  if (result === undefined) throw new Error('no result');
  return result;
}

async function granted(employer: string): Promise<number[]> {
  const found = await sql<{ quantity: number }>`
    select quantity from entitlement where enterprise_number = ${employer} order by beneficiary_id`.execute(desk.db);
  return found.rows.map(({ quantity }) => quantity);
}

const changes = async (employer: string) =>
  (
    await sql<{ line: string }>`
      select concat_ws(' ', before, after, kind) as line from entitlement_change where enterprise_number = ${employer} order by id`.execute(
      desk.db,
    )
  ).rows.map(({ line }) => line);

async function fourPeople(first: number): Promise<string> {
  const employer = await desk.employer();
  await desk.people(
    employer,
    [0, 1, 2, 3].map((index) => portalRow(first + index)),
  );
  await november(
    employer,
    [0, 1, 2, 3].map((index) => [first + index, 20]),
  );
  return employer;
}

test('a full file ends the total of a person it no longer names, and tells it in the history; a delta does not', async () => {
  const employer = await fourPeople(800);
  await november(employer, [[800, 19]], 'delta');
  expect(await granted(employer)).toEqual([19, 20, 20, 20]);
  const told = await november(employer, [
    [800, 19],
    [801, 20],
    [802, 20],
  ]);
  expect(told).toMatchObject({ status: 'applied', counts: { read: 3, updated: 0, unchanged: 3, deactivated: 0 } });
  expect(await granted(employer)).toEqual([19, 20, 20, 0]);
  expect((await changes(employer)).at(-1)).toBe('20 0 restated');
  expect(await desk.active(employer)).toBe(4);
});

test('a rejected row is a row, and a row whose person cannot be read keeps everybody of its employer', async () => {
  const employer = await fourPeople(810);
  await november(employer, [
    [810, 18],
    [811, 20],
    [812, 20],
    [813, '20,5'],
  ]);
  expect(await granted(employer)).toEqual([18, 20, 20, 20]);
  await november(employer, [
    [810, 17],
    [811, 20],
    ['85073003329', 20],
  ]);
  expect(await granted(employer)).toEqual([17, 20, 20, 20]);
});

test('a rejected row about another employer, which may be the mistake, keeps the total of the person it names', async () => {
  const employer = await fourPeople(815);
  const strange = inventEnterpriseNumber(4_999_999);
  await november(employer, [
    [815, 17],
    [816, 20],
    [817, 20],
    [818, 20, strange],
  ]);
  expect(await granted(employer)).toEqual([17, 20, 20, 20]);
});

test('when more than half of the people are absent the file is held, and nothing has changed', async () => {
  const employer = await fourPeople(820);
  expect(await november(employer, [[820, 12]])).toMatchObject({ status: 'held' });
  expect(await granted(employer)).toEqual([20, 20, 20, 20]);
});
