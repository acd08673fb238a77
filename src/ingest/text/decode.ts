/** Bytes of a local file to text: which encoding it is, checked over the whole file before the first character is handed on. */
import { createReadStream } from 'node:fs';
import { open } from 'node:fs/promises';
import { ConfigError, FileError } from '../../errors.ts';
import type { RowIssue } from '../../model.ts';
import { ENCODINGS, type Encoding, findByteOrderMark, isEncoding, startDecoding } from './encodings.ts';
import { readLines } from './text-lines.ts';

const PIECE_BYTES = 32_768;
const LONGEST_LINE_TO_LOCATE = 1_048_576;

/** A file whose bytes are known to be text in `encoding`. */
export interface OpenedText {
  readonly encoding: Encoding;
  /** `encoding.assumed` when neither the file nor its layout said what it is */
  readonly warnings: readonly RowIssue[];
  /** the text from its start, without byte order mark, in pieces of about 32 kB; each call reads the file anew */
  text(): AsyncIterable<string>;
}

/**
 * Opens a text file. A byte order mark wins over `encoding`, as in the WHATWG Encoding Standard ("decode"). Without one, `auto` is
 * UTF-8 when the whole file is that, and otherwise windows-1252 with the warning `encoding.assumed`.
 * Throws FileError `file.encoding` {encoding, line} for bytes that are no text in the encoding (the windows-1252 bytes
 * 81 8D 8F 90 9D among them) and for NUL characters, which PostgreSQL cannot store; ConfigError for an unknown name.
 */
export async function openText(path: string, encoding: string): Promise<OpenedText> {
  const mark = findByteOrderMark(await readStart(path));
  if (mark !== null) return openAs(path, mark.encoding, mark.length);
  if (encoding !== 'auto') return openAs(path, namedEncoding(encoding), 0);
  if (await isTextIn(path, 'utf-8', 0)) return textOf(path, 'utf-8', 0);
  const opened = await openAs(path, 'windows-1252', 0);
  const params = { encoding: 'windows-1252' };
  const warning: RowIssue = {
    rowNumber: null,
    columnName: null,
    code: 'encoding.assumed',
    severity: 'warning',
    params,
  };
  return { ...opened, warnings: [warning] };
}

/** Text of bytes that come in pieces; a character may be cut by a piece's end. Throws FileError `file.encoding` {encoding}. */
export async function* decodeBytes(bytes: AsyncIterable<Buffer>, encoding: Encoding): AsyncGenerator<string> {
  const decoding = startDecoding(encoding);
  for await (const piece of bytes) {
    const text = decoding.write(piece);
    if (text.includes('\0')) throw new FileError('file.encoding', { encoding });
    if (text !== '') yield text;
  }
  decoding.end();
}

async function openAs(path: string, encoding: Encoding, start: number): Promise<OpenedText> {
  if (await isTextIn(path, encoding, start)) return textOf(path, encoding, start);
  throw new FileError('file.encoding', { encoding, line: await firstFaultyLine(path, encoding, start) });
}

function textOf(path: string, encoding: Encoding, start: number): OpenedText {
  return { encoding, warnings: [], text: () => decodeBytes(readBytes(path, start), encoding) };
}

/** Reads the whole file: the first byte that tells the encoding may stand in the last row. */
async function isTextIn(path: string, encoding: Encoding, start: number): Promise<boolean> {
  try {
    for await (const _ of decodeBytes(readBytes(path, start), encoding));
    return true;
  } catch (error) {
    if (error instanceof FileError) return false;
    throw error;
  }
}

/** The line an editor shows for the first fault; the last line when the fault is in no single line. */
async function firstFaultyLine(path: string, encoding: Encoding, start: number): Promise<number> {
  const wide = encoding === 'utf-16le' || encoding === 'utf-16be';
  // As Latin-1 every byte becomes one character and can be had back, so that a broken line can still be cut from the others.
  const lenient = new TextDecoder(encoding);
  async function* pieces(): AsyncGenerator<string> {
    for await (const bytes of readBytes(path, start)) {
      yield wide ? lenient.decode(bytes, { stream: true }) : bytes.toString('latin1');
    }
    if (wide) yield lenient.decode();
  }
  let last = 1;
  for await (const lines of readLines(pieces(), LONGEST_LINE_TO_LOCATE)) {
    for (const { number, text } of lines) {
      if (wide ? /[\0\ufffd]/.test(text) : !isLineIn(text, encoding)) return number;
      last = number;
    }
  }
  return last;
}

function isLineIn(latin1: string, encoding: Encoding): boolean {
  try {
    const decoding = startDecoding(encoding);
    const text = decoding.write(Buffer.from(latin1, 'latin1'));
    decoding.end();
    return !text.includes('\0');
  } catch {
    return false;
  }
}

function readBytes(path: string, start: number): AsyncIterable<Buffer> {
  return createReadStream(path, { start, highWaterMark: PIECE_BYTES });
}

async function readStart(path: string): Promise<Buffer> {
  const file = await open(path);
  try {
    const { buffer, bytesRead } = await file.read(Buffer.alloc(3), 0, 3, 0);
    return buffer.subarray(0, bytesRead);
  } finally {
    await file.close();
  }
}

function namedEncoding(name: string): Encoding {
  if (isEncoding(name)) return name;
  throw new ConfigError(`encoding "${name}" is not known: auto, ${ENCODINGS.join(', ')}`);
}
