/** Workbooks as people send them: written by a library, with the sheet chosen as the layout says. */
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import ExcelJS from 'exceljs';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { readXlsx } from '../../../src/ingest/xlsx/read-xlsx.ts';
import { isPlausibleRegisterNumber } from '../../../src/ingest/xlsx/xlsx-choose-sheet.ts';
import { LAYOUT_FILE, readAll } from '../../support/workbook.ts';

let folder: string;
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'read-xlsx-'));
});
afterAll(() => rm(folder, { recursive: true }));

const HEADER = ['NISS', 'P', 'Statut', 'Nom', 'Prénom', 'Autre', 'Genre', 'Né le', 'Langue', 'E-mail'];

function person(number: string | number, name: string): unknown[] {
  return [number, 'P1', 'Actif', name, 'Zoé', null, 'F', new Date('1985-07-30T00:00:00Z'), 'FR', `${name}@example.be`];
}

async function written(name: string, fill: (book: ExcelJS.Workbook) => void): Promise<string> {
  const book = new ExcelJS.Workbook();
  fill(book);
  const path = join(folder, `${name}.xlsx`);
  await book.xlsx.writeFile(path);
  return path;
}

function addPeople(book: ExcelJS.Workbook, name: string, state: ExcelJS.WorksheetState, ...rows: unknown[][]): void {
  const sheet = book.addWorksheet(name, { state });
  sheet.addRows([HEADER, ...rows]);
  sheet.getColumn(8).numFmt = 'dd/mm/yyyy';
}

describe('cells', () => {
  test('have the type they have in the workbook, and rows the number Excel shows', async () => {
    const path = await written('types', (book) => {
      const sheet = book.addWorksheet('Data');
      sheet.getRow(1).values = ['a', 'b'];
      sheet.getRow(3).values = ['tekst', 12.5, true, new Date('2026-11-30T15:00:00Z')];
      sheet.getCell('E3').value = { richText: [{ text: 'Van ' }, { font: { bold: true }, text: 'Damme' }] };
      sheet.getCell('F3').value = { formula: '1+1', result: 2 };
      sheet.getCell('G3').value = { formula: '"x"', result: 'x' };
      sheet.getCell('H3').value = { error: '#REF!' };
      sheet.getCell('I3').value = { text: 'link', hyperlink: 'https://example.be' };
      sheet.getCell('J3').value = { formula: '1/0', result: { error: '#DIV/0!' } };
      sheet.getCell('K3').value = 0.1 + 0.2;
      sheet.getRow(4).getCell(1).font = { bold: true };
      sheet.getRow(6).values = ['   '];
      sheet.getRow(7).values = [null, null, 'late'];
      sheet.getRow(7).hidden = true;
      sheet.autoFilter = 'A1:B7';
    });
    const { header, rows, dataRows, lastLineComplete } = await readAll(path);
    expect(header).toEqual(['a', 'b']);
    expect([...rows]).toEqual([
      [
        3,
        [
          'tekst',
          12.5,
          true,
          { date: '2026-11-30' },
          'Van Damme',
          2,
          'x',
          { error: '#REF!' },
          'link',
          { error: '#DIV/0!' },
          0.3,
        ],
      ],
      [7, [null, null, 'late']],
    ]);
    expect({ dataRows, lastLineComplete }).toEqual({ dataRows: 2, lastLineComplete: true });
  });

  test('of workbooks written as a stream, with and without shared strings, are the same', async () => {
    for (const useSharedStrings of [true, false]) {
      const path = join(folder, 'stream.xlsx');
      const book = new ExcelJS.stream.xlsx.WorkbookWriter({ filename: path, useSharedStrings, useStyles: true });
      const sheet = book.addWorksheet('Data');
      for (let row = 1; row <= 2_500; row += 1) sheet.addRow([`r${row}`, row, 'Liège & <Huy>']).commit();
      sheet.commit();
      await book.commit();
      const opened = await readXlsx(path, LAYOUT_FILE);
      const sizes: number[] = [];
      for await (const batch of opened.rows) {
        sizes.push(batch.length);
        for (const { rowNumber, cells } of batch) expect(cells).toEqual([`r${rowNumber}`, rowNumber, 'Liège & <Huy>']);
      }
      expect(sizes.length).toBeGreaterThan(1);
      expect(opened.outcome().dataRows).toBe(2_499);
    }
  });
});

describe('header', () => {
  test('is null without one, empty when its row is blank, and stands where the layout says', async () => {
    const path = await written('header', (book) => {
      const sheet = book.addWorksheet('Data');
      sheet.getRow(2).values = ['two'];
      sheet.getRow(3).values = ['three'];
    });
    const read = async (headerRow: number) => {
      const { header, rows } = await readAll(path, { headerRow });
      return { header, rows: [...rows.keys()] };
    };
    expect(await read(0)).toEqual({ header: null, rows: [2, 3] });
    expect(await read(1)).toEqual({ header: [], rows: [2, 3] });
    expect(await read(2)).toEqual({ header: ['two'], rows: [3] });
    expect(await read(9)).toEqual({ header: null, rows: [] });
  });

  test('may be all a caller looks at, and rows may be left early', async () => {
    const path = await written('early', (book) => addPeople(book, 'Data', 'visible', person('85073003328', 'A')));
    const opened = await readXlsx(path, LAYOUT_FILE);
    for await (const batch of opened.rows) {
      expect(batch[0]?.rowNumber).toBe(2);
      break;
    }
    expect(opened.header).toEqual(HEADER);
  });
});

describe('sheet', () => {
  test('auto passes over guides and hidden sheets', async () => {
    const path = await written('auto', (book) => {
      book.addWorksheet('Guide').addRows([['Lisez-moi'], ['85073003328']]);
      addPeople(book, 'Old', 'hidden', person('85073003328', 'hidden'));
      addPeople(book, 'Older', 'veryHidden', person('85073003328', 'very-hidden'));
      addPeople(book, 'Employees', 'visible', person('85.07.30-033.28', 'right'));
    });
    const { rows, warnings } = await readAll(path, { sheet: 'auto' });
    expect(rows.get(2)?.[3]).toBe('right');
    expect(rows.get(2)?.[7]).toEqual({ date: '1985-07-30' });
    expect(warnings).toEqual([]);
  });

  test('auto takes the first of two and warns', async () => {
    const path = await written('two', (book) => {
      addPeople(book, 'One', 'visible', person('85073003328', 'one'));
      addPeople(book, 'Two', 'visible', person('17073003384', 'two'));
    });
    const { rows, warnings } = await readAll(path, { sheet: 'auto' });
    expect(rows.get(2)?.[3]).toBe('one');
    expect(warnings).toEqual([
      { rowNumber: null, columnName: null, code: 'file.second-sheet', severity: 'warning', params: {} },
    ]);
  });

  test('auto looks at all data rows, and never at the header for numbers', async () => {
    const path = await written('deep', (book) => {
      addPeople(book, 'Wrong', 'visible', person('?', 'wrong'));
      const none = Array.from({ length: 1_500 }, () => person('to be completed', 'x'));
      addPeople(book, 'Right', 'visible', ...none, person(1290700142, 'right'));
    });
    const { rows } = await readAll(path, { sheet: 'auto' });
    expect(rows.size).toBe(1_501);
    const headless = await written('headless', (book) =>
      book.addWorksheet('Data').addRows([person('85073003328', 'lost')]),
    );
    expect((await readAll(headless, { sheet: 'auto' })).dataRows).toBe(0);
  });

  test('auto refuses a workbook without a sheet that fits', async () => {
    const narrow = await written('narrow', (book) => book.addWorksheet('S').addRows([['NISS'], ['85073003328']]));
    await expect(readAll(narrow, { sheet: 'auto' })).rejects.toMatchObject({ code: 'file.header' });
    const none = await written('none', (book) => addPeople(book, 'S', 'visible', person('12', 'x')));
    await expect(readAll(none, { sheet: 'auto' })).rejects.toMatchObject({ code: 'file.header' });
    const empty = await written('empty', (book) => book.addWorksheet('S'));
    await expect(readAll(empty, { sheet: 'auto' })).rejects.toMatchObject({ code: 'file.header' });
  });

  test('auto takes a header without rows when there is nothing else', async () => {
    const path = await written('no-rows', (book) => {
      book.addWorksheet('Guide').addRows([['Lisez-moi'], ['1. …']]);
      addPeople(book, 'Employees', 'visible');
    });
    expect(await readAll(path, { sheet: 'auto' })).toMatchObject({ header: HEADER, dataRows: 0 });
  });

  test('by name, in any case, also when hidden; first is the first visible one', async () => {
    const path = await written('named', (book) => {
      book.addWorksheet('Geheim', { state: 'hidden' }).addRows([['h'], ['hidden']]);
      book.addWorksheet('Blad A').addRows([['h'], ['a']]);
      book.addWorksheet('Blad B').addRows([['h'], ['b']]);
    });
    const first = async (sheet: string) => (await readAll(path, { sheet })).rows.get(2)?.[0];
    expect(await first('first')).toBe('a');
    expect(await first('blad b')).toBe('b');
    expect(await first('Geheim')).toBe('hidden');
    await expect(first('Blad C')).rejects.toMatchObject({ code: 'file.header', params: { sheet: 'Blad C' } });
  });

  test.each([
    ['85073003328', true],
    ['85.07.30-033.28', true],
    ['85 07 30 033 28', true],
    [85073003328, true],
    ['85073003329', true],
    [1290700142, true],
    [100000166, false],
    ['000000166', false],
    [123100126, true],
    [1290700143, false],
    ['8507300332', false],
    ['850730033281', false],
    ['NISS', false],
    [null, false],
    [true, false],
  ])('register number %j is plausible: %j', (cell, plausible) => {
    expect(isPlausibleRegisterNumber(cell)).toBe(plausible);
  });
});
