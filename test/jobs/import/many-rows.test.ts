/** Files of many rows, which are planned otherwise than small ones, and come to the same. */
import { expect, test } from 'vitest';
import { findOpenPlan, listHeldDepartures } from '../../../src/load/files/held-plans.ts';
import { openImportHome } from '../../support/import-home.ts';
import { inventEnterpriseNumber, inventPerson } from '../../support/people.ts';
import { portalCsv, portalRow } from '../../support/portal-rows.ts';

const home = await openImportHome();
const [employer = ''] = home.employers;
const PEOPLE = Array.from({ length: 600 }, (_, index) => index);

const countsOf = async (name: string, text: string, layout: string) => {
  const set = layout === 'payroll-generic' ? {} : { enterpriseNumber: employer };
  const { status, counts, issues } = await home.importAs(name, text, { layout, set });
  return { status, ...counts, codes: [...new Set(issues.map(({ code }) => code))] };
};

test('hundreds of people: created, said again unchanged, and only who changed is updated', {
  timeout: 60_000,
}, async () => {
  const rows = PEOPLE.map((index) => portalRow(index));
  const file = (changed: number) =>
    portalCsv(rows.map((row, index) => (index < changed ? { ...row, extra1: 'Kitchen' } : row)));
  expect(await countsOf('1.csv', file(0), 'beneficiaries-portal')).toMatchObject({
    read: 600,
    created: 600,
    codes: [],
  });
  expect(await countsOf('2.csv', file(3), 'beneficiaries-portal')).toMatchObject({ updated: 3, unchanged: 597 });

  const payroll = (quantityOfFirst: number, others: readonly string[] = []) =>
    [
      'BCE;NISS;période;nombre;valeur',
      ...PEOPLE.map((index) => {
        const { nationalRegisterNumber } = inventPerson(index);
        return `${employer};${nationalRegisterNumber};2026-11;${index === 0 ? quantityOfFirst : 20};8,00`;
      }),
      ...others,
      '',
    ].join('\n');
  expect(await countsOf('3.csv', payroll(20), 'payroll-generic')).toMatchObject({ created: 600, codes: [] });
  expect(await countsOf('4.csv', payroll(19), 'payroll-generic')).toMatchObject({ updated: 1, unchanged: 599 });
  const { nationalRegisterNumber } = inventPerson(1);
  const twice = payroll(19, [`${employer};${nationalRegisterNumber};2026-11;20;8,00`]);
  expect(await countsOf('5.csv', twice, 'payroll-generic')).toMatchObject({ unchanged: 600, duplicateInFile: 1 });
});

test('a payroll file of hundreds of rows that is held says who would leave', { timeout: 60_000 }, async () => {
  const rows = PEOPLE.map((index) => {
    const { nationalRegisterNumber } = inventPerson(index);
    return `${employer};${nationalRegisterNumber};2026-11;20;8,00;${index < 300 ? '2026-11-15' : ''}`;
  });
  const text = ['BCE;NISS;période;nombre;valeur;employmentEnd', ...rows, ''].join('\n');
  const { status, fileId } = await home.importAs('ends.csv', text, { layout: 'payroll-generic' });
  expect(status).toBe('held');
  const plan = await findOpenPlan(home.db, fileId ?? 0);
  expect(await listHeldDepartures(home.db, plan?.id ?? 0)).toHaveLength(300);
});

test('hundreds of employers without a mandate: each row of them is refused alone', { timeout: 60_000 }, async () => {
  const { nationalRegisterNumber } = inventPerson(2);
  const line = (number: string, quantity: number) => `${number};${nationalRegisterNumber};2026-11;${quantity};8,00`;
  const strangers = Array.from({ length: 510 }, (_, index) => line(inventEnterpriseNumber(8_000_000 + index), 20));
  const result = await home.importAs(
    'strangers.csv',
    ['BCE;NISS;période;nombre;valeur', line(employer, 18), ...strangers, ''].join('\n'),
    { layout: 'payroll-generic' },
  );
  expect(result).toMatchObject({ status: 'held', counts: { read: 511, updated: 1, rejected: 510 } });
  expect(new Set(result.issues.map(({ code }) => code))).toEqual(new Set(['mandate.missing']));
});
