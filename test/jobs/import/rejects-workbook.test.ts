/** Rejected rows of a workbook go back as they came, and come in again when they are corrected. */

import ExcelJS from 'exceljs';
import { sql } from 'kysely';
import { expect, test } from 'vitest';
import { buildRejects } from '../../../src/jobs/import/build-rejects.ts';
import { getFile } from '../../../src/load/files/ledger.ts';
import type { Cell } from '../../../src/model.ts';
import { openImportHome } from '../../support/import-home.ts';
import { inventPerson } from '../../support/people.ts';
import { named, onlyNew } from '../../support/sent-files.ts';
import { writeAndRead } from '../../support/workbook.ts';

const home = await openImportHome();
const { context, db, employers, importAs, sent } = home;
const [one = ''] = employers;
const people = Array.from({ length: 9 }, (_, index) => inventPerson(index));

async function scopeOf(fileId: number | null): Promise<string | null> {
  return (await getFile(db, fileId ?? 0))?.scope ?? null;
}

/** Columns A to AJ of one person of the portal workbook. */
function portalRow(index: number, change: Readonly<Record<number, ExcelJS.CellValue>> = {}): ExcelJS.CellValue[] {
  const person = people[index];
  if (person === undefined) throw new Error('there are nine people');
  const row: ExcelJS.CellValue[] = Array.from({ length: 36 }, () => null);
  const { nationalRegisterNumber, lastName, firstName, gender, birthDate, language, email } = person;
  const born = new Date(`${birthDate}T00:00:00Z`);
  row.splice(
    0,
    10,
    nationalRegisterNumber,
    `P${index}`,
    'Actif',
    lastName,
    firstName,
    null,
    gender,
    born,
    language,
    email,
  );
  row.splice(13, 7, 'Bénéficiaire', null, 'Rue Haute', 12, null, 1000, 'Bruxelles');
  row.splice(32, 2, 'chèque-repas', 8);
  for (const [at, value] of Object.entries(change)) row[Number(at)] = value;
  return row;
}

async function portalWorkbook(rows: readonly ExcelJS.CellValue[][]): Promise<Buffer> {
  const workbook = new ExcelJS.Workbook();
  const sheet = workbook.addWorksheet('Beneficiaries');
  sheet.addRow(
    Array.from({ length: 36 }, (_, at) => (at === 0 ? 'NISS' : at === 18 ? 'Code postal' : `Colonne ${at + 1}`)),
  );
  for (const row of rows) sheet.addRow(row);
  return Buffer.from(await workbook.xlsx.writeBuffer());
}

async function statuses(): Promise<string[]> {
  const found = await sql<{ line: string }>`
    select b.enterprise_number || ' ' || b.personnel_number || ' ' || b.status as line from beneficiary b
     where b.enterprise_number = any(${employers}) order by 1`.execute(db);
  return found.rows.map(({ line }) => line);
}

function readXlsx(bytes: Buffer) {
  return writeAndRead(context.home, bytes, {});
}

test('a workbook: rejects as they came, the same bytes again, corrected and returned as delta under --full', async () => {
  const before = await sent();
  const rows = [0, 1, 2, 3, 4].map((index) => portalRow(index));
  rows.push(portalRow(5, { 0: '85.07.30-033.29', 3: '=1+1', 9: { error: '#REF!' }, 36: 'a note beside' }));
  const name = `${one}_novembre.xlsx`;
  const first = await importAs(name, await portalWorkbook(rows), { layout: 'beneficiaries-portal' });
  expect(first).toMatchObject({ status: 'applied', counts: { read: 6, created: 5, rejected: 1 } });

  const files = await onlyNew(home, before);
  const [rejectsName, rejects] = named(files, '.rejects.xlsx');
  const [receiptName, receipt] = named(files, '.receipt.json');
  expect(receiptName).toBe(rejectsName.replace('.rejects.xlsx', '.receipt.json'));
  expect(rejectsName).toMatch(new RegExp(`^${name}\\.[0-9a-f]{8}\\.rejects\\.xlsx$`));
  expect(JSON.parse(receipt.toString())).toMatchObject({ rejectsFile: rejectsName });

  const read = await readXlsx(rejects);
  expect(read.header?.slice(0, 2)).toEqual(['NISS', 'Colonne 2']);
  expect(read.header?.slice(37)).toEqual(['navette_codes', 'navette_reasons']);
  expect([...read.rows.keys()]).toEqual([2]);
  const row: Cell[] = [...(read.rows.get(2) ?? [])];
  expect(row.slice(0, 10)).toEqual([
    '85.07.30-033.29',
    'P5',
    'Actif',
    '=1+1',
    people[5]?.firstName,
    null,
    people[5]?.gender,
    { date: people[5]?.birthDate },
    people[5]?.language,
    { error: '#REF!' },
  ]);
  expect(row[18]).toBe('1000');
  expect(row[33]).toBe(8);
  expect(row[36]).toBe('a note beside');
  expect(row[37]).toBe('nrn.invalid cell.error');
  expect(row[38]).toContain('Colonne A, numéro de registre national');

  const file = await getFile(db, first.fileId ?? 0);
  if (file === undefined) throw new Error('the file is in the ledger');
  expect((await buildRejects(db, file, context.config, 'fr'))?.equals(rejects)).toBe(true);

  const workbook = new ExcelJS.Workbook();
  await workbook.xlsx.load(Uint8Array.from(rejects).buffer);
  const sheet = workbook.worksheets[0];
  if (sheet === undefined) throw new Error('the workbook has a sheet');
  expect(sheet.views).toMatchObject([{ state: 'frozen', ySplit: 1 }]);
  expect([sheet.getCell('A2').numFmt, sheet.getCell('S2').numFmt, sheet.getColumn(1).numFmt]).toEqual(['@', '@', '@']);
  expect(sheet.getCell('D2').type).toBe(ExcelJS.ValueType.String);
  expect(sheet.getColumn(39)).toMatchObject({ width: 90, alignment: { wrapText: true } });
  sheet.getCell('A2').value = people[5]?.nationalRegisterNumber ?? '';
  sheet.getCell('D2').value = 'Corrigé';
  sheet.getCell('J2').value = people[5]?.email ?? '';
  const corrected = Buffer.from(await workbook.xlsx.writeBuffer());
  const back = await importAs(rejectsName, corrected, { layout: 'beneficiaries-portal', scope: 'full' });
  expect(back).toMatchObject({
    status: 'applied',
    counts: { read: 1, created: 1, rejected: 0, deactivated: 0 },
    issues: [],
  });
  expect(await scopeOf(back.fileId)).toBe('delta');
  expect(await statuses()).toEqual([0, 1, 2, 3, 4, 5].map((index) => `${one} P${index} active`));
});
