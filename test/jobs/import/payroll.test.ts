/** Rows of payroll, imported: what is granted, what is refused, and whose employment ends. */
import { sql } from 'kysely';
import { beforeAll, describe, expect, it } from 'vitest';
import { deactivateLeavers } from '../../../src/load/people/leavers.ts';
import { inventEnterpriseNumber, inventPerson } from '../../support/people.ts';
import { codes, openPeopleDesk } from '../../support/people-desk.ts';
import { portalRow } from '../../support/portal-rows.ts';

const { db, employer, give, people, record } = await openPeopleDesk(4_200_000);

const payroll = (lines: readonly string[]) =>
  give(`BCE;NISS;période;nombre;valeur;sortie\n${lines.join('\n')}\n`, { layout: 'payroll-generic' });

describe('payroll', () => {
  let number = '';
  const nrn = (index: number) => inventPerson(index).nationalRegisterNumber;
  beforeAll(async () => {
    number = await employer();
    await people(number, [portalRow(1), portalRow(2), portalRow(3), portalRow(4)]);
  });
  const entitled = async (index: number) => {
    const found = await sql<{ period: string; face_value: number; quantity: number }>`
      select e.period, e.face_value, e.quantity from entitlement e
        join beneficiary b on (b.enterprise_number, b.id) = (e.enterprise_number, e.beneficiary_id)
       where b.enterprise_number = ${number} and b.national_register_number = ${nrn(index)} order by 1, 2`.execute(db);
    return found.rows.map((row) => `${row.period} ${row.face_value} × ${row.quantity}`);
  };

  it('grants at the person’s value, the latest file wins, and a changed value replaces the old one', async () => {
    await payroll([`${number};${nrn(1)};2026-11;20;;`]);
    expect(await entitled(1)).toEqual(['2026-11 800 × 20']);
    expect((await payroll([`${number};${nrn(1)};2026-11;18;;`])).counts).toMatchObject({ updated: 1 });
    expect((await payroll([`${number};${nrn(1)};2026-11;18;9,00;`])).counts).toMatchObject({ created: 1 });
    expect(await entitled(1)).toEqual(['2026-11 800 × 0', '2026-11 900 × 18']);
    const changes = await sql<{ before: number; after: number; kind: string }>`
      select before, after, kind from entitlement_change where enterprise_number = ${number} order by id`.execute(db);
    expect(changes.rows).toEqual([
      { before: 20, after: 18, kind: 'restated' },
      { before: 18, after: 0, kind: 'restated' },
    ]);
  });

  it('rejects what cannot be, row by row', async () => {
    const good = Array.from(
      { length: 60 },
      (_, index) =>
        `${number};${nrn(2)};${2020 + Math.floor(index / 12)}-${String((index % 12) + 1).padStart(2, '0')};1;5,00;`,
    );
    const result = await payroll([
      `${number};${nrn(2)};2026-11;-1;;`,
      `${number};${nrn(2)};2026-11;20,5;;`,
      `${number};${nrn(77)};2026-11;20;;`,
      `${number};${nrn(2)};2026-11;20;10,01;`,
      `${number};${nrn(3)};2025-12;20;9,00;`,
      `${inventEnterpriseNumber(4_999_998)};${nrn(3)};2026-11;20;;`,
      ...good.slice(0, 60),
    ]);
    expect(codes(result).filter((code) => !code.includes('contract.missing'))).toEqual([
      '2 quantity quantity.negative',
      '3 quantity integer.invalid',
      '4 nationalRegisterNumber beneficiary.unknown',
      '5 faceValue limit.exceeded',
      '6 faceValue limit.exceeded',
      '7 null mandate.missing',
    ]);
  });

  it('two quantities for one key are both refused, the same one twice is a duplicate', async () => {
    const result = await payroll([
      `${number};${nrn(2)};2026-10;20;;`,
      `${number};${nrn(2)};2026-10;21;;`,
      `${number};${nrn(3)};2026-10;20;;`,
      `${number};${nrn(3)};2026-10;20;;`,
    ]);
    expect(result.counts).toMatchObject({ created: 1, rejected: 2, duplicateInFile: 1 });
    expect(codes(result)).toEqual(['2 quantity row.conflict', '3 quantity row.conflict']);
  });

  it('an end date that has passed ends the person after the row has counted; a future one waits for its day', async () => {
    const result = await payroll([
      `${number};${nrn(3)};2026-11;11;;30/11/2026`,
      `${number};${nrn(4)};2026-11;20;;15/12/2026`,
    ]);
    expect(result.counts).toMatchObject({ created: 2, deactivated: 1 });
    expect(await record(number, 3)).toMatchObject({ status: 'inactive', status_reason: 'employment-ended' });
    expect(await record(number, 4)).toMatchObject({ status: 'active' });
    expect(await deactivateLeavers(db, '2026-12-15')).toEqual([]);
    expect(await deactivateLeavers(db, '2026-12-16')).toEqual([{ enterpriseNumber: number, people: 1 }]);
    expect(await record(number, 4)).toMatchObject({ status: 'inactive', status_reason: 'employment-ended' });
  });
});
