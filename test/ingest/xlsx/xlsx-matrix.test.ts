/** Workbooks that other programs made in this very run, read cell by cell and compared with what those programs say is in them. Long because it is a table of cells and of what each program makes of them. */
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import ExcelJS from 'exceljs';
import { afterAll, describe, expect, test } from 'vitest';
import { sniffFile } from '../../../src/ingest/sniff.ts';
import type { Cell } from '../../../src/model.ts';
import {
  findLibreOffice,
  findOpenpyxl,
  runPython,
  saveWithLibreOffice,
  saveWithOpenpyxl,
} from '../../support/spreadsheet-peers.ts';
import { type ReadWorkbook, readAll } from '../../support/workbook.ts';

const folder = await mkdtemp(join(tmpdir(), 'navette-matrix-'));
afterAll(() => rm(folder, { recursive: true, force: true }));

const libreOffice = await findLibreOffice();
const openpyxl = await findOpenpyxl();
const TIME = { timeout: 120_000 };

/** One case a row: what it is, the value in Python, and the cell that it is. */
const CASES: readonly (readonly [name: string, python: string, cell: Cell])[] = [
  ['text', `'Zélie'`, 'Zélie'],
  ['text that looks like a number', `'007'`, '007'],
  ['a register number as text', `'85073003328'`, '85073003328'],
  ['a register number as a number that lost its zero', '1290700142', 1290700142],
  ['text with blanks at its ends', `'  x  '`, '  x  '],
  ['text with a line end', `'a\\nb'`, 'a\nb'],
  ['text with signs of XML', `'<a & "b">'`, '<a & "b">'],
  ['text beyond the basic plane', `'😀 Ⅷ ŵ'`, '😀 Ⅷ ŵ'],
  ['text that begins like a formula', `text('=1+1')`, '=1+1'],
  ['a whole number', '20', 20],
  ['a decimal number', '8.05', 8.05],
  ['a negative number', '-2', -2],
  ['a small number', '0.000001', 0.000001],
  ['a number of fifteen digits', '123456789012345', 123456789012345],
  ['a number of more digits than a workbook keeps', '12345678901234567890', { lostDigits: true }],
  ['true', 'True', true],
  ['false', 'False', false],
  ['a day', 'datetime.date(2026, 11, 30)', { date: '2026-11-30' }],
  ['a day with a time', 'datetime.datetime(2026, 11, 30, 23, 59, 59)', { date: '2026-11-30' }],
  ['the day before a leap day that never was', 'datetime.date(1900, 3, 1)', { date: '1900-03-01' }],
  ['a birthday of long ago', 'datetime.date(1930, 1, 2)', { date: '1930-01-02' }],
  ['a leap day', 'datetime.date(2024, 2, 29)', { date: '2024-02-29' }],
  ['a day under a format of its own', `styled(datetime.date(1985, 7, 30), 'dd\\.mm\\.yy')`, { date: '1985-07-30' }],
  ['a month', `styled(datetime.date(2026, 11, 1), 'mmm yyyy')`, { date: '2026-11-01' }],
  ['an amount of money', `styled(8.5, '#,##0.00 "€"')`, 8.5],
  ['a number under a format with letters of a date in quotes', `styled(12, '0 "days"')`, 12],
  ['a share', `styled(0.21, '0.00%')`, 0.21],
  ['a number shown as text', `styled(1000, '@')`, 1000],
];

const PREPARE = `
import sys, datetime, openpyxl
from openpyxl.styles import Font
class styled:
    def __init__(self, value, style): self.value, self.style = value, style
class text:
    def __init__(self, value): self.value = value
def put(cell, value):
    if isinstance(value, styled):
        cell.value, cell.number_format = value.value, value.style
    elif isinstance(value, text):
        cell.value, cell.data_type = value.value, 's'
    else:
        cell.value = value
        if isinstance(value, int) and not isinstance(value, bool) and abs(value) > 10**15: cell.value = float(value)
`;

/** A workbook of one case a row under a header, written by openpyxl. */
async function writeCases(name: string, more = ''): Promise<string> {
  const path = join(folder, `${name}.xlsx`);
  const rows = CASES.map(([label, python]) => `(${JSON.stringify(label)}, ${python})`).join(',\n  ');
  await runPython(
    `${PREPARE}
book = openpyxl.Workbook()
sheet = book.active
sheet.append(['case', 'cell'])
for row, (label, value) in enumerate([
  ${rows}
], 2):
    sheet.cell(row, 1, label)
    put(sheet.cell(row, 2), value)
${more}
book.save(sys.argv[1])`,
    path,
  );
  return path;
}

async function expectCases(path: string, but: Readonly<Record<string, Cell>> = {}): Promise<void> {
  const { rows } = await readAll(path);
  const found = [...rows.values()].map(([name, cell]) => [name, cell ?? null]);
  expect(found).toEqual(CASES.map(([name, , cell]) => [name, but[name] ?? cell]));
}

describe('openpyxl', () => {
  test('every kind of cell', TIME, async () => {
    if (openpyxl.isThere) await expectCases(await writeCases('kinds'));
  });

  test('days that are counted from 1904', TIME, async () => {
    if (!openpyxl.isThere) return;
    const path = await writeCases('from-1904-start');
    const moved = join(folder, 'from-1904.xlsx');
    await runPython(
      `${PREPARE}
from openpyxl.utils.datetime import CALENDAR_MAC_1904
old = openpyxl.load_workbook(sys.argv[1])
book = openpyxl.Workbook()
book.epoch = CALENDAR_MAC_1904
sheet = book.active
for row in old.active.iter_rows():
    for cell in row:
        early = isinstance(cell.value, datetime.datetime) and cell.value.year < 1904
        new = sheet.cell(cell.row, cell.column, 0 if early else cell.value)
        new.number_format, new.data_type = cell.number_format, 'n' if early else cell.data_type
book.save(sys.argv[2])`,
      path,
      moved,
    );
    await expectCases(moved, { 'the day before a leap day that never was': { date: '1904-01-01' } });
  });

  test('errors, formulas without a stored result, links, comments and merged headers', TIME, async () => {
    if (!openpyxl.isThere) return;
    const path = join(folder, 'extras.xlsx');
    await runPython(
      `${PREPARE}
from openpyxl.comments import Comment
book = openpyxl.Workbook()
sheet = book.active
sheet.append(['A', 'B', None])
sheet.merge_cells('B1:C1')
for error in ['#N/A', '#REF!', '#DIV/0!', '#VALUE!', '#NAME?', '#NUM!', '#NULL!']: sheet.append([error])
sheet.append(['=1+1'])
sheet['A10'] = 'linked'; sheet['A10'].hyperlink = 'mailto:odilon@example.be'
sheet['A11'] = 'noted'; sheet['A11'].comment = Comment('not a cell', 'x')
sheet['A12'].font = Font(bold=True)
sheet['A14'] = 'after a blank row'
sheet.row_dimensions[10].hidden = True
sheet.auto_filter.ref = 'A1:B14'
book.save(sys.argv[1])`,
      path,
    );
    const { header, rows } = await readAll(path);
    expect(header).toEqual(['A', 'B']);
    const errors = ['#N/A', '#REF!', '#DIV/0!', '#VALUE!', '#NAME?', '#NUM!', '#NULL!'];
    errors.forEach((error, index) => {
      expect(rows.get(2 + index)).toEqual([{ error }]);
    });
    // A formula that nobody has calculated has no value that could be taken for one.
    expect([...rows].slice(errors.length)).toEqual([
      [9, [{ error: '#CALC!' }]],
      [10, ['linked']],
      [11, ['noted']],
      [14, ['after a blank row']],
    ]);
  });

  test('hidden and very hidden sheets are passed over, guides are not taken for data', TIME, async () => {
    if (!openpyxl.isThere) return;
    const path = join(folder, 'sheets.xlsx');
    await runPython(
      `${PREPARE}
book = openpyxl.Workbook()
book.active.title = 'Guide'
book.active.append(['how to'])
for name, state in [('old', 'hidden'), ('older', 'veryHidden'), ('people', 'visible')]:
    sheet = book.create_sheet(name)
    sheet.sheet_state = state
    sheet.append(['x'] * 12)
    sheet.append(['85073003328', name] + ['y'] * 10)
book.save(sys.argv[1])`,
      path,
    );
    const { rows, warnings } = await readAll(path, { sheet: 'auto' });
    expect(rows.get(2)?.slice(0, 2)).toEqual(['85073003328', 'people']);
    expect(warnings).toEqual([]);
  });
});

describe('LibreOffice', () => {
  test('every kind of cell, saved again', TIME, async () => {
    if (!libreOffice.isThere || !openpyxl.isThere) return;
    const path = await writeCases('resaved');
    // LibreOffice writes fifteen digits of a number that has more.
    const saved = await saveWithLibreOffice(path, join(folder, 'saved'), 'xlsx');
    const { rows } = await readAll(saved);
    const lost = rows.get(2 + CASES.findIndex(([name]) => name.startsWith('a number of more digits')))?.[1];
    expect(lost === 12345678901234600000 || JSON.stringify(lost) === '{"lostDigits":true}').toBe(true);
    await expectCases(saved, { 'a number of more digits than a workbook keeps': lost ?? null });
  });

  test('formulas count as what they were worth when they were saved, text and errors too', TIME, async () => {
    if (!libreOffice.isThere || !openpyxl.isThere) return;
    const path = join(folder, 'formulas.xlsx');
    await runPython(
      `${PREPARE}
book = openpyxl.Workbook()
sheet = book.active
sheet.append(['formula'])
for formula in ['=19+1', '=0.1+0.2', '="Zé"&"lie"', '=1/0', '=NA()', '=TRUE()', '=DATE(2026,11,30)', '=IF(FALSE(),1,"")']: sheet.append([formula, 'x'])
sheet['A8'].number_format = 'dd/mm/yyyy'
book.save(sys.argv[1])`,
      path,
    );
    const { rows } = await readAll(await saveWithLibreOffice(path, join(folder, 'saved'), 'xlsx'));
    const cells = [...rows.values()].map(([cell]) => cell);
    expect(cells[1]).toBeCloseTo(0.3, 12);
    expect(cells.with(1, 0.3)).toEqual([
      20,
      0.3,
      'Zélie',
      { error: '#DIV/0!' },
      { error: '#N/A' },
      true,
      { date: '2026-11-30' },
      null,
    ]);
  });

  test('a CSV file opened and saved as a workbook; rich text saved again', TIME, async () => {
    if (!libreOffice.isThere) return;
    const csv = join(folder, 'from-csv.csv');
    await writeFile(csv, 'NISS,Nom,Valeur\r\n"85.07.30-033.28","Zoe ""Zaza""",8.5\r\n');
    const { header, rows } = await readAll(await saveWithLibreOffice(csv, join(folder, 'saved'), 'xlsx'));
    expect(header).toEqual(['NISS', 'Nom', 'Valeur']);
    expect(rows.get(2)).toEqual(['85.07.30-033.28', 'Zoe "Zaza"', 8.5]);
    const rich = new ExcelJS.Workbook();
    const sheet = rich.addWorksheet('Rich');
    sheet.addRow(['header']);
    sheet.addRow([{ richText: [{ text: 'Zé' }, { text: 'lie', font: { bold: true } }, { text: ' B.' }] }]);
    await rich.xlsx.writeFile(join(folder, 'rich.xlsx'));
    const again = await readAll(await saveWithLibreOffice(join(folder, 'rich.xlsx'), join(folder, 'saved'), 'xlsx'));
    expect(again.rows.get(2)).toEqual(['Zélie B.']);
  });

  test('merged headers are a word and blanks; hidden sheets stay hidden', TIME, async () => {
    if (!libreOffice.isThere) return;
    const book = new ExcelJS.Workbook();
    const sheet = book.addWorksheet('new');
    // Not the first: LibreOffice shows the sheet that a workbook opens with.
    const hidden = book.addWorksheet('old', { state: 'hidden' });
    hidden.addRow(['old']);
    sheet.addRow(['A', 'B', null, 'D']);
    sheet.mergeCells('B1:C1');
    sheet.addRow([1, 2, 3, 4]);
    await book.xlsx.writeFile(join(folder, 'merged.xlsx'));
    const { header, rows } = await readAll(
      await saveWithLibreOffice(join(folder, 'merged.xlsx'), join(folder, 'saved'), 'xlsx'),
    );
    expect(header).toEqual(['A', 'B', null, 'D']);
    expect(rows.get(2)).toEqual([1, 2, 3, 4]);
  });

  test.each([
    ['xls', 'xls'],
    ['ods', 'ods'],
    ['pdf', 'pdf'],
  ])('what it saves as %s is refused as that', TIME, async (format, found) => {
    if (!libreOffice.isThere) return;
    const csv = join(folder, `refused-${format}.csv`);
    await writeFile(csv, 'NISS,Nom\r\n85073003328,Zélie\r\n');
    const saved = await saveWithLibreOffice(csv, join(folder, 'saved'), format);
    expect(await sniffFile(saved)).toBe(found);
  });
});

test('both read the same of what exceljs writes, saved again by either', TIME, async () => {
  if (!libreOffice.isThere || !openpyxl.isThere) return;
  const book = new ExcelJS.Workbook();
  const sheet = book.addWorksheet('People');
  sheet.addRow(['NISS', 'Nom', 'Né le', 'Valeur', 'Actif']);
  for (let index = 0; index < 200; index += 1) {
    const born = new Date(Date.UTC(1960 + (index % 40), index % 12, 1 + (index % 28)));
    sheet.addRow([String(85_073_003_328 - index), `Nom ${index} é`, born, index / 8, index % 2 === 0]);
  }
  const path = join(folder, 'people.xlsx');
  await book.xlsx.writeFile(path);
  await saveWithOpenpyxl(path, join(folder, 'people-openpyxl.xlsx'));
  const saved = await saveWithLibreOffice(path, join(folder, 'saved'), 'xlsx');
  const told = ({ header, rows }: ReadWorkbook) => ({ header, rows: [...rows] });
  const original = told(await readAll(path));
  expect(original.rows).toHaveLength(200);
  expect(told(await readAll(join(folder, 'people-openpyxl.xlsx')))).toEqual(original);
  expect(told(await readAll(saved))).toEqual(original);
});
