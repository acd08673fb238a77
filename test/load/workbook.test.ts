/** Workbooks as they are written: the same bytes for the same content, and read again without loss. */
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import ExcelJS from 'exceljs';
import { afterAll, afterEach, expect, test, vi } from 'vitest';
import { type SheetToWrite, writeWorkbook } from '../../src/load/workbook.ts';
import { writeAndRead } from '../support/workbook.ts';

const folder = await mkdtemp(join(tmpdir(), 'navette-workbook-'));
afterAll(() => rm(folder, { recursive: true, force: true }));
afterEach(() => vi.useRealTimers());

const column = { width: 10, text: false, wrap: false };
const SHEET: SheetToWrite = {
  name: 'One',
  frozenRows: 1,
  columns: Array.from({ length: 9 }, () => column),
  rows: [
    ['text', 'formula', 'number', 'day', 'early day', 'error', 'odd error', 'lost digits', 'yes'],
    [
      'Zoë & <Co>',
      '=1+1',
      8.5,
      { date: '1985-07-30' },
      { date: '1900-01-15' },
      { error: '#N/A' },
      { error: '#EVIL' },
      { lostDigits: true },
      true,
    ],
  ],
};

test('the same content gives the same bytes on another day', async () => {
  vi.useFakeTimers({ toFake: ['Date'], now: Date.UTC(2026, 10, 23) });
  const first = await writeWorkbook({ writtenAt: 1_780_000_000_000, sheets: [SHEET] });
  vi.setSystemTime(Date.UTC(2031, 4, 5, 6, 7, 8));
  const second = await writeWorkbook({ writtenAt: 1_780_000_000_000, sheets: [SHEET] });
  expect(second.equals(first)).toBe(true);
  const later = await writeWorkbook({ writtenAt: 1_790_000_000_000, sheets: [SHEET] });
  expect(later.equals(first)).toBe(false);
});

test('a wrapped text has the height it needs, and no row more than Excel takes', async () => {
  const columns = [{ width: 10, text: true, wrap: true }, column];
  const rows = [['short', 'x'.repeat(99)], ['a'.repeat(25)], ['a\nb'], ['a'.repeat(999)]];
  const bytes = await writeWorkbook({ writtenAt: 0, sheets: [{ name: 'One', frozenRows: 1, columns, rows }] });
  const workbook = new ExcelJS.Workbook();
  await workbook.xlsx.load(Uint8Array.from(bytes).buffer);
  const sheet = workbook.getWorksheet('One');
  expect([1, 2, 3, 4].map((row) => sheet?.getRow(row).height)).toEqual([undefined, 45, 30, 409]);
});

test('what is written is read again: no formula, no lost day, errors as errors', async () => {
  const read = await writeAndRead(folder, await writeWorkbook({ writtenAt: 0, sheets: [SHEET] }));
  expect(read.rows.get(2)).toEqual([
    'Zoë & <Co>',
    '=1+1',
    8.5,
    { date: '1985-07-30' },
    '1900-01-15',
    { error: '#N/A' },
    { error: '#VALUE!' },
    { error: '#NUM!' },
    true,
  ]);
});

test('a header on the third row stands there', async () => {
  const sheet = { name: 'One', frozenRows: 3, columns: [column, column], rows: [[], [], ['a', 'b'], ['c', null]] };
  const read = await writeAndRead(folder, await writeWorkbook({ writtenAt: 0, sheets: [sheet] }), { headerRow: 3 });
  expect(read.header).toEqual(['a', 'b']);
  expect([...read.rows]).toEqual([[4, ['c']]]);
});

test('a sheet of many rows is written whole, in the order of its rows', async () => {
  const rows = Array.from({ length: 2_500 }, (_, index) => [`row ${index + 1}`]);
  const sheet = { name: 'One', frozenRows: 1, columns: [column], rows };
  const read = await writeAndRead(folder, await writeWorkbook({ writtenAt: 0, sheets: [sheet] }));
  expect([...read.rows.values()].flat()).toEqual(rows.slice(1).flat());
});
