/** What a cell of a sheet holds: its type, its style and the text of its value become a `Cell`. */
import type { Cell, DateCell } from '../../model.ts';
import { dayOfIsoText, dayOfSerial } from './xlsx-dates.ts';
import { badWorkbook } from './xlsx-limits.ts';
import { numberOfText, plainNumber } from './xlsx-numbers.ts';
import type { StringTable } from './xlsx-string-table.ts';
import { bytesAre } from './xlsx-tags.ts';
import { cellText, xmlText } from './xlsx-text.ts';

/** What the cells of a workbook need to be understood. */
export interface CellContext {
  readonly strings: StringTable;
  /** by style number: shows dates */
  readonly dateStyles: readonly boolean[];
  readonly date1904: boolean;
  /** date cells by serial number: few days come back in many rows */
  readonly dates: Map<number, DateCell>;
}

/** The `t` attribute of a cell (ECMA-376-1, 18.18.11). */
export type CellType = 'n' | 's' | 'str' | 'inlineStr' | 'b' | 'e' | 'd';

const MAX_REMEMBERED_DATES = 50_000;

/** FileError `file.format` for a type that does not exist. */
export function readCellType(bytes: Buffer, start: number, end: number): CellType {
  if (end - start === 1) {
    const letter = bytes[start];
    if (letter === 0x73) return 's';
    if (letter === 0x6e) return 'n';
    if (letter === 0x62) return 'b';
    if (letter === 0x65) return 'e';
    if (letter === 0x64) return 'd';
  }
  if (bytesAre(bytes, start, end, 'str')) return 'str';
  if (bytesAre(bytes, start, end, 'inlineStr')) return 'inlineStr';
  throw badWorkbook('cell-type');
}

/** The value of a whole `<v>`; '' in it is a blank. FileError `file.format` for a shared string that is not there. */
export function readCellValue(
  context: CellContext,
  type: CellType,
  style: number,
  bytes: Buffer,
  start: number,
  end: number,
): Cell {
  if (type === 's') return sharedString(context, bytes, start, end);
  if (type === 'n') {
    const plain = plainNumber(bytes, start, end);
    if (!Number.isNaN(plain)) return shownNumber(context, style, plain);
  }
  const text = xmlText(bytes, start, end, false);
  return valueOfText(context, type, style, text);
}

/** The same for a value that came in parts, with its references replaced. */
export function valueOfText(context: CellContext, type: CellType, style: number, text: string): Cell {
  switch (type) {
    case 's': {
      const bytes = Buffer.from(text);
      return sharedString(context, bytes, 0, bytes.length);
    }
    case 'str':
    case 'inlineStr':
      return cellText(text) || null;
    case 'b':
      return booleanOf(text.trim());
    case 'e':
      return { error: cellText(text.trim()) };
    case 'd': {
      const date = dayOfIsoText(text);
      return date === null ? cellText(text) || null : { date };
    }
    case 'n': {
      if (text.trim() === '') return null;
      const value = numberOfText(text);
      return typeof value === 'number' ? shownNumber(context, style, value) : value;
    }
  }
}

function sharedString(context: CellContext, bytes: Buffer, start: number, end: number): Cell {
  const plain = plainNumber(bytes, start, end);
  const index = Number.isNaN(plain) ? Number(bytes.toString('latin1', start, end).trim() || Number.NaN) : plain;
  const text = context.strings.at(index);
  if (text === undefined) throw badWorkbook('shared-strings');
  return text === '' ? null : text;
}

function booleanOf(text: string): Cell {
  if (text === '1' || text === 'true') return true;
  if (text === '0' || text === 'false') return false;
  return text === '' ? null : { error: '#VALUE!' };
}

/** Numbers that are no day in any calendar stay numbers, also under a date format. */
function shownNumber(context: CellContext, style: number, value: number): Cell {
  if (context.dateStyles[style] !== true) return value;
  const known = context.dates.get(value);
  if (known !== undefined) return known;
  const date = dayOfSerial(value, context.date1904);
  if (date === null) return value;
  const cell = { date };
  if (context.dates.size < MAX_REMEMBERED_DATES) context.dates.set(value, cell);
  return cell;
}
