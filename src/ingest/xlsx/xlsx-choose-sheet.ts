/** Which sheet of a workbook a layout reads. */
import { FileError } from '../../errors.ts';
import type { Cell, SourceRow } from '../../model.ts';
import type { Sheet, Workbook } from './xlsx-workbook.ts';

export interface SheetChoice {
  readonly sheet: Sheet;
  /** `auto` only: another visible sheet would have done as well */
  readonly second: boolean;
}

type ReadRows = (sheet: Sheet) => AsyncIterable<readonly SourceRow[]>;

const MIN_COLUMNS = 10;

/**
 * `first` is the first visible sheet; a name is that sheet, hidden or not, in any case when no name is exactly it;
 * `auto` is the first visible sheet with at least ten columns whose data rows show a plausible national register number
 * in column A, or else, when no sheet has data rows to judge by, the first with a header of ten columns and nothing
 * below it (a file of no rows is not a file of the wrong shape). FileError `file.header` when there is none.
 */
export async function chooseSheet(
  workbook: Workbook,
  setting: string,
  headerRow: number,
  readRows: ReadRows,
): Promise<SheetChoice> {
  if (setting === 'auto') return chooseByData(workbook, headerRow, readRows);
  const sheet =
    setting === 'first' ? workbook.sheets.find((each) => each.visible) : findByName(workbook.sheets, setting);
  if (sheet === undefined) throw new FileError('file.header', { sheet: setting });
  return { sheet, second: false };
}

function findByName(sheets: readonly Sheet[], name: string): Sheet | undefined {
  const folded = name.toLowerCase();
  return sheets.find((each) => each.name === name) ?? sheets.find((each) => each.name.toLowerCase() === folded);
}

async function chooseByData(workbook: Workbook, headerRow: number, readRows: ReadRows): Promise<SheetChoice> {
  let withData: Sheet | undefined;
  let withHeader: Sheet | undefined;
  for (const sheet of workbook.sheets.filter((each) => each.visible)) {
    const found = await lookAt(readRows(sheet), headerRow);
    if (found === 'header-only') withHeader ??= sheet;
    if (found !== 'register-numbers') continue;
    if (withData !== undefined) return { sheet: withData, second: true };
    withData = sheet;
  }
  const sheet = withData ?? withHeader;
  if (sheet === undefined) throw new FileError('file.header', { sheet: 'auto' });
  return { sheet, second: false };
}

/** Reads no further than it takes to be sure. */
async function lookAt(
  batches: AsyncIterable<readonly SourceRow[]>,
  headerRow: number,
): Promise<'register-numbers' | 'header-only' | 'other'> {
  let columns = 0;
  let hasData = false;
  let hasNumber = false;
  for await (const batch of batches) {
    for (const row of batch) {
      if (row.rowNumber < headerRow) continue;
      columns = Math.max(columns, row.cells.length);
      if (row.rowNumber > headerRow) {
        hasData = true;
        hasNumber ||= isPlausibleRegisterNumber(row.cells[0] ?? null);
      }
      if (hasNumber && columns >= MIN_COLUMNS) return 'register-numbers';
    }
  }
  return !hasData && columns >= MIN_COLUMNS ? 'header-only' : 'other';
}

/**
 * Eleven digits, or nine or ten whose lost leading zeros make the check digits right (97 less the first nine digits
 * mod 97, with a 2 before them for people born from 2000 on). Whether a number is valid is judged row by row, later.
 */
export function isPlausibleRegisterNumber(cell: Cell): boolean {
  if (typeof cell !== 'string' && typeof cell !== 'number') return false;
  const digits = String(cell).replace(/[.\-\s]/g, '');
  if (/^\d{11}$/.test(digits)) return true;
  if (!/^\d{9,10}$/.test(digits)) return false;
  const padded = digits.padStart(11, '0');
  const check = Number(padded.slice(9));
  return ['', '2'].some((century) => check === 97 - (Number(century + padded.slice(0, 9)) % 97));
}
