/** Cells of every kind that the standard of workbooks knows: texts, numbers and dates, each read as what it says. */
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import type { Cell } from '../../../src/model.ts';
import { type HandWorkbook, readSheet, stylesOf } from '../../support/workbook.ts';

let folder: string;
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'read-xlsx-cells-'));
});
afterAll(() => rm(folder, { recursive: true }));

/** The cells of one row that is written as given. */
async function cells(xml: string, rest: Omit<HandWorkbook, 'sheets'> = {}): Promise<readonly Cell[] | undefined> {
  return (await readSheet(folder, `<row r="1">${xml}</row>`, rest)).rows.get(1);
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
