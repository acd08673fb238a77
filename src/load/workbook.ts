/** Writes workbooks that are sent or handed out; the only file that knows exceljs. The same content gives the same bytes. */
import { PassThrough } from 'node:stream';
import { buffer } from 'node:stream/consumers';
import { setImmediate as nextTurn } from 'node:timers/promises';
import type { DataValidation, Cell as ExcelCell } from 'exceljs';
import type { Cell } from '../model.ts';

export interface WorkbookToWrite {
  /** milliseconds since 1970 UTC; what the workbook says of its own age */
  readonly writtenAt: number;
  readonly sheets: readonly SheetToWrite[];
}

export interface SheetToWrite {
  readonly name: string;
  /** rows that stay in sight at the top; the last of them is the header */
  readonly frozenRows: number;
  readonly columns: readonly SheetColumn[];
  readonly rows: readonly (readonly Cell[])[];
  /** rows beside the header that are bold, from 1 */
  readonly boldRows?: readonly number[];
  readonly hidden?: boolean;
  readonly dropDowns?: readonly DropDown[];
}

/** A list to choose from in a stretch of one column; another value is still accepted, as an import understands more words. */
export interface DropDown {
  /** such as `C2:C5000` */
  readonly cells: string;
  /** where the words stand, such as `Lists!$A$1:$A$3` */
  readonly words: string;
}

export interface SheetColumn {
  /** in characters */
  readonly width: number;
  /** format of the whole column: what is typed into it stays as it was typed */
  readonly text: boolean;
  readonly wrap: boolean;
  /** number format of the whole column, when it is not text; as `0.00` */
  readonly format?: string;
}

const FONT = { name: 'Calibri', size: 11 };
const TEXT = '@';
/** ECMA-376-1, 18.3.1.63. */
const A4 = 9;
/** More columns than these are too small to read when they share a page. */
const PAGE_COLUMNS = 10;
const DAY = 'dd/mm/yyyy';
/** What a cell may show as an error; any other word makes Excel call the file damaged (ECMA-376-1, 18.17.3). */
const ERRORS = ['#N/A', '#REF!', '#NAME?', '#DIV/0!', '#NULL!', '#VALUE!', '#NUM!'] as const;
type CellError = (typeof ERRORS)[number];
/** Before 1 March 1900 Excel counts a day that never was. */
const FIRST_SURE_DAY = '1900-03-01';

const LINE_POINTS = 15;
/** Excel's own limit, in points. */
const HIGHEST_ROW = 409;
/** Rows after which the zip may catch up. */
const BATCH_ROWS = 1_000;

/**
 * Strings are text cells whatever they begin with: a text cell never calculates.
 * Written row by row: exceljs's other writer needs a gigabyte for 50,000 rows of the portal workbook.
 */
export async function writeWorkbook(book: WorkbookToWrite): Promise<Buffer> {
  // Loaded when it is needed: it takes as long as everything else together when a command starts.
  const { default: ExcelJS } = await import('exceljs');
  const zip = new PassThrough();
  const bytes = buffer(zip);
  const written = { creator: 'Navette', lastModifiedBy: 'Navette', created: new Date(book.writtenAt) };
  const options = { stream: zip, useSharedStrings: true, useStyles: true, ...written };
  const workbook = new ExcelJS.stream.xlsx.WorkbookWriter(options);
  for (const one of book.sheets) {
    const sheet = workbook.addWorksheet(one.name, {
      views: [{ state: 'frozen', ySplit: one.frozenRows }],
      state: one.hidden === true ? 'hidden' : 'visible',
      // On paper the columns of a narrow sheet stand side by side.
      pageSetup: {
        paperSize: A4,
        orientation: 'landscape',
        fitToPage: one.columns.length <= PAGE_COLUMNS,
        fitToWidth: 1,
        fitToHeight: 0,
      },
    });
    sheet.columns = one.columns.map(({ width, text, wrap, format }) => ({
      width,
      style: {
        numFmt: text ? TEXT : (format ?? 'General'),
        font: FONT,
        alignment: { vertical: 'top', wrapText: wrap },
      },
    }));
    for (const [index, cells] of one.rows.entries()) {
      const row = sheet.getRow(index + 1);
      const isHeader = index + 1 === one.frozenRows || one.boldRows?.includes(index + 1) === true;
      cells.forEach((cell, at) => {
        if (cell !== null && cell !== '') fillCell(row.getCell(at + 1), cell, isHeader);
      });
      const lines = linesOf(cells, one.columns);
      if (lines > 1) row.height = Math.min(HIGHEST_ROW, lines * LINE_POINTS);
      row.commit();
      if (index % BATCH_ROWS === BATCH_ROWS - 1) await nextTurn();
    }
    addDropDowns(sheet, one.dropDowns ?? []);
    sheet.commit();
  }
  await workbook.commit();
  return withoutTimes(await bytes);
}

/** For whole stretches: cell by cell, as the library's types have it, is fifty thousand rules for one sheet. */
function addDropDowns(sheet: object, dropDowns: readonly DropDown[]): void {
  const { dataValidations } = sheet as { dataValidations?: { add(cells: string, rule: DataValidation): void } };
  for (const { cells, words } of dropDowns) {
    dataValidations?.add(cells, {
      type: 'list',
      allowBlank: true,
      formulae: [words],
      showErrorMessage: true,
      errorStyle: 'warning',
    });
  }
}

/** How many lines the highest wrapped cell takes: a row without a height is as high as one line in some programs. */
function linesOf(cells: readonly Cell[], columns: readonly SheetColumn[]): number {
  const wrapped = columns.map(({ width, wrap }, at) => {
    const cell = cells[at];
    if (!wrap || typeof cell !== 'string') return 1;
    return cell.split('\n').reduce((lines, line) => lines + Math.max(1, Math.ceil(line.length / width)), 0);
  });
  return Math.max(1, ...wrapped);
}

function fillCell(cell: ExcelCell, content: Exclude<Cell, null>, isHeader: boolean): void {
  const { value, format } = writtenCell(content);
  cell.value = value;
  if (format !== null) cell.numFmt = format;
  if (isHeader) cell.font = { ...FONT, bold: true };
}

interface WrittenCell {
  readonly value: string | number | boolean | Date | { error: CellError };
  readonly format: string | null;
}

function writtenCell(cell: Exclude<Cell, null>): WrittenCell {
  if (typeof cell === 'string') return { value: cell, format: TEXT };
  if (typeof cell !== 'object') return { value: cell, format: null };
  if ('date' in cell) {
    if (cell.date < FIRST_SURE_DAY) return { value: cell.date, format: TEXT };
    return { value: new Date(`${cell.date}T00:00:00Z`), format: DAY };
  }
  // Digits that are lost cannot be written; an error in their place is refused until somebody types the number again.
  if ('lostDigits' in cell) return { value: { error: '#NUM!' }, format: null };
  return { value: { error: ERRORS.find((known) => known === cell.error) ?? '#VALUE!' }, format: null };
}

const DIRECTORY_ENTRY = 0x02014b50;
const END_OF_DIRECTORY_BYTES = 22;
/** 1 January 1980, 00:00, the first moment a zip can name (APPNOTE.TXT, 4.4.6). */
const FIRST_MOMENT = 0x0021_0000;

/** A zip names the moment each of its parts was packed, which no option of exceljs sets. Changes `zip`. */
function withoutTimes(zip: Buffer): Buffer {
  // exceljs writes no comment behind the end record.
  const end = zip.length - END_OF_DIRECTORY_BYTES;
  let at = zip.readUInt32LE(end + 16);
  while (zip.readUInt32LE(at) === DIRECTORY_ENTRY) {
    zip.writeUInt32LE(FIRST_MOMENT, at + 12);
    zip.writeUInt32LE(FIRST_MOMENT, zip.readUInt32LE(at + 42) + 10);
    at += 46 + zip.readUInt16LE(at + 28) + zip.readUInt16LE(at + 30) + zip.readUInt16LE(at + 32);
  }
  return zip;
}
