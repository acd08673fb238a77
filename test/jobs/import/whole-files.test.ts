/** Files that are refused as a whole, with a code, and nothing of them applied. */
import { sql } from 'kysely';
import { describe, expect, it } from 'vitest';
import { inventPerson } from '../../support/people.ts';
import { openPeopleDesk } from '../../support/people-desk.ts';
import { portalCsv, portalRow } from '../../support/portal-rows.ts';

const { db, employer, give, people } = await openPeopleDesk(4_300_000);

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
    expect((await give('not a zip\n', given, { name: 'people.xlsx' })).issues).toMatchObject([{ code: 'file.header' }]);
    expect((await give('a;b;c\n1;2;3\n', given)).issues).toMatchObject([{ code: 'file.header' }]);
    expect((await give(`PK\x03\x04${'x'.repeat(5000)}`, given)).issues).toMatchObject([{ code: 'file.truncated' }]);
  });

  it('a name and --set that name two employers reject the file', async () => {
    const number = await employer();
    const other = await employer();
    const text = portalCsv([portalRow(1)]);
    const given = { layout: 'beneficiaries-portal', set: { enterpriseNumber: other } };
    const result = await give(text, given, { name: `${number}_people.csv` });
    expect(result.issues).toMatchObject([{ code: 'file.employer-mismatch' }]);
  });
});
