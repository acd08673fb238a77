/** Payroll where the layout, a person or the sender decides: rows that are added up, a plan without its leavers, the issuer itself. */
import { sql } from 'kysely';
import { expect, test } from 'vitest';
import { approvePlan } from '../../../src/jobs/import/decide-held-plan.ts';
import { openImportHome } from '../../support/import-home.ts';
import { inventPerson } from '../../support/people.ts';
import { portalCsv, portalRow } from '../../support/portal-rows.ts';

const PEOPLE = 12;

const home = await openImportHome((config) => {
  const shipped = config.layouts.get('payroll-generic');
  if (shipped === undefined) throw new Error('there is no such layout');
  const layout = { ...shipped.layout, id: 'payroll-sum', sameKey: 'sum' as const };
  return { ...config, layouts: new Map([...config.layouts, ['payroll-sum', { layout, hash: 'sum' }]]) };
});
const [employer = '', other = ''] = home.employers;
for (const number of [employer, other]) {
  const rows = Array.from({ length: PEOPLE }, (_, index) => portalRow(index));
  const made = await home.importAs(`${number}.csv`, portalCsv(rows), {
    layout: 'beneficiaries-portal',
    set: { enterpriseNumber: number },
  });
  expect(made.counts).toMatchObject({ created: PEOPLE });
}

const HEADER = 'BCE;NISS;période;nombre;valeur;sortie';
const line = (number: string, person: number, quantity: number, end = '') =>
  `${number};${inventPerson(person).nationalRegisterNumber};2026-10;${quantity};8,00;${end}`;
const text = (...lines: string[]) => `${[HEADER, ...lines].join('\n')}\n`;

async function granted(number: string): Promise<number[]> {
  const found = await sql<{ quantity: number }>`
    select quantity from entitlement where enterprise_number = ${number} order by beneficiary_id`.execute(home.db);
  return found.rows.map(({ quantity }) => quantity);
}

test('with sameKey: sum, rows of one person and month are one total, however they are cut', async () => {
  const give = (name: string, ...lines: string[]) => home.importAs(name, text(...lines), { layout: 'payroll-sum' });
  const first = await give('sum-1.csv', line(employer, 0, 10), line(employer, 0, 8), line(employer, 1, 20));
  expect(first).toMatchObject({ status: 'applied', counts: { read: 3, created: 2, updated: 1, rejected: 0 } });
  expect(await granted(employer)).toEqual([18, 20]);
  const again = await give('sum-2.csv', line(employer, 0, 9), line(employer, 0, 9), line(employer, 1, 20));
  expect(again.counts).toMatchObject({ read: 3, created: 0, updated: 1, unchanged: 2 });
  expect(await granted(employer)).toEqual([18, 20]);
  const less = await give('sum-3.csv', line(employer, 0, 9), line(employer, 0, 8), line(employer, 1, 20));
  expect(less.counts).toMatchObject({ read: 3, created: 0, updated: 2, unchanged: 1 });
  expect(await granted(employer)).toEqual([17, 20]);
});

test('a plan that a person takes without its leavers grants the counts and ends nobody', async () => {
  const lines = Array.from({ length: PEOPLE }, (_, person) => line(other, person, 20, person < 6 ? '2020-01-31' : ''));
  const held = await home.importAs('leavers.csv', text(...lines), { layout: 'payroll-generic' });
  expect(held).toMatchObject({ status: 'held', counts: { deactivated: 6 } });
  expect(await granted(other)).toEqual([]);
  const word = { by: 'Ops', why: 'checked', upsertsOnly: true };
  const approved = await approvePlan(home.context, held.planHash ?? '', word);
  expect(approved).toMatchObject({ status: 'applied', counts: { created: PEOPLE, deactivated: 0 } });
  expect(await granted(other)).toEqual(Array.from({ length: PEOPLE }, () => 20));
  const active = await sql<{ n: number }>`
    select count(*)::int as n from beneficiary where enterprise_number = ${other} and status = 'active'`.execute(
    home.db,
  );
  expect(active.rows).toEqual([{ n: PEOPLE }]);
});

test('the issuer itself may send payroll of every employer that it has, and of no other', async () => {
  const rows = text(line(employer, 9, 7), line(other, 9, 7), line('0478123490', 9, 7)).replaceAll('2026-10', '2026-09');
  const given = await home.importAs('issuer.csv', rows, { layout: 'payroll-generic', secretariat: 'issuer' });
  expect(given.counts).toMatchObject({ read: 3, created: 2, rejected: 1 });
  expect(given.issues.map(({ row, code }) => `${row} ${code}`)).toEqual(['4 mandate.missing']);
});
