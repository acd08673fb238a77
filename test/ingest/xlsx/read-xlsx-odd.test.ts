/** Workbooks that are right by the standard and seldom seen: every one of them is read, whole. */
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { type HandWorkbook, MAIN, partsOf, readSheet, STRICT, stylesOf, writeAndRead } from '../../support/workbook.ts';
import { zipOf } from '../../support/zip.ts';

let folder: string;
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'read-xlsx-odd-'));
});
afterAll(() => rm(folder, { recursive: true }));

const STRICT_OFFICE = 'http://purl.oclc.org/ooxml/officeDocument/relationships';

const read = (xml: string | Buffer, rest: Omit<HandWorkbook, 'sheets'> = {}) => readSheet(folder, xml, rest);

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
