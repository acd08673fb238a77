/** Files that cannot be read as they are: each refused by its right name, in words its sender understands, with nothing changed. */
import { execFileSync } from 'node:child_process';
import { existsSync } from 'node:fs';
import { readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { gzipSync } from 'node:zlib';
import { sql } from 'kysely';
import { beforeAll, describe, expect, test } from 'vitest';
import { tellIssue } from '../../../src/jobs/import/issue-text.ts';
import { type IssueCode, LANGUAGES } from '../../../src/model.ts';
import { openImportHome } from '../../support/import-home.ts';
import { oleFile } from '../../support/ole-file.ts';
import { inventPerson } from '../../support/people.ts';
import { portalCsv, portalRow } from '../../support/portal-rows.ts';
import { partsOf } from '../../support/workbook.ts';
import { zipOf } from '../../support/zip.ts';

const home = await openImportHome();
const [employer = ''] = home.employers;
const people = { layout: 'beneficiaries-portal' };
const payroll = { layout: 'payroll-generic' };

beforeAll(async () => {
  const rows = portalCsv([portalRow(1), portalRow(2)]);
  expect(await home.importAs(`${employer}.csv`, rows, people)).toMatchObject({ status: 'applied', issues: [] });
});

async function everything(): Promise<unknown> {
  const tables = ['beneficiary', 'beneficiary_product', 'beneficiary_change', 'entitlement', 'entitlement_change'];
  const counts = tables.map((table) =>
    sql<{
      rows: string;
    }>`select md5(coalesce(string_agg(t::text, '|' order by t::text), '')) as rows from ${sql.table(table)} t`.execute(
      home.db,
    ),
  );
  return (await Promise.all(counts)).map(({ rows }) => rows[0]?.rows);
}

/** Imports as a full file, which would make everybody absent inactive, and sees to it that nothing changes. */
async function refused(name: string, bytes: string | Buffer, given: { layout: string } = people) {
  const before = await everything();
  const { status, issues, counts } = await home.importAs(name, bytes, { ...given, scope: 'full' });
  expect(await everything()).toEqual(before);
  expect([status, counts.deactivated]).toEqual(['rejected', 0]);
  const [first] = issues;
  return { code: first?.code, message: first?.message ?? '', row: first?.row, column: first?.column };
}

const WORKBOOK = zipOf(partsOf({ sheets: [{ xml: '<row r="1"><c t="inlineStr"><is><t>x</t></is></c></row>' }] }));
const zip = (...names: string[]): Buffer => zipOf(names.map((name) => ({ name, content: 'x' })));
const ods = zipOf([
  { name: 'mimetype', content: 'application/vnd.oasis.opendocument.spreadsheet', stored: true },
  { name: 'content.xml', content: '<x/>' },
]);

describe('fault 31: a file that is something else says what it is and how to send it', () => {
  test.each<[string, string, Buffer | string, string]>([
    ['an old workbook', `${employer}.xlsx`, oleFile('Workbook'), 'xls'],
    ['a workbook with a password', `${employer}.xlsx`, oleFile('EncryptedPackage'), 'encrypted-office'],
    ['a binary workbook', `${employer}.xlsx`, zip('[Content_Types].xml', 'xl/workbook.bin'), 'xlsb'],
    ['an OpenDocument sheet', `${employer}.xlsx`, ods, 'ods'],
    ['a web page', `${employer}.xlsx`, '<html><table><tr><td>x</td></tr></table></html>', 'html'],
    ['a PDF', `${employer}.xlsx`, '%PDF-1.7\n%âãÏÓ\n', 'pdf'],
    ['a zip', `${employer}.xlsx`, zip('a.csv', 'b.csv'), 'zip'],
    ['a compressed file', `${employer}.csv`, gzipSync('a;b'), 'gzip'],
    [
      'a picture',
      `${employer}.csv`,
      Buffer.from('\x89PNG\r\n\x1a\n\0\0\0\rIHDR\0\0\0\0\x01\x02\x03\x04', 'latin1'),
      'binary',
    ],
  ])('%s', async (_, name, bytes, found) => {
    const { formats } = home.context.config.messages.fr;
    const { code, message } = await refused(name, bytes);
    expect(code).toBe('file.format');
    expect(message).toBe(formats[found as keyof typeof formats]);
    for (const language of LANGUAGES) {
      const issue = {
        rowNumber: null,
        columnName: null,
        code: 'file.format' as IssueCode,
        severity: 'error',
        params: { found },
      } as const;
      const told = tellIssue(issue, home.context.config.messages, language, {}).message;
      expect(told).toMatch(/^\p{Lu}[^{}[\]]*[.)]$/u);
      // One sentence of what it is and what to do, without the word by which the code knows it.
      expect(told).toMatch(/;|\u00a0;/);
      expect(told).not.toContain('encrypted-office');
    }
  });

  test('a document type declaration, in words that speak of no workbook', () => {
    const params = { found: 'doctype', line: '2' };
    for (const language of LANGUAGES) {
      const issue = { rowNumber: null, columnName: null, code: 'file.format', severity: 'error', params } as const;
      const told = tellIssue(issue, home.context.config.messages, language, {}).message;
      expect(told).toMatch(/DOCTYPE, \p{L}+ 2\)/u);
      expect(told).not.toMatch(/Excel|xlsx/);
    }
  });

  test('a workbook where a text was agreed', async () => {
    const { code, message } = await refused('payroll.csv', WORKBOOK, payroll);
    expect([code, message]).toEqual(['file.format', home.context.config.messages.fr.formats.xlsx]);
  });
});

describe('a workbook that is damaged', () => {
  test('fault 32: that was cut is incomplete, wherever it was cut', async () => {
    const whole = await readFile('fixtures/beneficiaries-portal/input.xlsx');
    for (const share of [0.3, 0.6, 0.95]) {
      const { code } = await refused(`${employer}.xlsx`, whole.subarray(0, Math.floor(whole.length * share)));
      expect(code).toBe('file.truncated');
    }
  });

  test('fault 30: that would fill the memory is refused before it is read', async () => {
    const bomb = partsOf({
      sheets: [{ xml: `<row r="1"><c t="inlineStr"><is><t>${' '.repeat(40_000_000)}</t></is></c></row>` }],
    });
    const { code } = await refused(`${employer}.xlsx`, zipOf(bomb));
    expect(code).toBe('file.limit');
  });

  test('fault 33: with sheets of which none holds people has the wrong header, and is not an empty list of people', async () => {
    expect((await refused(`${employer}.xlsx`, WORKBOOK)).code).toBe('file.header');
    const bare = zipOf(partsOf({ sheets: [{ xml: '' }] }));
    expect((await refused(`${employer}.xlsx`, bare)).code).toMatch(/^file\.(?:header|empty)$/);
  });

  test('fault 33: whose elements have a prefix is read all the same', async () => {
    const { nationalRegisterNumber } = inventPerson(1);
    const cell = (text: string) => `<x:c t="inlineStr"><x:is><x:t>${text}</x:t></x:is></x:c>`;
    const row = portalCsv([portalRow(1)])
      .split('\r\n')
      .map((line) => `<x:row>${line.split(';').map(cell).join('')}</x:row>`);
    const xml = `<x:worksheet xmlns:x="http://schemas.openxmlformats.org/spreadsheetml/2006/main"><x:sheetData>${row.slice(0, 2).join('')}</x:sheetData></x:worksheet>`;
    const result = await home.importAs(`${employer}_prefixed.xlsx`, zipOf(partsOf({ sheets: [{ xml }] })), people);
    expect(nationalRegisterNumber).toHaveLength(11);
    expect(result).toMatchObject({ status: 'applied', issues: [], counts: { read: 1, unchanged: 1 } });
  });
});

describe('a text that cannot be trusted', () => {
  const HEADER = 'BCE;NISS;Période;Nombre;Valeur';
  const row = (index: number, count = '20') =>
    `${employer};${inventPerson(index).nationalRegisterNumber};2026-10;${count};8,00`;
  const text = (...lines: string[]) => `${lines.join('\r\n')}\r\n`;

  test.each<[string, Buffer]>([
    ['UTF-8 with a byte order mark', Buffer.from(`\ufeff${text(HEADER, row(1))}`)],
    ['UTF-16', Buffer.from(`\ufeff${text(HEADER, row(1))}`, 'utf16le')],
    ['windows-1252', Buffer.from(text(HEADER, row(1)), 'latin1')],
  ])('fault 34: %s is read', async (name, bytes) => {
    const result = await home.importAs(`payroll-${name.replace(/\W/g, '')}.csv`, bytes, payroll);
    expect([result.status === 'duplicate' || result.counts.read === 1, result.counts.rejected]).toEqual([true, 0]);
    const codes = result.issues.map(({ code }) => code).filter((code) => code.startsWith('encoding'));
    expect(codes).toEqual(name === 'windows-1252' ? ['encoding.assumed'] : []);
  });

  test('fault 34: bytes that are no letter in any of them are refused', async () => {
    const bytes = Buffer.concat([Buffer.from(text(HEADER, row(1)), 'latin1'), Buffer.from([0x81, 0x8d, 0x0d, 0x0a])]);
    expect((await refused('payroll.csv', bytes, payroll)).code).toBe('file.encoding');
  });

  test('fault 35: a quote that is never closed is refused with the line where it opens', async () => {
    const { code, message } = await refused(
      'payroll.csv',
      text(HEADER, row(1), row(2).replace('20', '"20'), row(3)),
      payroll,
    );
    expect(code).toBe('file.format');
    expect(message).toContain('3');
  });

  test('fault 36: a column that is renamed is missing, one that stands twice is named, one that moved or is new does no harm', async () => {
    const renamed = await refused('payroll.csv', text(HEADER.replace('Nombre', 'Combien'), row(1)), payroll);
    expect([renamed.code, renamed.column]).toEqual(['file.header', 'quantity']);
    const twice = await refused('payroll.csv', text(`${HEADER};nombre`, `${row(1)};20`), payroll);
    expect([twice.code, twice.column]).toEqual(['file.duplicate-header', 'quantity']);
    const moved = text(
      'Nom;Nombre;NISS;BCE;Valeur;Période',
      `x;21;${inventPerson(1).nationalRegisterNumber};${employer};8,00;2026-09`,
    );
    expect(await home.importAs('moved.csv', moved, payroll)).toMatchObject({
      status: 'applied',
      counts: { created: 1 },
    });
  });
});

/** Reads a file to its end in a process of its own. @returns rows, and the most memory it took in megabytes */
function readApart(path: string): { rows: number; peak: number } {
  const program = `
    import { readXlsx } from ${JSON.stringify(join(process.cwd(), 'src/ingest/xlsx/read-xlsx.ts'))};
    const opened = await readXlsx(${JSON.stringify(path)}, { formats: ['xlsx'], encoding: 'auto', delimiter: 'auto', headerRow: 1, sheet: 'first', name: null });
    for await (const batch of opened.rows) void batch;
    console.log(JSON.stringify({ rows: opened.outcome().dataRows, peak: process.resourceUsage().maxRSS / 1024 }));`;
  return JSON.parse(execFileSync(process.execPath, ['--input-type=module', '-e', program], { encoding: 'utf8' }));
}

test('fault 29: a workbook of many rows takes no more memory than one of few', { timeout: 120_000 }, async () => {
  const write = async (rows: number): Promise<string> => {
    const lines = Array.from({ length: rows }, (_, index) => {
      const cells = ['85073003328', `Nom ${index}`, 'Odilon'].map(
        (word) => `<c t="inlineStr"><is><t>${word}</t></is></c>`,
      );
      return `<row r="${index + 1}">${cells.join('')}<c><v>${index}</v></c></row>`;
    });
    const path = join(home.folder, `rows-${rows}.xlsx`);
    await writeFile(path, zipOf(partsOf({ sheets: [{ xml: lines.join('') }] })));
    return path;
  };
  const few = readApart(await write(2_000));
  const many = readApart(await write(150_000));
  expect([few.rows, many.rows]).toEqual([1_999, 149_999]);
  expect(many.peak).toBeLessThan(few.peak + 120);
  expect(existsSync(join(home.folder, 'rows-2000.xlsx'))).toBe(true);
});
