/** Rejected rows of text go back as they came, and come in again when they are corrected. */
import { rm } from 'node:fs/promises';
import { join } from 'node:path';
import { sql } from 'kysely';
import { expect, test } from 'vitest';
import type { Config } from '../../../src/config.ts';
import { buildRejects } from '../../../src/jobs/import/build-rejects.ts';
import { getFile } from '../../../src/load/files/ledger.ts';
import type { Layout } from '../../../src/model.ts';
import { openImportHome } from '../../support/import-home.ts';
import { inventPerson } from '../../support/people.ts';
import { portalCsv, portalRow } from '../../support/portal-rows.ts';
import { named, onlyNew } from '../../support/sent-files.ts';

/** The shipped configuration, and the generic payroll once more by position without a header, and by lines of a header on row 3. */
function withMoreLayouts(config: Config): Config {
  const generic = config.layouts.get('payroll-generic');
  if (generic === undefined) throw new Error('the generic payroll layout is shipped');
  const order = ['enterpriseNumber', 'nationalRegisterNumber', 'period', 'quantity', 'faceValue'];
  const { layout } = generic;
  const byPosition: Layout = {
    ...layout,
    id: 'no-header',
    file: { ...layout.file, headerRow: 0 },
    columns: layout.columns
      .filter(({ field }) => field === 'product' || order.includes(field))
      .map((column) => ({
        ...column,
        source: column.field === 'product' ? { constant: 'meal' } : { column: order.indexOf(column.field) },
      })),
  };
  const lower: Layout = {
    ...layout,
    id: 'header-on-3',
    file: { ...layout.file, headerRow: 3, encoding: 'iso-8859-1' },
  };
  const more = [byPosition, lower].map((one) => [one.id, { ...generic, layout: one }] as const);
  return { ...config, layouts: new Map([...config.layouts, ...more]) };
}

const home = await openImportHome(withMoreLayouts);
const { context, db, employers, importAs, sent } = home;
const [one = ''] = employers;
const people = Array.from({ length: 9 }, (_, index) => inventPerson(index));
await importAs(`${one}_people.csv`, portalCsv(people.slice(0, 6).map((_, index) => portalRow(index))), {
  layout: 'beneficiaries-portal',
});

async function scopeOf(fileId: number | null): Promise<string | null> {
  return (await getFile(db, fileId ?? 0))?.scope ?? null;
}

const PAYROLL = 'BCE;NISS;Nom;Période;Nombre;Valeur\r\n';

function payrollLine(index: number, name: string, quantity: string): string {
  return `${one};${people[index]?.nationalRegisterNumber};${name};2026-11;${quantity};8,00\r\n`;
}

test('a CSV in windows-1252: values, delimiter and encoding as sent, formulas disarmed, corrected and returned', async () => {
  const before = await sent();
  const text =
    PAYROLL +
    payrollLine(0, 'Zélie', '20') +
    payrollLine(1, '"5"" tuyau; ""é"""', 'vingt') +
    payrollLine(2, '=HYPERLINK(A1)', ' -2 ');
  const bytes = Buffer.from(text, 'latin1');
  const first = await importAs('paie.csv', bytes, { layout: 'payroll-generic' });
  expect(first).toMatchObject({ status: 'applied', counts: { read: 3, created: 1, rejected: 2 } });
  const [name, rejects] = named(await onlyNew(home, before), '.rejects.csv');
  const [header, broken, formula, end] = rejects.toString('latin1').split('\r\n');
  expect(header).toBe('BCE;NISS;Nom;Période;Nombre;Valeur;navette_codes;navette_reasons');
  expect(broken).toContain(';"5"" tuyau; ""é""";2026-11;vingt;8,00;integer.invalid;"Colonne «');
  expect(formula).toContain(";'=HYPERLINK(A1);2026-11; -2 ;8,00;quantity.negative;");
  expect(end).toBe('');
  const file = await getFile(db, first.fileId ?? 0);
  if (file === undefined) throw new Error('the file is in the ledger');
  expect((await buildRejects(db, file, context.config, 'fr'))?.equals(rejects)).toBe(true);

  const corrected = rejects.toString('latin1').replace(';vingt;', ';19;').replace('; -2 ;', ';18;');
  const back = await importAs(name, Buffer.from(corrected, 'latin1'), { layout: 'payroll-generic', scope: 'full' });
  expect(back).toMatchObject({ status: 'applied', counts: { read: 2, created: 2, rejected: 0 } });
  expect(await scopeOf(back.fileId)).toBe('delta');
});

test('UTF-8 gets a byte order mark, and rows that are wrong again go back with one pair of columns', async () => {
  const before = await sent();
  await importAs('utf8.csv', PAYROLL + payrollLine(0, 'Zélie', '20') + payrollLine(1, 'Noémie', 'x'), {
    layout: 'payroll-generic',
  });
  const [name, rejects] = named(await onlyNew(home, before), '.rejects.csv');
  expect(rejects.subarray(0, 3)).toEqual(Buffer.from([0xef, 0xbb, 0xbf]));
  const later = await sent();
  const again = await importAs(name, rejects.toString().replace(';x;', ';y;'), { layout: 'payroll-generic' });
  expect(again).toMatchObject({ status: 'rejected', counts: { read: 1, rejected: 1 } });
  const [, second] = named(await onlyNew(home, later), '.rejects.csv');
  expect(second.toString()).toBe(rejects.toString().replace(';x;', ';y;'));
});

test('a row with a cell too many stays refused until the cell is gone', async () => {
  const before = await sent();
  const tooLong = payrollLine(3, 'Kaartmans;Wannes', '20');
  const first = await importAs('long.csv', PAYROLL + payrollLine(0, 'a', '20') + tooLong, {
    layout: 'payroll-generic',
  });
  const codes = first.issues.map(({ code }) => code);
  const [name, rejects] = named(await onlyNew(home, before), '.rejects.csv');
  const text = rejects.toString();
  expect(text).toContain('Valeur;navette_extra;navette_codes;navette_reasons\r\n');
  const same = await importAs(name, text, { layout: 'payroll-generic' });
  expect(same.issues.map(({ code }) => code)).toEqual(codes);
  expect(codes).toContain('row.format');
  const fixed = text.replace('Kaartmans;Wannes', 'Kaartmans Wannes').replace('8,00;', '8,00;;');
  expect(await importAs(name, fixed, { layout: 'payroll-generic' })).toMatchObject({
    counts: { read: 1, rejected: 0 },
  });
});

test('without a header the two columns are found again, and with a header on row 3 the header is', async () => {
  for (const [layout, head] of [
    ['no-header', ''],
    ['header-on-3', 'Export\r\ndu mois\r\nBCE;NISS;Période;Nombre;Valeur\r\n'],
  ] as const) {
    const before = await sent();
    const line = (index: number, quantity: string) =>
      `${one};${people[index]?.nationalRegisterNumber};2026-09;${quantity};8,00\n`;
    const name = `${layout}.csv`;
    const first = await importAs(name, Buffer.from(head + line(0, '5') + line(1, '??'), 'latin1'), { layout });
    expect(first).toMatchObject({ status: 'applied', counts: { read: 2, rejected: 1 } });
    const [rejectsName, rejects] = named(await onlyNew(home, before), '.rejects.csv');
    const corrected = rejects.toString('latin1').replace('??', '6');
    const back = await importAs(rejectsName, Buffer.from(corrected, 'latin1'), { layout, scope: 'full' });
    expect(back).toMatchObject({ status: 'applied', counts: { read: 1, rejected: 0 } });
    expect(await scopeOf(back.fileId)).toBe('delta');
  }
});

test('signs that the encoding of the file lacks become plain ones', async () => {
  await sql`update social_secretariat set language = 'nl' where code = 'alpha'`.execute(db);
  const before = await sent();
  const line = `${one};${people[1]?.nationalRegisterNumber};2026-08;?;8,00\n`;
  const text = `a\nb\nBCE;NISS;Période;Nombre;Valeur\n${line}`;
  await importAs('latin.csv', Buffer.from(text, 'latin1'), { layout: 'header-on-3' });
  const [, rejects] = named(await onlyNew(home, before), '.rejects.csv');
  expect(rejects.toString('latin1')).toContain("Kolom 'Nombre'");
  await sql`update social_secretariat set language = 'fr' where code = 'alpha'`.execute(db);
});

test('lines of JSON go back with their number, codes and reasons', async () => {
  const bad = '{"enterpriseNumber":"=1"}';
  await importAs('more.jsonl', `${bad}\n\nno json\n`, { layout: 'employers', secretariat: 'issuer' });
  const found = await sql<{ file_id: number }>`
    select file_id from outgoing_file where kind = 'rejects' and drop_id = 'manual:issuer'`.execute(db);
  const file = await getFile(db, found.rows[0]?.file_id ?? 0);
  if (file === undefined) throw new Error('the file is in the ledger');
  const text = (await buildRejects(db, file, context.config, 'en'))?.toString() ?? '';
  const lines = text.replace('\ufeff', '').split('\r\n');
  expect(lines[0]).toBe('navette_line;navette_text;navette_codes;navette_reasons');
  expect(lines[1]).toContain('1;"{""enterpriseNumber"":""=1""}";');
  expect(lines[2]).toMatch(/^3;no json;row\.format;/);
});

test('a held file and a second delivery each have their own pair of files', async () => {
  const before = await sent();
  const lines = [0, 1, 2, 3].map((index) => payrollLine(index, 'x', index === 0 ? '7' : 'x'));
  const text = PAYROLL + lines.join('');
  expect(await importAs('held.csv', text, { layout: 'payroll-generic' })).toMatchObject({ status: 'held' });
  expect(await importAs('held.csv', text, { layout: 'payroll-generic' })).toMatchObject({ status: 'duplicate' });
  const files = await onlyNew(home, before);
  const [rejectsName, rejects] = named(files, '.rejects.csv');
  expect(rejects.toString().trimEnd().split('\r\n')).toHaveLength(4);
  expect(JSON.parse(named(files, '.receipt.json')[1].toString())).toMatchObject({ rejectsFile: rejectsName });
  expect(JSON.parse(named(files, '.receipt.2.json')[1].toString())).toMatchObject({ rejectsFile: null });
});

test('the same rejected content delivered again: numbered like its receipt', async () => {
  const before = await sent();
  const text = PAYROLL + payrollLine(0, 'x', 'x');
  for (const _ of [1, 2]) await importAs('again.csv', text, { layout: 'payroll-generic' });
  const files = await onlyNew(home, before);
  const [name] = named(files, '.rejects.2.csv');
  expect(JSON.parse(named(files, '.receipt.2.json')[1].toString())).toMatchObject({ rejectsFile: name });
  expect(files.size).toBe(4);
});

test('rejects of a file that is no longer kept are given up, and the queue goes on', async () => {
  const before = await sent();
  const text = PAYROLL + payrollLine(0, 'gone', 'x');
  const result = await importAs('gone.csv', text, { layout: 'payroll-generic' });
  const file = await getFile(db, result.fileId ?? 0);
  const sha = file?.sha256 ?? '';
  await rm(join(context.config.storage, sha.slice(0, 2), sha));
  await sql`update outgoing_file set status = 'queued' where file_id = ${result.fileId}`.execute(db);
  await importAs('next.csv', PAYROLL + payrollLine(0, 'x', '7'), { layout: 'payroll-generic' });
  const found = await sql<{ line: string }>`
    select kind || ' ' || status as line from outgoing_file where file_id = ${result.fileId} order by id`.execute(db);
  expect(found.rows.map(({ line }) => line)).toEqual(['rejects failed', 'receipt sent']);
  expect([...(await onlyNew(home, before)).keys()].filter((name) => name.startsWith('next'))).toHaveLength(1);
});

test('without rejected rows there is no rejects file', async () => {
  const before = await sent();
  const clean = await importAs('clean.csv', PAYROLL + payrollLine(4, 'x', '3'), { layout: 'payroll-generic' });
  expect(clean).toMatchObject({ counts: { rejected: 0 } });
  const files = await onlyNew(home, before);
  expect(files.size).toBe(1);
  expect(JSON.parse(named(files, '.receipt.json')[1].toString())).toMatchObject({ rejectsFile: null });
});
