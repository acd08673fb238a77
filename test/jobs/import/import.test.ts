/** What a delivered file changes in the database: its employers, its people, its payroll, and the file as a whole. */
import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { sql } from 'kysely';
import { beforeAll, describe, expect, it } from 'vitest';
import { type HandGiven, importByHand } from '../../../src/jobs/import/import-by-hand.ts';
import type { ImportResult } from '../../../src/jobs/import/import-file.ts';
import { deactivateLeavers } from '../../../src/load/people/leavers.ts';
import { employerLine, employersJsonl } from '../../support/employer-lines.ts';
import { openWorkplace } from '../../support/job-context.ts';
import { inventEnterpriseNumber, inventPerson } from '../../support/people.ts';
import { type PortalRow, portalCsv, portalRow } from '../../support/portal-rows.ts';

const work = await openWorkplace();
const { db } = work.on('2026-12-01').database;
let files = 0;

async function give(text: string, given: Partial<HandGiven> & { layout: string }, day = '2026-12-01', name?: string) {
  files += 1;
  const path = join(work.home, name ?? `file-${files}.txt`);
  await writeFile(path, text);
  const [result] = await importByHand(work.on(day), [path], {
    secretariat: given.layout === 'employers' ? 'issuer' : 'alpha',
    set: {},
    scope: null,
    mode: null,
    dryRun: false,
    ...given,
  });
  if (result === undefined) throw new Error('no result');
  const { read, created, updated, unchanged, reactivated, rejected, duplicateInFile } = result.counts;
  expect(read).toBe(created + updated + unchanged + reactivated + rejected + duplicateInFile);
  return result;
}

const people = (employer: string, rows: readonly PortalRow[], given: Partial<HandGiven> = {}, day?: string) =>
  give(portalCsv(rows), { layout: 'beneficiaries-portal', set: { enterpriseNumber: employer }, ...given }, day);

const payroll = (lines: readonly string[], day?: string) =>
  give(`BCE;NISS;période;nombre;valeur;sortie\n${lines.join('\n')}\n`, { layout: 'payroll-generic' }, day);

const codes = (result: ImportResult) => result.issues.map(({ row, column, code }) => `${row} ${column} ${code}`);

async function employer(changes: Readonly<Record<string, unknown>> = {}): Promise<string> {
  files += 1;
  const number = inventEnterpriseNumber(4_000_000 + files);
  const result = await give(employersJsonl([employerLine(number, changes)]), { layout: 'employers' });
  expect(codes(result)).toEqual([]);
  return number;
}

const statusOf = async (enterpriseNumber: string, index: number) => {
  const found = await sql<{ status: string; reason: string | null; id: number }>`
    select status, status_reason as reason, id from beneficiary
     where enterprise_number = ${enterpriseNumber}
       and national_register_number = ${inventPerson(index).nationalRegisterNumber}`.execute(db);
  return found.rows[0];
};

describe('employers', () => {
  it('are upserted whole, and what is no longer in the line is closed', async () => {
    const number = await employer();
    const again = await give(employersJsonl([employerLine(number), employerLine(number)]), { layout: 'employers' });
    expect(again.counts).toMatchObject({ read: 2, unchanged: 1, duplicateInFile: 1 });
    const changed = employersJsonl([employerLine(number, { deliveryPoints: [], name: 'Brasserie Changée' })]);
    expect((await give(changed, { layout: 'employers' })).counts).toMatchObject({ updated: 1 });
    const points = await sql`select closed from delivery_point where enterprise_number = ${number}`.execute(db);
    expect(points.rows).toEqual([{ closed: true }]);
  });

  it('a bad line is one rejected row, and the others load', async () => {
    const number = inventEnterpriseNumber(4_900_001);
    const text = `{"enterpriseNumber":\n${employersJsonl([employerLine(number)])}${employersJsonl([employerLine('0123456789')])}`;
    const result = await give(text, { layout: 'employers' });
    expect(result.counts).toMatchObject({ read: 3, created: 1, rejected: 2 });
    expect(codes(result)).toEqual(['1 null row.format', '3 enterpriseNumber enterprise-number.invalid']);
  });

  it('two lines about one employer that differ are both rejected', async () => {
    const number = inventEnterpriseNumber(4_900_002);
    const lines = [employerLine(number), employerLine(number, { name: 'Autre' })];
    const result = await give(employersJsonl(lines), { layout: 'employers' });
    expect(result.counts).toMatchObject({ rejected: 2 });
    expect(result.status).toBe('rejected');
  });
});

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
    expect(await statusOf(number, 1)).toMatchObject({ status: 'active' });
  });

  it('leaves by status and by end date, and comes back with the same id', async () => {
    const number = await employer();
    await people(number, [portalRow(1), portalRow(2)]);
    const before = await statusOf(number, 1);
    expect((await people(number, [portalRow(1, { status: 'inactief' })])).counts).toMatchObject({
      updated: 1,
      deactivated: 1,
    });
    expect(await statusOf(number, 1)).toMatchObject({ status: 'inactive', reason: 'status' });
    expect((await people(number, [portalRow(1, { status: 'Actief' })])).counts).toMatchObject({
      reactivated: 1,
      updated: 0,
    });
    expect(await statusOf(number, 1)).toEqual({ ...before, status: 'active', reason: null });
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
    expect(await statusOf(number, 1)).toBeUndefined();
    expect((await people(number, [portalRow(1), portalRow(2, { email: '?' })])).counts).toEqual(planned.counts);
  });

  it('an older file about somebody newer changes nothing and says so', async () => {
    const number = await employer();
    await people(number, [portalRow(1, { otherName: 'Nouveau' })], {}, '2026-12-03');
    await people(number, [portalRow(1, { otherName: 'Ancien' })], {}, '2026-11-02');
    const result = await people(
      number,
      [portalRow(1, { otherName: 'Ancien', personnelNumber: 'P' })],
      {},
      '2026-11-02',
    );
    expect(result.counts).toMatchObject({ unchanged: 1 });
    expect(result.issues).toMatchObject([{ code: 'row.stale', severity: 'warning' }]);
  });
});

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
    expect(await statusOf(number, 3)).toMatchObject({ status: 'inactive', reason: 'employment-ended' });
    expect(await statusOf(number, 4)).toMatchObject({ status: 'active' });
    expect(await deactivateLeavers(db, '2026-12-15')).toEqual([]);
    expect(await deactivateLeavers(db, '2026-12-16')).toEqual([{ enterpriseNumber: number, people: 1 }]);
    expect(await statusOf(number, 4)).toMatchObject({ status: 'inactive', reason: 'employment-ended' });
  });
});

describe('the file as a whole', () => {
  it('an empty file, a foreign format and a missing header are refused with a code', async () => {
    expect((await give('', { layout: 'payroll-generic' })).issues).toMatchObject([{ code: 'file.empty' }]);
    expect((await give('%PDF-1.7\n', { layout: 'payroll-generic' })).issues).toMatchObject([{ code: 'file.format' }]);
    const noHeader = await give('a;b;c\n1;2;3\n', { layout: 'payroll-generic' });
    expect(noHeader).toMatchObject({ status: 'rejected', issues: [{ code: 'file.header', row: null }] });
  });

  it('an unclosed quote half way rejects the file, and nothing of it is applied', async () => {
    const number = await employer();
    await people(number, [portalRow(1)]);
    const rows = Array.from(
      { length: 3000 },
      (_, index) => `${number};${inventPerson(1).nationalRegisterNumber};${2026}-11;${index};;`,
    );
    const text = `BCE;NISS;période;nombre;valeur;sortie\n${rows.join('\n')}\n"${number};never closed\n`;
    const result = await give(text, { layout: 'payroll-generic' });
    expect(result).toMatchObject({ status: 'rejected', issues: [{ code: 'file.format' }] });
    expect(result.issues[0]?.message).toContain('guillemets');
    expect(result.issues[0]?.message).toContain('3002');
    expect((await sql`select 1 from entitlement where enterprise_number = ${number}`.execute(db)).rows).toEqual([]);
  });

  it('text under the name of a workbook, a narrow table and a cut workbook are refused', async () => {
    const set = { enterpriseNumber: await employer() };
    const given = { layout: 'beneficiaries-portal', set };
    expect((await give('not a zip\n', given, undefined, 'people.xlsx')).issues).toMatchObject([
      { code: 'file.header' },
    ]);
    expect((await give('a;b;c\n1;2;3\n', given)).issues).toMatchObject([{ code: 'file.header' }]);
    expect((await give(`PK\x03\x04${'x'.repeat(5000)}`, given)).issues).toMatchObject([{ code: 'file.truncated' }]);
  });

  it('a name and --set that name two employers reject the file', async () => {
    const number = await employer();
    const other = await employer();
    const text = portalCsv([portalRow(1)]);
    const given = { layout: 'beneficiaries-portal', set: { enterpriseNumber: other } };
    const result = await give(text, given, '2026-12-01', `${number}_people.csv`);
    expect(result.issues).toMatchObject([{ code: 'file.employer-mismatch' }]);
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
