/** Lines of fixed width as rows, alone or with the lines that say what they mean, and the trailer that counts them. */
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, describe, expect, test } from 'vitest';
import { FileError } from '../../../src/errors.ts';
import { readFixedWidth } from '../../../src/ingest/text/read-fixed-width.ts';
import type { LayoutFile, RecordTypes } from '../../../src/model.ts';

const folder = await mkdtemp(join(tmpdir(), 'navette-fixed-'));
afterAll(() => rm(folder, { recursive: true, force: true }));

const TYPES: RecordTypes = {
  type: [1, 3],
  row: '009',
  context: [
    { type: '003', name: 'period', chars: [4, 9] },
    { type: '006', name: 'employer', chars: [4, 5] },
    { type: '006', name: 'person', chars: [6, 7] },
  ],
  ignore: ['000'],
  trailer: { type: '999', count: [4, 10] },
};

async function read(text: string | Buffer, file: Partial<LayoutFile> = {}, maxRecordSize = 1000) {
  const path = join(folder, 'input.txt');
  await writeFile(path, text);
  const opened = await readFixedWidth(path, { encoding: 'auto', headerRow: 0, ...file }, { maxRecordSize });
  const rows: unknown[] = [];
  for await (const batch of opened.rows) for (const { rowNumber, cells } of batch) rows.push([rowNumber, ...cells]);
  return { header: opened.header, rows, ...opened.outcome() };
}

async function faultOf(text: string, file: Partial<LayoutFile> = {}, maxRecordSize = 1000) {
  const error = await read(text, file, maxRecordSize).then(
    () => null,
    (caught: unknown) => caught,
  );
  if (!(error instanceof FileError)) throw new Error('the file was not refused');
  return { code: error.code, ...error.params };
}

describe('without record types', () => {
  test('every line is a row, as it stands; blank ones count in numbers alone', async () => {
    expect(await read('ab  1\r\n\r\n  \ncd  2 \n')).toEqual({
      header: null,
      rows: [
        [1, 'ab  1'],
        [4, 'cd  2 '],
      ],
      warnings: [],
      lastLineComplete: true,
      proof: null,
      dataRows: 2,
    });
  });

  test('lines above the first row are passed over; a last line without its end is no sign of a whole file', async () => {
    const { rows, lastLineComplete } = await read('title\nab\ncd', { headerRow: 1 });
    expect(rows).toEqual([
      [2, 'ab'],
      [3, 'cd'],
    ]);
    expect(lastLineComplete).toBe(false);
    expect(await read('ab\n\u001a')).toMatchObject({ rows: [[1, 'ab']], lastLineComplete: true });
  });

  test('positions are characters, whatever the encoding', async () => {
    const { rows, warnings } = await read(Buffer.from('é1\n', 'latin1'));
    expect(rows).toEqual([[1, 'é1']]);
    expect(warnings).toMatchObject([{ code: 'encoding.assumed' }]);
  });

  test('a line that is too long is refused', async () => {
    expect(await faultOf(`ab\n${'x'.repeat(50)}\n`, {}, 10)).toEqual({ code: 'file.limit', line: 2, limit: 10 });
  });
});

describe('with record types', () => {
  const rows = { rows: TYPES };

  test('what lines of other types set stands behind each row, until it is set anew', async () => {
    const text = '000X\n003202611\n006E1P1\n009a\n009b\n006E1P2\n009c\n003202610\n009d\n9990000009\n';
    expect(await read(text, rows)).toEqual({
      header: null,
      rows: [
        [4, '009a', '202611', 'E1', 'P1'],
        [5, '009b', '202611', 'E1', 'P1'],
        [7, '009c', '202611', 'E1', 'P2'],
        [9, '009d', '202610', 'E1', 'P2'],
      ],
      warnings: [],
      lastLineComplete: true,
      proof: 'trailer',
      dataRows: 4,
    });
  });

  test('what is not set yet, or set to blank, is blank: it is never somebody else', async () => {
    const { rows: found } = await read('009a\n006E1P1\n009b\n006E1\n009c\n9990000005', rows);
    expect(found).toEqual([
      [1, '009a', '', '', ''],
      [3, '009b', '', 'E1', 'P1'],
      [5, '009c', '', 'E1', ''],
    ]);
  });

  test('a trailer proves the file whole also without a line end behind it, with blank lines around it, or without rows', async () => {
    expect(await read('003202611\n009a\n9990000002', rows)).toMatchObject({ lastLineComplete: true, proof: 'trailer' });
    expect(await read('\n009a\n\n9990000001\n\n\u001a', rows)).toMatchObject({ proof: 'trailer', dataRows: 1 });
    expect(await read('000X\n9990000001\n', rows)).toMatchObject({ proof: 'trailer', dataRows: 0, rows: [] });
  });

  test('a trailer that counts otherwise, one that is cut, and none at all', async () => {
    expect(await faultOf('003202611\n009a\n9990000003\n', rows)).toEqual({
      code: 'file.truncated',
      expected: 3,
      found: 2,
    });
    expect(await faultOf('003202611\n009a\n99900000', rows)).toMatchObject({ code: 'file.truncated' });
    expect(await faultOf('003202611\n009a\n999', rows)).toEqual({ code: 'file.truncated', line: 3 });
    expect(await faultOf('003202611\n009a\n', rows)).toEqual({ code: 'file.truncated', line: 2 });
  });

  test('without a trailer in the layout there is no proof', async () => {
    const types = { ...TYPES, trailer: null };
    expect(await read('003202611\n009a\n', { rows: types })).toMatchObject({ proof: null, dataRows: 1 });
    expect(await faultOf('009a\n9990000001\n', { rows: types })).toEqual({ code: 'file.format', line: 2 });
  });

  test('a type nobody declared, and anything behind the trailer', async () => {
    expect(await faultOf('003202611\n009a\n008b\n9990000003\n', rows)).toEqual({ code: 'file.format', line: 3 });
    expect(await faultOf('009a\n9990000001\n009b\n', rows)).toEqual({ code: 'file.format', line: 3 });
    expect(await faultOf('009a\n9990000001\n9990000001\n', rows)).toEqual({ code: 'file.format', line: 3 });
  });

  test('a file of another shape is refused when it is opened, before its rows are read', async () => {
    const path = join(folder, 'other.csv');
    await writeFile(path, 'BCE;NISS\n1;2\n');
    await expect(readFixedWidth(path, { encoding: 'auto', headerRow: 0, rows: TYPES })).rejects.toMatchObject({
      code: 'file.format',
      params: { line: 2 },
    });
  });
});
