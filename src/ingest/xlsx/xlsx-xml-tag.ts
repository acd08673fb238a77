/** Start tags of XML in a byte buffer: names, attributes and the rules they must keep. */
import { badWorkbook, overLimit } from './xlsx-limits.ts';
import { xmlText } from './xlsx-text.ts';

/** One start tag; the scanner uses the same object again for the next one. Positions are into `bytes`. */
export interface XmlTag {
  bytes: Buffer;
  /** the name without prefix: workbooks put whole parts under a prefix, and never mix two vocabularies in one place */
  nameStart: number;
  nameEnd: number;
  attributeCount: number;
  /** four numbers an attribute: name (with prefix) start and end, value start and end */
  readonly attributes: Int32Array;
  /** some value has a reference such as `&amp;`; `replaceReferences` takes care of it before a sink sees the tag */
  references: boolean;
  selfClosing: boolean;
}

const LESS = 0x3c;
const GREATER = 0x3e;
const SLASH = 0x2f;
const EQUALS = 0x3d;
const COLON = 0x3a;
const QUOTE = 0x22;
const APOSTROPHE = 0x27;
const AMPERSAND = 0x26;
const HYPHEN = 0x2d;
const DOT = 0x2e;
const SPACE = 0x20;

const MAX_ATTRIBUTES = 64;
const UNFINISHED = -1;

export function createTag(): XmlTag {
  return {
    bytes: Buffer.alloc(0),
    nameStart: 0,
    nameEnd: 0,
    attributeCount: 0,
    attributes: new Int32Array(MAX_ATTRIBUTES * 4),
    references: false,
    selfClosing: false,
  };
}

export function isBlank(byte: number): boolean {
  return byte === SPACE || byte === 0x0a || byte === 0x0d || byte === 0x09;
}

/**
 * Reads the start tag at `at` (its `<`) into `tag`; answers where it ends, -1 when it goes on after the buffer.
 * FileError `file.format` when it is malformed or has an attribute twice.
 */
export function readStartTag(bytes: Buffer, at: number, tag: XmlTag): number {
  tag.bytes = bytes;
  tag.attributeCount = 0;
  tag.references = false;
  let from = readName(bytes, at + 1, tag);
  if (from === UNFINISHED) return UNFINISHED;
  for (;;) {
    const before = from;
    from = skipBlanks(bytes, from);
    if (from >= bytes.length) return UNFINISHED;
    const byte = bytes[from]!;
    if (byte === GREATER || byte === SLASH) break;
    if (from === before || isNoNameStart(byte)) throw badWorkbook('broken-xml');
    from = readAttribute(bytes, from, tag);
    if (from === UNFINISHED) return UNFINISHED;
  }
  tag.selfClosing = bytes[from] === SLASH;
  if (tag.selfClosing) {
    from += 1;
    if (from >= bytes.length) return UNFINISHED;
    if (bytes[from] !== GREATER) throw badWorkbook('broken-xml');
  }
  return from + 1;
}

function skipBlanks(bytes: Buffer, start: number): number {
  let from = start;
  while (from < bytes.length && isBlank(bytes[from]!)) from += 1;
  return from;
}

function readName(bytes: Buffer, start: number, tag: XmlTag): number {
  let local = start;
  let from = start;
  for (; from < bytes.length; from += 1) {
    const byte = bytes[from]!;
    if (byte === GREATER || byte === SLASH || byte <= SPACE) break;
    if (byte === COLON) local = from + 1;
    else if (byte === LESS || byte === EQUALS || (byte < 0x30 && byte !== HYPHEN && byte !== DOT)) {
      throw badWorkbook('broken-xml');
    }
  }
  if (from >= bytes.length) return UNFINISHED;
  if (local === from || isNoNameStart(bytes[start]!)) throw badWorkbook('broken-xml');
  tag.nameStart = local;
  tag.nameEnd = from;
  return from;
}

/** Punctuation and digits that no name begins with (XML 1.0, 2.3). */
function isNoNameStart(byte: number): boolean {
  return byte < 0x41 && byte !== COLON;
}

function readAttribute(bytes: Buffer, nameStart: number, tag: XmlTag): number {
  let nameEnd = nameStart + 1;
  let valueStart = nameStart + 3;
  // Nearly all attributes of rows and cells have names of one letter, and no blanks.
  const isShort = valueStart < bytes.length && bytes[nameEnd] === EQUALS && bytes[nameEnd + 1] === QUOTE;
  if (!isShort) {
    nameEnd = findAttributeNameEnd(bytes, nameStart);
    valueStart = findValueStart(bytes, nameEnd);
    if (valueStart === UNFINISHED) return UNFINISHED;
  }
  const quote = bytes[valueStart - 1];
  let from = valueStart;
  for (; from < bytes.length; from += 1) {
    const byte = bytes[from]!;
    if (byte === quote) break;
    if (byte === LESS) throw badWorkbook('broken-xml');
    if (byte === AMPERSAND) tag.references = true;
  }
  if (from >= bytes.length) return UNFINISHED;
  addAttribute(tag, nameStart, nameEnd, valueStart, from);
  return from + 1;
}

function findAttributeNameEnd(bytes: Buffer, start: number): number {
  let from = start;
  while (from < bytes.length && bytes[from] !== EQUALS && bytes[from]! > SPACE) {
    if (bytes[from] === GREATER || bytes[from] === LESS || bytes[from] === SLASH) throw badWorkbook('broken-xml');
    from += 1;
  }
  return from;
}

function findValueStart(bytes: Buffer, nameEnd: number): number {
  const equals = skipBlanks(bytes, nameEnd);
  if (equals >= bytes.length) return UNFINISHED;
  if (bytes[equals] !== EQUALS) throw badWorkbook('broken-xml');
  const quote = skipBlanks(bytes, equals + 1);
  if (quote >= bytes.length) return UNFINISHED;
  if (bytes[quote] !== QUOTE && bytes[quote] !== APOSTROPHE) throw badWorkbook('broken-xml');
  return quote + 1;
}

function addAttribute(tag: XmlTag, nameStart: number, nameEnd: number, valueStart: number, valueEnd: number): void {
  if (tag.attributeCount === MAX_ATTRIBUTES) throw overLimit('attributes', MAX_ATTRIBUTES);
  const { attributes } = tag;
  const slot = tag.attributeCount * 4;
  for (let other = 0; other < slot; other += 4) {
    if (sameBytes(tag.bytes, nameStart, nameEnd, attributes[other]!, attributes[other + 1]!))
      throw badWorkbook('broken-xml');
  }
  attributes[slot] = nameStart;
  attributes[slot + 1] = nameEnd;
  attributes[slot + 2] = valueStart;
  attributes[slot + 3] = valueEnd;
  tag.attributeCount += 1;
}

function sameBytes(bytes: Buffer, start: number, end: number, otherStart: number, otherEnd: number): boolean {
  if (end - start !== otherEnd - otherStart) return false;
  for (let index = 0; index < end - start; index += 1) {
    if (bytes[start + index] !== bytes[otherStart + index]) return false;
  }
  return true;
}

/** Rare: writes the tag anew with its values as plain text, so that no sink meets a reference in a value. */
export function replaceReferences(tag: XmlTag): void {
  const parts: Buffer[] = [tag.bytes.subarray(tag.nameStart, tag.nameEnd)];
  let size = tag.nameEnd - tag.nameStart;
  for (let slot = 0; slot < tag.attributeCount * 4; slot += 2) {
    const [start, end] = [tag.attributes[slot]!, tag.attributes[slot + 1]!];
    const isValue = slot % 4 === 2;
    const part = isValue ? Buffer.from(xmlText(tag.bytes, start, end, false)) : tag.bytes.subarray(start, end);
    tag.attributes[slot] = size;
    size += part.length;
    tag.attributes[slot + 1] = size;
    parts.push(part);
  }
  tag.nameEnd -= tag.nameStart;
  tag.nameStart = 0;
  tag.bytes = Buffer.concat(parts);
}
