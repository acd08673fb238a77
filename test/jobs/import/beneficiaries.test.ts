/** Rows about people, imported: what they change, what is checked, who comes and goes, and what no log says. */
import { sql } from 'kysely';
import { describe, expect, it } from 'vitest';
import { inventEnterpriseNumber, inventPerson } from '../../support/people.ts';
import { codes, openPeopleDesk } from '../../support/people-desk.ts';
import { portalRow } from '../../support/portal-rows.ts';

const { db, employer, give, people, record, work } = await openPeopleDesk(4_100_000);

const payroll = (lines: readonly string[]) =>
  give(`BCE;NISS;période;nombre;valeur;sortie\n${lines.join('\n')}\n`, { layout: 'payroll-generic' });

describe('beneficiaries', () => {
  it('new, unchanged, changed; a second delivery of the same content changes nothing', async () => {
    const number = await employer();
    const rows = [portalRow(1), portalRow(2)];
    expect((await people(number, rows)).counts).toMatchObject({ created: 2 });
    expect(await people(number, rows)).toMatchObject({ status: 'duplicate', counts: { read: 0 } });
    const changed = [portalRow(1), portalRow(2, { email: 'nouvelle@example.be' }), portalRow(3)];
    expect((await people(number, changed)).counts).toMatchObject({ created: 1, updated: 1, unchanged: 1 });
    const history = await sql<{ before: object; after: object }>`
      select before, after from beneficiary_change where enterprise_number = ${number} and before is not null`.execute(
      db,
    );
    expect(history.rows).toEqual([
      { before: { email: inventPerson(2).email }, after: { email: 'nouvelle@example.be' } },
    ]);
  });

  it('blank keeps, the clear mark empties, and a required field cannot be emptied', async () => {
    const number = await employer();
    await people(number, [portalRow(1, { personnelNumber: 'P1', otherName: 'X' })]);
    await people(number, [portalRow(1, { personnelNumber: '', otherName: '#clear' })]);
    const kept = await sql`
      select personnel_number, other_name from beneficiary where enterprise_number = ${number}`.execute(db);
    expect(kept.rows).toEqual([{ personnel_number: 'P1', other_name: null }]);
    expect(codes(await people(number, [portalRow(1, { email: '#CLEAR' })]))).toEqual(['2 email clear.required']);
  });

  it('references are checked: cost center, delivery point, address, contract, limit', async () => {
    const number = await employer();
    const result = await people(number, [
      portalRow(1, { costCenter: 'Inconnu' }),
      portalRow(2, { cardDelivery: 'Client', cardDeliveryPoint: '7' }),
      portalRow(3, { cardCity: '' }),
      portalRow(4, { secondProduct: 'Écochèque' }),
      portalRow(5, { mealFaceValue: '10,01' }),
      portalRow(6, { mealFaceValue: '' }),
      portalRow(8, { mealFaceValue: '0' }),
      portalRow(7, { costCenter: 'siege', cardDelivery: 'klant', cardDeliveryPoint: 'Delivery Point 1' }),
      ...Array.from({ length: 60 }, (_, index) => portalRow(100 + index)),
    ]);
    expect(codes(result)).toEqual([
      '2 costCenter cost-center.unknown',
      '3 cardDeliveryPoint delivery-point.unknown',
      '4 cardDelivery address.incomplete',
      '5 secondProduct contract.missing',
      '6 mealFaceValue limit.exceeded',
      '7 mealFaceValue required.missing',
      '8 mealFaceValue euro.invalid',
    ]);
    expect(result.counts).toMatchObject({ created: 61, rejected: 7 });
  });

  it('an employer that the secretariat may not act for reads the same whether it exists or not', async () => {
    const foreign = await employer({ mandates: [{ secretariat: 'beta', from: '2026-01-01', to: null }] });
    const expired = await employer({ mandates: [{ secretariat: 'alpha', from: '2025-01-01', to: '2025-12-31' }] });
    const unknown = inventEnterpriseNumber(4_999_999);
    const results = await Promise.all(
      [foreign, expired, unknown].map((number) => people(number, [portalRow(1, { email: 'x' })])),
    );
    for (const { status, counts, issues } of results) {
      expect({ status, counts, issues }).toEqual({ ...results[0], fileId: undefined, status, counts, issues });
      expect(issues.map(({ code }) => code)).toEqual(['mandate.missing']);
    }
    expect(new Set(results.map(({ issues, counts }) => JSON.stringify({ issues, counts }))).size).toBe(1);
  });

  it('rows about one person: identical ones count once, differing ones protect the person', async () => {
    const number = await employer();
    await people(number, [portalRow(1), portalRow(2)]);
    const rows = [
      portalRow(1, { status: 'Inactif' }),
      portalRow(1),
      portalRow(2, { otherName: 'B' }),
      portalRow(2, { otherName: 'B' }),
    ];
    const result = await people(number, rows);
    expect(result.counts).toMatchObject({ rejected: 2, updated: 1, duplicateInFile: 1 });
    expect(await record(number, 1)).toMatchObject({ status: 'active' });
  });

  it('leaves by status and by end date, and comes back with the same id', async () => {
    const number = await employer();
    await people(number, [portalRow(1), portalRow(2)]);
    const before = await record(number, 1);
    expect((await people(number, [portalRow(1, { status: 'inactief' })])).counts).toMatchObject({
      updated: 1,
      deactivated: 1,
    });
    expect(await record(number, 1)).toMatchObject({ status: 'inactive', status_reason: 'status' });
    expect((await people(number, [portalRow(1, { status: 'Actief' })])).counts).toMatchObject({
      reactivated: 1,
      updated: 0,
    });
    expect(await record(number, 1)).toMatchObject({ id: before?.id, status: 'active', status_reason: null });
    expect((await people(number, [portalRow(9, { status: 'inactive' })])).issues).toMatchObject([
      { code: 'person.unknown-leaver' },
    ]);
  });

  it('a new person’s required columns are missing: one issue a column, the row once', async () => {
    const number = await employer();
    const result = await people(number, [portalRow(1, { lastName: '', birthDate: '31/02/1980' }), portalRow(2)]);
    expect(codes(result)).toEqual(['2 lastName required.missing', '2 birthDate date.invalid']);
    expect(result.counts).toMatchObject({ created: 1, rejected: 1 });
  });

  it('faults that only the database knows are told beside those of the cells', async () => {
    const number = await employer();
    const bad = { email: '?', costCenter: '9', mealFaceValue: '12,00', thirdProduct: 'Écochèque' };
    const result = await people(number, [portalRow(1, bad), portalRow(2)]);
    expect(codes(result)).toEqual([
      '2 email email.invalid',
      '2 costCenter cost-center.unknown',
      '2 mealFaceValue limit.exceeded',
      '2 thirdProduct contract.missing',
    ]);
    const person = inventPerson(2).nationalRegisterNumber;
    const counts = await payroll([`${number};${person};2026-11;x;99,00;`, `${number};${person};2026-10;20;;`]);
    expect(codes(counts)).toEqual(['2 quantity integer.invalid', '2 faceValue limit.exceeded']);
  });

  it('modes: create refuses who is known, update refuses who is not', async () => {
    const number = await employer();
    await people(number, [portalRow(1)]);
    expect(codes(await people(number, [portalRow(1), portalRow(2)], { mode: 'create' }))).toEqual([
      '2 nationalRegisterNumber mode.exists',
    ]);
    expect(codes(await people(number, [portalRow(1), portalRow(3)], { mode: 'update' }))).toEqual([
      '3 nationalRegisterNumber mode.unknown',
    ]);
  });

  it('a dry run says the same and changes nothing', async () => {
    const number = await employer();
    const planned = await people(number, [portalRow(1), portalRow(2, { email: '?' })], { dryRun: true });
    expect(planned).toMatchObject({ fileId: null, status: 'planned', counts: { read: 2, created: 1, rejected: 1 } });
    expect(await record(number, 1)).toBeUndefined();
    expect((await people(number, [portalRow(1), portalRow(2, { email: '?' })])).counts).toEqual(planned.counts);
  });

  it('an older file about somebody newer changes nothing and says so', async () => {
    const number = await employer();
    await people(number, [portalRow(1, { otherName: 'Nouveau' })], {}, { day: '2026-12-03' });
    await people(number, [portalRow(1, { otherName: 'Ancien' })], {}, { day: '2026-11-02' });
    const result = await people(
      number,
      [portalRow(1, { otherName: 'Ancien', personnelNumber: 'P' })],
      {},
      { day: '2026-11-02' },
    );
    expect(result.counts).toMatchObject({ unchanged: 1 });
    expect(result.issues).toMatchObject([{ code: 'row.stale', severity: 'warning' }]);
  });

  it('no personal data stands in the log', () => {
    const log = work.logLines().join('');
    expect(log.length).toBeGreaterThan(1000);
    for (let index = 0; index < 200; index += 1) {
      const person = inventPerson(index);
      expect(log).not.toContain(person.nationalRegisterNumber);
      expect(log).not.toContain(person.email);
    }
  });
});
