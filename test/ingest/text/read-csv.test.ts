/** Rows of delimited text: numbers as an editor shows them, quotes of all kinds, and refusals instead of swallowed rows. */
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, test } from 'vitest';
import type { OpenedRows } from '../../../src/ingest/opened-rows.ts';
import { readCsv } from '../../../src/ingest/text/read-csv.ts';
import type { LayoutFile } from '../../../src/model.ts';
import { gather } from '../../support/pieces.ts';

let folder = '';
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'navette-csv-'));
});
afterAll(() => rm(folder, { recursive: true }));

type Shape = Pick<LayoutFile, 'encoding' | 'delimiter' | 'headerRow'>;
const SEMICOLON: Shape = { encoding: 'auto', delimiter: ';', headerRow: 1 };

async function open(text: string | Buffer, shape: Partial<Shape> = {}, maxRecordSize = 1_048_576): Promise<OpenedRows> {
  const path = join(folder, 'input.csv');
  await writeFile(path, text);
  return readCsv(path, { ...SEMICOLON, ...shape }, ['niss', 'nom'], { maxRecordSize });
}

async function read(text: string | Buffer, shape: Partial<Shape> = {}, maxRecordSize?: number) {
  const opened = await open(text, shape, maxRecordSize);
  const rows = (await gather(opened.rows)).flat();
  return {
    header: opened.header,
    rows: rows.map(({ rowNumber, cells }) => [rowNumber, ...cells]),
    ...opened.outcome(),
  };
}

test('header, rows and their numbers', async () => {
  expect(await read('NISS;Nom\n1;Anne\n2;Bo\n')).toEqual({
    header: ['NISS', 'Nom'],
    rows: [
      [2, '1', 'Anne'],
      [3, '2', 'Bo'],
    ],
    warnings: [],
    lastLineComplete: true,
    proof: null,
    dataRows: 2,
  });
});

test('line ends of all kinds may be mixed', async () => {
  const { rows } = await read('h\r\na\rb\n"c"\r\n\r"d"\re');
  expect(rows).toEqual([
    [2, 'a'],
    [3, 'b'],
    [4, 'c'],
    [6, 'd'],
    [7, 'e'],
  ]);
});

test('a quoted record of several lines has its first line as number, and the rows after it keep theirs', async () => {
  const { rows } = await read('h;"long\r\nheader"\n1;"Rue\nNeuve\r\n1"\r\n2;x\n');
  expect(rows).toEqual([
    [3, '1', 'Rue\nNeuve\r\n1'],
    [6, '2', 'x'],
  ]);
});

test('blank, delimiter-only and space-only lines are no rows but count', async () => {
  const { header, rows, dataRows } = await read('\n;;\nh;i\n\n;\n  \t\n"";" "\n1;\n;2\n\n');
  expect({ header, rows, dataRows }).toEqual({
    header: ['h', 'i'],
    rows: [
      [8, '1', ''],
      [9, '', '2'],
    ],
    dataRows: 2,
  });
});

test('rows stay as long as the file has them, cells as they are written', async () => {
  expect((await read('a;b;c\n1\n 1 ;"2;x";3;4;\n')).rows).toEqual([
    [2, '1'],
    [3, ' 1 ', '2;x', '3', '4', ''],
  ]);
});

test('a file without a final line end, or with the Ctrl-Z of DOS', async () => {
  expect(await read('h\n1')).toMatchObject({ lastLineComplete: false, rows: [[2, '1']] });
  expect(await read('h\n1\n\u001a')).toMatchObject({ lastLineComplete: true, rows: [[2, '1']] });
  expect(await read('h\n"1"\r')).toMatchObject({ lastLineComplete: true, rows: [[2, '1']] });
  expect(await read('h\r1\r')).toMatchObject({ lastLineComplete: true, rows: [[2, '1']] });
  expect(await read('h\r\n1\r')).toMatchObject({ lastLineComplete: false, rows: [[2, '1']] });
});

test('empty, blank and header-only files', async () => {
  const nothing = { header: null, rows: [], dataRows: 0 };
  expect(await read('')).toMatchObject({ ...nothing, lastLineComplete: false });
  expect(await read('\ufeff')).toMatchObject(nothing);
  expect(await read('\n;\n')).toMatchObject({ ...nothing, lastLineComplete: true });
  expect(await read('NISS;Nom')).toMatchObject({ header: ['NISS', 'Nom'], rows: [], lastLineComplete: false });
});

test('no header, and a header further down', async () => {
  expect(await read('1;2\n', { headerRow: 0 })).toMatchObject({ header: null, rows: [[1, '1', '2']] });
  expect(await read('Export "of\r\n\r\nh;i\r\n1;2\r\n', { headerRow: 3 })).toMatchObject({
    header: ['h', 'i'],
    rows: [[4, '1', '2']],
  });
});

test('a sep= line is left out and counts', async () => {
  expect(await read('sep=,\r\nNISS,Nom\r\n1,"a;b"\r\n', { delimiter: 'auto' })).toMatchObject({
    header: ['NISS', 'Nom'],
    rows: [[3, '1', 'a;b']],
  });
});

test('the delimiter is found by the header words', async () => {
  expect(await read('NISS|Nom|a;b;c\n1|2|3,4\n', { delimiter: 'auto' })).toMatchObject({
    rows: [[2, '1', '2', '3,4']],
  });
});

test('an assumed encoding is a warning of the outcome', async () => {
  const { rows, warnings } = await read(Buffer.from('Nom\nJos\xe9\n', 'latin1'));
  expect(rows).toEqual([[2, 'José']]);
  expect(warnings.map(({ code }) => code)).toEqual(['encoding.assumed']);
});

test('stray quotes that change no border are text', async () => {
  const lines = ['5" pipe;x', 'a "b" c;"x"', '"De Kroon" bvba;x', 'x;"De Kroon" bvba', '"5" pipe";café "Le Parc"'];
  const { rows } = await read(['h;i', ...lines].join('\n'));
  expect(rows).toEqual([
    [2, '5" pipe', 'x'],
    [3, 'a "b" c', 'x'],
    [4, '"De Kroon" bvba', 'x'],
    [5, 'x', '"De Kroon" bvba'],
    [6, '"5" pipe"', 'café "Le Parc"'],
  ]);
});

test.each([
  ['never closed', 'h;i\n1;2\n3;"4\n5;6\n7;8\n', 3],
  ['closed by the next opening quote, a row below', 'h;i\n"1";"2\n"3";"4"\n', 2],
  ['closed by the next opening quote in its row', 'h;i\n"1;"2"\n3;4\n', 2],
  ['closed only by a stray one, a row below', 'h;i\n1;2\n"3;x\n"4;y\n5;6\n', 3],
  ['closed only by a stray one, behind a delimiter', 'h;i\n1;2\n"3;"4;y\n5;6\n', 3],
  ['around a delimiter, after a stray one', 'h;i\n1;2\n"Rue "X; bis";y\n', 3],
  ['in the header', '"h;i\n1;2\n', 1],
])('a quote %s refuses the file with its line', async (_, text, line) => {
  await expect(read(text)).rejects.toMatchObject({ code: 'file.format', params: { line, reason: 'quote' } });
});

test('an unclosed quote is refused when its record grows too long, and the rows before it were handed on', async () => {
  const opened = await open(`h\n${'1\n'.repeat(100_000)}"${'x\n'.repeat(100_000)}`, {}, 2000);
  let rows = 0;
  const reading = (async () => {
    for await (const batch of opened.rows) rows += batch.length;
  })();
  await expect(reading).rejects.toMatchObject({ code: 'file.format', params: { line: 100_002, reason: 'quote' } });
  expect(rows).toBeGreaterThan(50_000);
});

test('records that are too long are refused with line and limit, quoted or not', async () => {
  const long = 'x'.repeat(200_000);
  for (const record of [long, `"${long}"`, `y;"y"\n${long}`]) {
    const line = record.includes('\n') ? 4 : 3;
    const refusal = read(`h\n1\n${record}\n2\n`, {}, 150_000);
    await expect(refusal).rejects.toMatchObject({ params: { line } });
    expect((await read(`h\n1\n${record}\n2\n`, {}, 250_000)).dataRows).toBe(line);
  }
});

test('the outcome is not there before the end, and rows come in batches of a thousand', async () => {
  const opened = await open(`h\n${'1;2\n'.repeat(2500)}`);
  expect(() => opened.outcome()).toThrow(/only when all rows/);
  const sizes: number[] = [];
  for await (const batch of opened.rows) sizes.push(batch.length);
  expect(sizes).toEqual([1000, 1000, 500]);
  expect(opened.outcome().dataRows).toBe(2500);
});
