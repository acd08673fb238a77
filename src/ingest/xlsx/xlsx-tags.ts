/** Reading names and attributes of the scanner's tags without making strings of them. */
import { badWorkbook, MAX_COLUMNS, MAX_ROWS } from './xlsx-limits.ts';
import type { XmlTag } from './xlsx-xml-tag.ts';

/** The element's local name in ASCII equals `name`. */
export function tagIs(tag: XmlTag, name: string): boolean {
  return bytesAre(tag.bytes, tag.nameStart, tag.nameEnd, name);
}

export function bytesAre(bytes: Buffer, start: number, end: number, text: string): boolean {
  if (end - start !== text.length) return false;
  for (let index = 0; index < text.length; index += 1) {
    if (bytes[start + index] !== text.charCodeAt(index)) return false;
  }
  return true;
}

/** A whole number without sign; FileError `file.format` for anything else. */
export function unsignedNumber(bytes: Buffer, start: number, end: number): number {
  let value = 0;
  if (start === end || end - start > 10) throw badWorkbook('broken-xml');
  for (let at = start; at < end; at += 1) {
    const digit = bytes[at]! - 0x30;
    if (digit < 0 || digit > 9) throw badWorkbook('broken-xml');
    value = value * 10 + digit;
  }
  return value;
}

/** A cell's place, both zero-based column and the row number Excel shows. */
export interface CellPlace {
  column: number;
  rowNumber: number;
}

/** Reads a reference such as `AF12` into `place`; FileError `file.format` for anything else and beyond Excel's grid. */
export function readCellPlace(bytes: Buffer, start: number, end: number, place: CellPlace): void {
  let column = 0;
  let at = start;
  for (; at < end; at += 1) {
    const letter = (bytes[at]! & 0xdf) - 0x40;
    if (letter < 1 || letter > 26 || bytes[at]! < 0x41) break;
    column = column * 26 + letter;
    if (column > MAX_COLUMNS) throw badWorkbook('cell-reference');
  }
  if (at === start) throw badWorkbook('cell-reference');
  place.column = column - 1;
  place.rowNumber = unsignedNumber(bytes, at, end);
  if (place.rowNumber < 1 || place.rowNumber > MAX_ROWS) throw badWorkbook('cell-reference');
}
