/** Text of XML and of cells: bytes to strings, references, line ends, and the escapes that spreadsheets put on top. */
import { isUtf8 } from 'node:buffer';
import { badWorkbook, MAX_CELL_CHARACTERS, overLimit } from './xlsx-limits.ts';

const AMPERSAND = 0x26;
const CARRIAGE_RETURN = 0x0d;
const TAB = 0x09;
const LINE_FEED = 0x0a;
const SPACE = 0x20;

/**
 * The characters that `bytes[start, end)` stand for. In a CDATA section references stay as they are. FileError
 * `file.format` for invalid UTF-8, characters XML does not allow (XML 1.0, 2.2) and unknown references.
 */
export function xmlText(bytes: Buffer, start: number, end: number, cdata: boolean): string {
  let seen = 0;
  let special = false;
  for (let at = start; at < end; at += 1) {
    const byte = bytes[at]!;
    seen |= byte;
    if (byte > AMPERSAND) continue;
    if (byte === AMPERSAND || byte === CARRIAGE_RETURN) special = true;
    else if (byte < SPACE && byte !== TAB && byte !== LINE_FEED) throw badWorkbook('broken-xml');
  }
  const text = seen < 0x80 ? bytes.toString('latin1', start, end) : utf8Text(bytes, start, end);
  if (!special) return text;
  // XML 1.0, 2.11: a literal CR or CRLF is a line feed; a CR that is meant is written as a reference.
  const lines = text.replace(/\r\n?/g, '\n');
  return cdata ? lines : replaceReferences(lines);
}

function utf8Text(bytes: Buffer, start: number, end: number): string {
  const text = bytes.toString('utf8', start, end);
  // The slow check is needed only where the decoder may have put a replacement character.
  if (text.includes('\ufffd') && !isUtf8(bytes.subarray(start, end))) throw badWorkbook('broken-xml');
  return text;
}

const NAMED_REFERENCES: Readonly<Record<string, string>> = { amp: '&', lt: '<', gt: '>', quot: '"', apos: "'" };

function replaceReferences(text: string): string {
  return text.replace(/&([^&;]*);?/g, (reference, name: string) => {
    if (!reference.endsWith(';')) throw badWorkbook('broken-xml');
    return name.startsWith('#') ? numberedCharacter(name) : (NAMED_REFERENCES[name] ?? unknownReference());
  });
}

function numberedCharacter(name: string): string {
  const match = /^#(?:x([0-9a-fA-F]{1,8})|([0-9]{1,9}))$/.exec(name);
  const code = match === null ? 0 : match[1] === undefined ? Number(match[2]) : Number.parseInt(match[1], 16);
  const allowed =
    code === TAB ||
    code === LINE_FEED ||
    code === CARRIAGE_RETURN ||
    (code >= SPACE && code < 0xd800) ||
    (code > 0xdfff && code < 0xfffe) ||
    (code > 0xffff && code <= 0x10ffff);
  if (!allowed) throw badWorkbook('broken-xml');
  return String.fromCodePoint(code);
}

function unknownReference(): never {
  throw badWorkbook('broken-xml');
}

/**
 * The text a person sees: `_x000D_` and the like are characters XML cannot hold, `_x005F_` is the underscore that
 * protects such a sequence (ECMA-376-1, 22.9.2.19, ST_Xstring). FileError `file.limit` beyond what a cell can hold.
 */
export function cellText(text: string): string {
  const plain = text.includes('_x')
    ? text
        .replace(/_x([0-9a-fA-F]{4})_/g, (_, hex: string) => String.fromCharCode(Number.parseInt(hex, 16)))
        .toWellFormed()
    : text;
  if (plain.length > MAX_CELL_CHARACTERS) throw overLimit('cell', MAX_CELL_CHARACTERS);
  return plain;
}

/** Puts a further part behind what a cell has so far; FileError `file.limit` when no escape could make it short enough. */
export function appendCellText(text: string, part: string): string {
  if (text.length + part.length > MAX_CELL_CHARACTERS * '_x000D_'.length) throw overLimit('cell', MAX_CELL_CHARACTERS);
  return text + part;
}
