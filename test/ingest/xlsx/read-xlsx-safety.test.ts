/** Files that are cut, damaged, hostile or no workbooks at all: refused by their right name, and quickly. */
import { execFile } from 'node:child_process';
import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { promisify } from 'node:util';
import ExcelJS from 'exceljs';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { readXlsx } from '../../../src/ingest/xlsx/read-xlsx.ts';
import { LAYOUT_FILE, partsOf, readAll, writeAndRead } from '../../support/workbook.ts';
import { type ZipEntry, zipOf } from '../../support/zip.ts';

let folder: string;
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'read-xlsx-safety-'));
});
afterAll(() => rm(folder, { recursive: true }));

const SHEET = 'xl/worksheets/sheet1.xml';
const ROW = '<row r="1"><c t="inlineStr"><is><t>x</t></is></c></row>';

function withPart(name: string, change: (part: ZipEntry) => ZipEntry): ZipEntry[] {
  const parts = partsOf({ sheets: [{ xml: ROW }], strings: '<si><t>a</t></si>', styles: '<cellXfs/>' });
  return parts.map((part) => (part.name === name ? change(part) : part));
}

async function refusal(content: Buffer | readonly ZipEntry[]): Promise<unknown> {
  return writeAndRead(folder, content, { headerRow: 0 }).then(
    () => 'read',
    (error: { code: string; params: unknown }) => ({ code: error.code, params: error.params }),
  );
}

const format = (found: string) => ({ code: 'file.format', params: { found } });

test('a file cut anywhere is truncated', async () => {
  const path = join(folder, 'whole.xlsx');
  const book = new ExcelJS.Workbook();
  const sheet = book.addWorksheet('Data');
  for (let row = 0; row < 500; row += 1) sheet.addRow([row, `name ${row}`, 'FR']);
  await book.xlsx.writeFile(path);
  const whole = await readFile(path);
  const step = Math.floor(whole.length / 150);
  const cuts = [1, 2, 3, 4, 5, 30, whole.length - 22, whole.length - 1];
  for (let cut = step; cut < whole.length; cut += step) cuts.push(cut);
  for (const cut of cuts) {
    expect(await refusal(whole.subarray(0, cut)), `${cut} bytes`).toMatchObject({ code: 'file.truncated' });
  }
  expect(await refusal(whole)).toBe('read');
});

test('a file with a hole in it is not read either', async () => {
  const whole = zipOf(withPart(SHEET, (part) => ({ ...part, content: String(part.content).padEnd(5_000, '\n') })));
  for (const at of [10, 300, 600, whole.length - 200, whole.length - 60]) {
    const holed = Buffer.concat([whole.subarray(0, at), whole.subarray(at + 20)]);
    expect(await refusal(holed), `at ${at}`).not.toBe('read');
  }
});

test('flipped bytes never give other rows', async () => {
  const parts = withPart(SHEET, (part) => ({ ...part, stored: true }));
  const whole = zipOf(parts);
  const start = whole.indexOf('<sheetData>');
  for (let at = start; at < start + 70; at += 1) {
    const flipped = Buffer.from(whole);
    flipped[at] = flipped[at]! ^ 0x01;
    expect(await refusal(flipped), `at ${at}`).toMatchObject({ code: 'file.format' });
  }
});

describe('no workbook', () => {
  test.each<[string, Buffer]>([
    ['text', Buffer.from('a;b;c\n1;2;3\n')],
    ['an old .xls', Buffer.from('d0cf11e0a1b11ae1', 'hex')],
    ['html', Buffer.from('<html><table/></html>'.padEnd(5_000))],
  ])('%s', async (_, bytes) => {
    expect(await refusal(bytes)).toEqual(format('no-zip'));
  });

  test('nothing, other zips, other office documents', async () => {
    expect(await refusal(Buffer.alloc(0))).toMatchObject({ code: 'file.empty' });
    expect(await refusal([{ name: 'a.txt', content: 'a' }])).toEqual(format('zip'));
    const ods = { name: 'mimetype', content: 'application/vnd.oasis.opendocument.spreadsheet', stored: true };
    expect(await refusal([ods, { name: 'content.xml', content: '<a/>' }])).toEqual(format('ods'));
    const asType = (type: string) =>
      withPart('[Content_Types].xml', (part) => ({
        ...part,
        content: String(part.content).replace(/vnd\.openxmlformats[^"]*/, type),
      }));
    expect(await refusal(asType('vnd.ms-excel.sheet.binary.macroEnabled.main'))).toEqual(format('xlsb'));
    expect(await refusal(asType('x.wordprocessingml.document.main+xml'))).toEqual(format('docx'));
    expect(await refusal(asType('vnd.ms-excel.sheet.macroEnabled.main+xml'))).toBe('read');
  });

  test('a file that is not there is no fault of its contents', async () => {
    await expect(readAll(join(folder, 'nowhere.xlsx'))).rejects.toMatchObject({ code: 'ENOENT', syscall: 'open' });
  });
});

describe('damaged or hostile parts', () => {
  test('encrypted, unknown compression, wrong checksum, wrong size, twice the same, not there', async () => {
    expect(await refusal(withPart(SHEET, (part) => ({ ...part, encrypted: true })))).toEqual(format('encrypted'));
    expect(await refusal(withPart(SHEET, (part) => ({ ...part, declared: { method: 12 } })))).toEqual(
      format('compression'),
    );
    for (const name of [SHEET, 'xl/workbook.xml', 'xl/sharedStrings.xml', 'xl/styles.xml']) {
      const damaged = withPart(name, (part) => ({ ...part, declared: { crc: 1 } }));
      expect(await refusal(damaged), name).toEqual(format('damaged'));
    }
    expect(await refusal(withPart(SHEET, (part) => ({ ...part, declared: { size: 5_000 } })))).toEqual(
      format('damaged'),
    );
    const parts = withPart(SHEET, (part) => part);
    expect(await refusal([...parts, { name: 'XL/workbook.xml', content: '' }])).toEqual(format('duplicate-part'));
    expect(await refusal(parts.filter((part) => part.name !== SHEET))).toEqual(format('part-missing'));
  });

  test.each([SHEET, 'xl/workbook.xml', 'xl/sharedStrings.xml', 'xl/styles.xml', 'xl/_rels/workbook.xml.rels'])(
    'a DOCTYPE in %s',
    async (name) => {
      const content = (part: ZipEntry) => `<!DOCTYPE a [<!ENTITY b "c">]>${String(part.content)}`;
      expect(await refusal(withPart(name, (part) => ({ ...part, content: content(part) })))).toEqual(format('doctype'));
    },
  );

  test.each([
    ['cut', (xml: string) => xml.slice(0, -5)],
    ['cut in a tag', (xml: string) => xml.slice(0, xml.indexOf('<row') + 6)],
    ['cut in a comment', (xml: string) => `${xml}<!-- `],
    ['empty', () => ''],
    ['nesting', (xml: string) => xml.replace('</is></c>', '</c></is>')],
    ['an end tag of a longer name', (xml: string) => xml.replace('</row>', '</rows>')],
    ['quotes', (xml: string) => xml.replace('r="1"', 'r=1')],
    ['an attribute twice', (xml: string) => xml.replace('r="1"', 'r="1" r="1"')],
    ['attributes run together', (xml: string) => xml.replace('r="1"', 'r="1"s="1"')],
    ['an attribute without value', (xml: string) => xml.replace('r="1"', 'r')],
    ['< in a value', (xml: string) => xml.replace('r="1"', 'r="1" s="<"')],
    ['two roots', (xml: string) => `${xml}<a/>`],
    ['text after the root', (xml: string) => `${xml}a`],
    ['an unknown reference', (xml: string) => xml.replace('x</t>', '&nbsp;</t>')],
    ['a bare ampersand', (xml: string) => xml.replace('x</t>', 'a & b</t>')],
    ['a reference to nothing', (xml: string) => xml.replace('x</t>', '&#0;</t>')],
    ['a surrogate', (xml: string) => xml.replace('x</t>', '&#xD800;</t>')],
    ['a control character', (xml: string) => xml.replace('x</t>', '\u0001</t>')],
    ['a declaration', (xml: string) => xml.replace('x</t>', '<!ELEMENT a></t>')],
    ['words between the cells', (xml: string) => xml.replace('</c>', '</c>words')],
    ['another root', (xml: string) => xml.replaceAll('worksheet', 'dialogsheet')],
  ])('malformed XML: %s', async (_, change) => {
    const changed = withPart(SHEET, (part) => ({ ...part, content: change(String(part.content)) }));
    expect(await refusal(changed)).toMatchObject({ code: 'file.format' });
  });

  test('malformed XML in small parts, and text that is no UTF-8', async () => {
    for (const name of ['xl/workbook.xml', 'xl/styles.xml', '[Content_Types].xml', '_rels/.rels']) {
      const cut = withPart(name, (part) => ({ ...part, content: String(part.content).slice(0, -3) }));
      expect(await refusal(cut), name).toEqual(format('broken-xml'));
    }
    for (const name of [SHEET, 'xl/sharedStrings.xml']) {
      const latin = withPart(name, (part) => ({
        ...part,
        content: Buffer.from(String(part.content).replace(/(?<=<t>)./, 'é'), 'latin1'),
      }));
      expect(await refusal(latin), name).toEqual(format('broken-xml'));
    }
  });
});

describe('limits', () => {
  const limit = (what: string) => ({ code: 'file.limit', params: { what } });

  test('cells, tokens, depth, entries, the file itself, what it says it inflates to', async () => {
    const inSheet = (xml: string) =>
      partsOf({ sheets: [{ xml: `<row r="1"><c t="inlineStr"><is>${xml}</is></c></row>` }] });
    expect(await refusal(inSheet(`<t>${'x'.repeat(32_767)}</t>`))).toBe('read');
    expect(await refusal(inSheet(`<t>${'x'.repeat(32_768)}</t>`))).toMatchObject(limit('cell'));
    expect(await refusal(inSheet(`<r><t>${'x'.repeat(20_000)}</t></r>`.repeat(2)))).toMatchObject(limit('cell'));
    expect(await refusal(inSheet(`<t>${'x'.repeat(600_000)}</t>`))).toMatchObject(limit('token'));
    expect(await refusal(inSheet('<a>'.repeat(200)))).toMatchObject(limit('depth'));
    const strings = `<si><t>${'x'.repeat(32_768)}</t></si>`;
    expect(await refusal(partsOf({ sheets: [{ xml: '' }], strings }))).toMatchObject(limit('cell'));
    const many = Array.from({ length: 2_001 }, (_, index) => ({ name: `f${index}`, content: '' }));
    expect(await refusal(many)).toMatchObject(limit('entries'));
    const parts = withPart(SHEET, (part) => part);
    const small = writeAndRead(folder, parts, {}, { maxBytes: 500 });
    await expect(small).rejects.toMatchObject({ code: 'file.limit', params: { maxBytes: 500 } });
    const flat = writeAndRead(folder, parts, {}, { maxBytes: 1e6, maxInflatedBytes: 1_000 });
    await expect(flat).rejects.toMatchObject({ code: 'file.limit', params: { what: 'inflated', limit: 1_000 } });
    const lying = withPart(SHEET, (part) => ({ ...part, declared: { size: 50 } }));
    expect(await refusal(lying)).toMatchObject(limit('inflated'));
  });

  test.each([
    ['honest', undefined, 'ratio'],
    ['lying about its size', { size: 1_000 }, 'inflated'],
  ])('fault 30: a bomb %s is refused in no time and no memory', async (_, declared, what) => {
    const bomb = Buffer.alloc(300_000_000, ' ');
    const path = join(folder, 'bomb.xlsx');
    const entry = (part: ZipEntry) => ({ ...part, content: bomb, ...(declared === undefined ? {} : { declared }) });
    await writeFile(path, zipOf(withPart(SHEET, entry)));
    const reader = join(import.meta.dirname, '../../../src/ingest/xlsx/read-xlsx.ts');
    // VmHWM and not maxRSS: that one is handed down by the process that starts this one.
    const script = `
      import { readFileSync } from 'node:fs';
      import { readXlsx } from ${JSON.stringify(reader)};
      const start = performance.now();
      const file = { formats: ['xlsx'], encoding: 'auto', delimiter: 'auto', headerRow: 1, sheet: 'auto', name: null };
      const { code, params } = await readXlsx(${JSON.stringify(path)}, file).catch((error) => error);
      const megabytes = Number(/VmHWM:\\s+(\\d+)/.exec(readFileSync('/proc/self/status', 'latin1'))[1]) / 1024;
      console.log(JSON.stringify({ code, params, seconds: (performance.now() - start) / 1000, megabytes }));`;
    const { stdout } = await promisify(execFile)(process.execPath, ['--input-type=module', '-e', script]);
    const result = JSON.parse(stdout);
    expect(result).toMatchObject(limit(what));
    expect(result.seconds).toBeLessThan(2);
    expect(result.megabytes).toBeLessThan(150);
  });

  test('few cells far to the right do not fill the memory', async () => {
    const rows = Array.from({ length: 2_000 }, (_, at) => `<row r="${at + 1}"><c r="XFD${at + 1}"><v>1</v></c></row>`);
    const path = join(folder, 'wide.xlsx');
    await writeFile(path, zipOf(partsOf({ sheets: [{ xml: rows.join('') }] })));
    const opened = await readXlsx(path, { ...LAYOUT_FILE, headerRow: 0 });
    for await (const batch of opened.rows) {
      expect(batch[0]?.cells.length).toBe(16_384);
      expect(batch.length).toBeLessThan(500);
    }
    expect(opened.outcome().dataRows).toBe(2_000);
  });
});
