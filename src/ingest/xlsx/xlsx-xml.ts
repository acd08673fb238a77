/** A streaming scanner for the large XML parts of a workbook: bytes in pieces of any size, tags and texts out. */
import { badWorkbook, overLimit } from './xlsx-limits.ts';
import { createTag, isBlank, readStartTag, replaceReferences, type XmlTag } from './xlsx-xml-tag.ts';

/** Who listens to a scanner. Every `open` has its `close`, also for `<empty/>`. */
export interface XmlSink {
  open(tag: XmlTag): void;
  /** `bytes[start, end)` as written; `whole` when it is all the text since the last tag and an end tag comes next */
  text(bytes: Buffer, start: number, end: number, cdata: boolean, whole: boolean): void;
  close(): void;
}

export interface XmlScanner {
  write(piece: Buffer): void;
  /** called once, after the last piece: the root element must be closed */
  end(): void;
}

const LESS = 0x3c;
const GREATER = 0x3e;
const SLASH = 0x2f;
const BANG = 0x21;
const QUESTION = 0x3f;
const HYPHEN = 0x2d;

/** Longest tag or text between tags; a full cell with every character written as a reference takes 330 kB. */
const MAX_TOKEN = 524_288;
const MAX_DEPTH = 128;
const FIRST_BUFFER = 131_072;
const MAX_NAME = 255;

/**
 * Well-formedness is checked as far as a cut or edited part can show it: nesting, quotes, one root, references in texts
 * that are read. FileError `file.format` {found: `xml` or `doctype`}, `file.limit` for absurd tokens or depth.
 */
export function createXmlScanner(sink: XmlSink): XmlScanner {
  const tag = createTag();
  /** names of the open elements, one after the other, and where each begins */
  const openNames = Buffer.alloc(MAX_DEPTH * MAX_NAME);
  const nameOffsets = new Int32Array(MAX_DEPTH + 1);
  let depth = 0;
  let rootSeen = false;
  /** the last tag or text went on since then, in a comment or section between */
  let textInParts = false;
  let work: Buffer = Buffer.alloc(FIRST_BUFFER);
  /** bytes at the start of `work` that wait for more */
  let unread = 0;

  /** Reads as many tokens as are whole; answers where the first unfinished one begins. */
  function scan(bytes: Buffer): number {
    const length = bytes.length;
    let at = 0;
    for (;;) {
      let less = at;
      while (less < length && bytes[less] !== LESS) less += 1;
      if (less + 1 >= length) return at;
      const next = bytes[less + 1]!;
      if (less > at) giveText(bytes, at, less, false, next);
      at = less;
      let after: number;
      if (next === SLASH) after = endTag(bytes, at);
      else if (next === BANG) after = declaration(bytes, at);
      else if (next === QUESTION) after = instruction(bytes, at);
      else after = startTag(bytes, at);
      if (after < 0) return at;
      at = after;
    }
  }

  function giveText(bytes: Buffer, start: number, end: number, cdata: boolean, next: number): void {
    if (depth === 0) {
      if (cdata || !allBlank(bytes, start, end)) throw badWorkbook('broken-xml');
      return;
    }
    sink.text(bytes, start, end, cdata, next === SLASH && !textInParts);
    textInParts = true;
  }

  /** The rest of these functions answer where the token ends, -1 when it is unfinished. */
  function endTag(bytes: Buffer, at: number): number {
    if (depth === 0) throw badWorkbook('broken-xml');
    const start = nameOffsets[depth - 1]!;
    const end = nameOffsets[depth]!;
    let from = at + 2;
    if (from + end - start >= bytes.length) return -1;
    for (let index = start; index < end; index += 1, from += 1) {
      if (bytes[from] !== openNames[index]) throw badWorkbook('broken-xml');
    }
    while (bytes[from] !== GREATER) {
      if (from >= bytes.length) return -1;
      if (!isBlank(bytes[from]!)) throw badWorkbook('broken-xml');
      from += 1;
    }
    depth -= 1;
    textInParts = false;
    sink.close();
    return from + 1;
  }

  function declaration(bytes: Buffer, at: number): number {
    if (bytes.length >= at + 4 && bytes[at + 2] === HYPHEN && bytes[at + 3] === HYPHEN) {
      const end = bytes.indexOf('-->', at + 4);
      if (end < 0) return -1;
      textInParts = true;
      return end + 3;
    }
    if (bytes.length < at + 9) return -1;
    const opening = bytes.toString('latin1', at, at + 9);
    if (opening !== '<![CDATA[') throw badWorkbook(opening === '<!DOCTYPE' ? 'doctype' : 'broken-xml');
    const end = bytes.indexOf(']]>', at + 9);
    if (end < 0) return -1;
    // Never `whole`: what follows a section may be more text.
    giveText(bytes, at + 9, end, true, LESS);
    return end + 3;
  }

  function instruction(bytes: Buffer, at: number): number {
    const end = bytes.indexOf('?>', at + 2);
    if (end < 0) return -1;
    textInParts = true;
    return end + 2;
  }

  function startTag(bytes: Buffer, at: number): number {
    const after = readStartTag(bytes, at, tag);
    if (after < 0) return after;
    if (depth === 0 && rootSeen) throw badWorkbook('broken-xml');
    rootSeen = true;
    textInParts = false;
    if (!tag.selfClosing) pushName(bytes, at + 1, tag.nameEnd);
    if (tag.references) replaceReferences(tag);
    sink.open(tag);
    if (tag.selfClosing) sink.close();
    return after;
  }

  function pushName(bytes: Buffer, start: number, end: number): void {
    if (depth === MAX_DEPTH) throw overLimit('depth', MAX_DEPTH);
    if (end - start > MAX_NAME) throw overLimit('token', MAX_NAME);
    let to = nameOffsets[depth]!;
    for (let from = start; from < end; from += 1, to += 1) openNames[to] = bytes[from]!;
    depth += 1;
    nameOffsets[depth] = to;
  }

  return {
    write(piece) {
      const size = unread + piece.length;
      // One buffer for all pieces: a new one for each would pile up far faster than garbage is collected.
      if (work.length < size) work = Buffer.concat([work.subarray(0, unread)], size + FIRST_BUFFER);
      piece.copy(work, unread);
      const stopped = scan(work.subarray(0, size));
      work.copyWithin(0, stopped, size);
      unread = size - stopped;
      if (unread > MAX_TOKEN) throw overLimit('token', MAX_TOKEN);
    },
    end() {
      if (depth > 0 || !rootSeen) throw badWorkbook('broken-xml');
      if (!allBlank(work, 0, unread)) throw badWorkbook('broken-xml');
    },
  };
}

function allBlank(bytes: Buffer, start: number, end: number): boolean {
  for (let at = start; at < end; at += 1) if (!isBlank(bytes[at]!)) return false;
  return true;
}
