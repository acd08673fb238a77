/** Workbooks that are right by the standard and seldom seen: every one of them is read, to the cell. */
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import type { Cell } from '../../../src/model.ts';
import {
  type HandWorkbook,
  MAIN,
  partsOf,
  type ReadWorkbook,
  STRICT,
  stylesOf,
  writeAndRead,
} from '../../support/workbook.ts';
import { zipOf } from '../../support/zip.ts';

let folder: string;
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'read-xlsx-odd-'));
});
afterAll(() => rm(folder, { recursive: true }));

const STRICT_OFFICE = 'http://purl.oclc.org/ooxml/officeDocument/relationships';

function read(xml: string | Buffer, rest: Omit<HandWorkbook, 'sheets'> = {}): Promise<ReadWorkbook> {
  return writeAndRead(folder, partsOf({ sheets: [{ xml }], ...rest }), { headerRow: 0 });
}

/** The cells of one row that is written as given. */
async function cells(xml: string, rest: Omit<HandWorkbook, 'sheets'> = {}): Promise<readonly Cell[] | undefined> {
  return (await read(`<row r="1">${xml}</row>`, rest)).rows.get(1);
}

describe('texts', () => {
  test('shared, rich, inline and of formulas; phonetic guides are left out', async () => {
    const strings =
      '<si><t>plain</t></si><si><r><rPr><b/></rPr><t>rich </t></r><r><t xml:space="preserve"> text</t></r></si>' +
      '<si><t>東京</t><rPh sb="0" eb="2"><t>トウキョウ</t></rPh><phoneticPr fontId="1"/></si><si/><si><t/></si>';
    const row =
      '<c t="s"><v>0</v></c><c t="s"><v> 1 </v></c><c t="s"><v>2</v></c><c t="s"><v>3</v></c><c t="s"><v>4</v></c>' +
      '<c t="inlineStr"><is><r><t>in</t></r><r><t>line</t></r><rPh sb="0" eb="1"><t>no</t></rPh></is></c>' +
      '<c t="str"><f>A1&amp;"x"</f><v>plainx</v></c><c t="str"><f>""</f><v></v></c><c t="s"><v>0</v></c>';
    expect(await cells(row, { strings })).toEqual([
      'plain',
      'rich  text',
      '東京',
      null,
      null,
      'inline',
      'plainx',
      null,
      'plain',
    ]);
  });

  test('with references, sections, comments and escapes', async () => {
    const inline = (text: string): string => `<c t="inlineStr"><is><t>${text}</t></is></c>`;
    const texts = [
      '&lt;a&gt; &amp;amp; &quot;&apos; &#233;&#xE9; &#x1F600;',
      'a<![CDATA[<b> & &amp;]]>c<!-- no -->d<?no no?>e',
      '<![CDATA[]]>',
      '_x000D_|_x005F_x000D_|_x00e9_|_x12|_X0041_',
      'a\r\nb\rc&#13;d',
      'Zoë 😀',
    ];
    expect(await cells(texts.map(inline).join(''))).toEqual([
      '<a> &amp; "\' éé 😀',
      'a<b> & &amp;cde',
      null,
      '\r|_x000D_|é|_x12|_X0041_',
      'a\nb\nc\rd',
      'Zoë 😀',
    ]);
  });

  test('are not cut, and their numbers may come in parts', async () => {
    const long = 'é&lt;'.repeat(16_383);
    const row = `<c t="inlineStr"><is><t>${long}</t></is></c><c><v>1<!-- -->2<![CDATA[3]]></v></c><c><v>&#52;</v></c>`;
    expect(await cells(row)).toEqual(['é<'.repeat(16_383), 123, 4]);
  });
});

describe('numbers', () => {
  test.each<[string, Cell]>([
    ['0', 0],
    ['-0', 0],
    ['85073003328', 85073003328],
    ['8.35', 8.35],
    ['-8.50', -8.5],
    ['.5', 0.5],
    ['5.', 5],
    ['1E3', 1000],
    ['1.0000000000000001E-2', 0.01],
    ['0.30000000000000004', 0.3],
    ['1234567.8900000001', 1234567.89],
    [' 12 ', 12],
    ['+7', 7],
    ['999999999999999', 999999999999999],
    ['000000000000000012', 12],
    ['1000000000000000', { lostDigits: true }],
    ['12345678901234567', { lostDigits: true }],
    ['1.2345678901234567E+17', { lostDigits: true }],
    ['-12345678901234567000', { lostDigits: true }],
    ['NaN', { error: '#NUM!' }],
    ['1e999', { error: '#NUM!' }],
    ['0x10', { error: '#NUM!' }],
    ['1 2', { error: '#NUM!' }],
    ['-', { error: '#NUM!' }],
  ])('<v>%s</v> is %j', async (text, value) => {
    expect(await cells(`<c><v>${text}</v></c><c t="n"><v>1</v></c>`)).toEqual([value, 1]);
  });

  test('booleans, errors, blanks, and formulas without a stored result', async () => {
    const row =
      '<c t="b"><v>1</v></c><c t="b"><v>false</v></c><c t="b"><v>maybe</v></c><c t="e"><v>#N/A</v></c><c s="0"/><c><v/></c>' +
      '<c><f>1+1</f><v>2</v></c><c><f>1+1</f></c><c><f t="shared" si="0"/><v/></c><c t="e"><f>1/0</f><v>#DIV/0!</v></c>';
    const unknown = { error: '#CALC!' };
    expect(await cells(row)).toEqual([
      true,
      false,
      { error: '#VALUE!' },
      { error: '#N/A' },
      null,
      null,
      2,
      unknown,
      unknown,
      { error: '#DIV/0!' },
    ]);
  });
});

describe('dates', () => {
  const styles = stylesOf('dd/mm/yyyy');

  test.each<[string, Cell]>([
    ['31258', { date: '1985-07-30' }],
    ['31258.999', { date: '1985-07-30' }],
    ['31257.999999999996', { date: '1985-07-30' }],
    ['1', { date: '1900-01-01' }],
    ['59', { date: '1900-02-28' }],
    ['60', 60],
    ['61', { date: '1900-03-01' }],
    ['36585', { date: '2000-02-29' }],
    ['2958465', { date: '9999-12-31' }],
    ['2958466', 2958466],
    ['0', 0],
    ['0.5', 0.5],
    ['-1', -1],
    ['1E+14', 1e14],
    ['20260131', 20260131],
  ])('serial %s is %j', async (serial, value) => {
    expect(await cells(`<c s="1"><v>${serial}</v></c><c s="9"><v>1</v></c>`, { styles })).toEqual([value, 1]);
  });

  test.each<[string, Cell]>([
    ['0', { date: '1904-01-01' }],
    ['1', { date: '1904-01-02' }],
    ['60', { date: '1904-03-01' }],
    ['29796', { date: '1985-07-30' }],
    ['2957003', { date: '9999-12-31' }],
    ['2957004', 2957004],
    ['-1', -1],
  ])('serial %s of the 1904 system is %j', async (serial, value) => {
    expect(await cells(`<c s="1"><v>${serial}</v></c>`, { styles, date1904: true })).toEqual([value]);
  });

  test.each<[string, Cell]>([
    ['1980-01-31', { date: '1980-01-31' }],
    ['1980-01-31T23:59:59.999Z', { date: '1980-01-31' }],
    ['2000-02-29T00:00:00', { date: '2000-02-29' }],
    ['1900-02-29', '1900-02-29'],
    ['2026-13-01', '2026-13-01'],
    ['2026-04-31', '2026-04-31'],
    ['T10:00:00', 'T10:00:00'],
  ])('ISO text %s is %j', async (text, value) => {
    expect(await cells(`<c t="d"><v>${text}</v></c>`)).toEqual([value]);
  });

  test.each<[string, boolean]>([
    ['d/m/yyyy', true],
    ['[$-80C]dddd d mmmm yyyy', true],
    ['yyyy\\-mm\\-dd;@', true],
    ['[h]:mm:ss', true],
    ['MM/YY', true],
    ['General', false],
    ['Standard', false],
    ['#,##0.00 "dagen"', false],
    ['[Red]-0.00', false],
    ['_-* #,##0.00\\ _d_-', false],
    ['0 \\d', false],
    ['0.00E+00', false],
    ['[$€-813] #,##0.00', false],
    ['00"."00"."00\\-000"."00', false],
    ['@', false],
  ])('format %s makes a date: %j', async (code, isDate) => {
    const value = isDate ? { date: '1985-07-30' } : 31258;
    expect(await cells('<c s="1"><v>31258</v></c>', { styles: stylesOf(code) })).toEqual([value]);
  });

  test('built-in formats', async () => {
    const ids = [0, 1, 13, 14, 22, 23, 27, 36, 37, 44, 45, 47, 48, 49, 50, 58, 59];
    const builtIn = `<cellXfs>${ids.map((id) => `<xf numFmtId="${id}"/>`).join('')}</cellXfs>`;
    const row = ids.map((_, style) => `<c s="${style}"><v>31258</v></c>`).join('');
    const found = await cells(row, { styles: builtIn });
    expect(ids.filter((_, index) => typeof found?.[index] === 'object')).toEqual([14, 22, 27, 36, 45, 47, 50, 58]);
  });
});

describe('rows and cells', () => {
  test('without r follow each other; with r they stand where it says', async () => {
    const { rows } = await read(
      '<row><c><v>1</v></c><c r="C1"><v>3</v></c><c><v>4</v></c></row><row r="5"><c r="AB5"><v>28</v></c></row>' +
        '<row><c r="B6"><v>2</v></c><c r="A6"><v>1</v></c></row><row><c r="A9"><v>9</v></c></row><row><c><v>10</v></c></row>',
    );
    expect([...rows]).toEqual([
      [1, [1, null, 3, 4]],
      [5, [...Array(27).fill(null), 28]],
      [6, [1, 2]],
      [9, [9]],
      [10, [10]],
    ]);
  });

  test('that hold nothing are left out', async () => {
    const { rows } = await read(
      '<row r="1"/><row r="2"><c r="A2" s="1"/></row><row r="3"><c t="str"><f>""</f><v></v></c></row>' +
        '<row r="4"><c t="inlineStr"><is><t xml:space="preserve">  </t></is></c></row><row r="5"><c><v>0</v></c><c s="1"/></row>',
    );
    expect([...rows]).toEqual([[5, [0]]]);
  });

  test.each([
    '<row r="2"/><row r="2"/>',
    '<row r="3"/><row r="2"/>',
    '<row r="0"/>',
    '<row r="1048577"/>',
    '<row r="1"><c r="A2"/></row>',
    '<row r="1"><c r="XFE1"/></row>',
    '<row r="1"><c r="1"/></row>',
    '<row r="1"><c r="A"/></row>',
    '<row r="1"><c r="A1"><v>1</v></c><c r="A1"><v>2</v></c></row>',
    '<row r="1"><c t="s"><v>0</v></c></row>',
    '<row r="1"><c t="s"><v>x</v></c></row>',
    '<row r="1"><c t="x"><v>0</v></c></row>',
    '<mc:AlternateContent xmlns:mc="m"><row r="1"/></mc:AlternateContent>',
    '<row r="1"><x><c/></x></row>',
  ])('that contradict each other reject the file: %s', async (xml) => {
    await expect(read(xml)).rejects.toMatchObject({ code: 'file.format' });
  });
});

describe('packaging', () => {
  const xml =
    '<row r="1"><c r="A1" t="s"><v>0</v></c><c r="B1" s="1"><v>31258</v></c><c t="d"><v>1980-01-31</v></c></row>';
  const rest = { strings: '<si><t>Zoé</t></si>', styles: stylesOf('dd/mm/yyyy') };
  const expected = [[1, ['Zoé', { date: '1985-07-30' }, { date: '1980-01-31' }]]];

  test('strict OOXML, absolute targets, parts in any order, names in any case', async () => {
    const parts = partsOf({ sheets: [{ xml }], ...rest, main: STRICT, office: STRICT_OFFICE, absoluteTargets: true });
    const shuffled = parts.toReversed().map((part) => ({ ...part, name: part.name.replace('sharedS', 'SHAREDS') }));
    expect([...(await writeAndRead(folder, shuffled, { headerRow: 0 })).rows]).toEqual(expected);
  });

  test('every element under a prefix, odd quotes and blanks, extensions', async () => {
    const prefixed =
      `<?xml version='1.0' encoding="UTF-8" standalone="yes"?>\n<!-- by hand --><x:worksheet\n xmlns:x='${MAIN}' ` +
      `xmlns:y="y" ><x:cols><x:col min="1"/></x:cols><x:sheetData ><x:row y:r="8" spans='1:3' r = "1" >` +
      `<x:c t='s'\tr="&#65;1"><x:v\n>0</x:v ></x:c><x:c s='1' r='B1'><x:v>31258</x:v><x:extLst><y:v>9</y:v></x:extLst></x:c>` +
      '<x:c t="d"><x:v>1980-01-31</x:v></x:c></x:row></x:sheetData><x:extLst><y:row r="7"><y:c>a > b</y:c></y:row></x:extLst></x:worksheet>\n<!---->';
    expect([...(await read(prefixed, rest)).rows]).toEqual(expected);
  });

  test.each(['utf-8', 'utf-16le', 'utf-16be'])('%s with a byte order mark', async (encoding) => {
    const whole = `\ufeff<?xml version="1.0"?><worksheet xmlns="${MAIN}"><sheetData>${xml}</sheetData></worksheet>`;
    const bytes = Buffer.from(whole, encoding === 'utf-8' ? 'utf8' : 'utf16le');
    expect([...(await read(encoding === 'utf-16be' ? bytes.swap16() : bytes, rest)).rows]).toEqual(expected);
  });

  test('stored entries, zip64, backslashes and folders in the zip', async () => {
    const parts = partsOf({ sheets: [{ xml }], ...rest });
    const variants = [
      zipOf(parts.map((part) => ({ ...part, stored: true }))),
      zipOf(
        parts.map((part) => ({ ...part, zip64: true })),
        true,
      ),
      zipOf([{ name: 'xl/', content: '' }, ...parts.map((part) => ({ ...part, name: part.name.replace('/', '\\') }))]),
    ];
    for (const bytes of variants) {
      expect([...(await writeAndRead(folder, bytes, { headerRow: 0 })).rows]).toEqual(expected);
    }
  });

  test('charts among the sheets are passed over', async () => {
    const parts = partsOf({ sheets: [{ xml: '' }, { xml, name: 'Data' }], ...rest }).map((part) =>
      part.name.endsWith('workbook.xml.rels')
        ? { ...part, content: String(part.content).replace('/worksheet"', '/chartsheet"') }
        : part,
    );
    expect([...(await writeAndRead(folder, parts, { headerRow: 0 })).rows]).toEqual(expected);
  });
});
