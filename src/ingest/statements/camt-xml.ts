/** The XML of a camt.053 file: one part of a statement after the other, each as a small tree of elements with their lines. */
import { createReadStream } from 'node:fs';
import { SaxesParser, type SaxesTagNS } from 'saxes';
import { FileError } from '../../errors.ts';
import { openText } from '../text/decode.ts';
import { type Encoding, isEncoding } from '../text/encodings.ts';

/** ISO 20022 `BankToCustomerStatement`, in the two versions that Belgian banks send. */
const NAMESPACE = /^urn:iso:std:iso:20022:tech:xsd:camt\.053\.001\.(?:02|08)$/;
const MESSAGE = /^urn:iso:std:iso:20022:tech:xsd:([a-z]{4}\.\d{3}\.\d{3}\.\d{2})$/;

/** Characters of names and texts in one part: a batch of some ten thousand payments in one entry stays below. */
const LONGEST_PART = 33_554_432;

export interface CamtElement {
  /** local name */
  readonly name: string;
  /** line of its start tag, 1-based */
  readonly line: number;
  /** `Ccy`, the only attribute there is in a statement; blank when missing */
  readonly currency: string;
  text: string;
  readonly children: CamtElement[];
}

/** A child of `Stmt`, or the end of that statement (`element` is null). */
export interface CamtPart {
  readonly line: number;
  readonly element: CamtElement | null;
}

/**
 * The parts of all statements of a file, in its order; one part is in memory at a time.
 *
 * FileError, with the line: `file.format` (no XML, a DOCTYPE, another message or version), `file.truncated` (the XML
 * ends too early), `file.encoding`, `file.limit`.
 */
export async function* readCamtParts(path: string): AsyncGenerator<CamtPart> {
  const { text } = await openText(path, await declaredEncoding(path));
  const parts: CamtPart[] = [];
  const parser = openParser((part) => parts.push(part));
  for await (const piece of text()) {
    parser.write(piece);
    yield* parts.splice(0);
  }
  parser.end();
  yield* parts.splice(0);
}

interface Parser {
  write(piece: string): void;
  end(): void;
}

function openParser(give: (part: CamtPart) => void): Parser {
  const parser = new SaxesParser({ xmlns: true, position: true });
  /** the open elements, from `Document` on */
  const open: CamtElement[] = [];
  let ended = false;
  let size = 0;
  parser.on('error', () => {
    if (ended && open.length > 0) throw new FileError('file.truncated', { line: parser.line });
    throw notCamt('xml', parser.line);
  });
  parser.on('doctype', () => {
    throw notCamt('doctype', parser.line);
  });
  parser.on('opentag', (tag) => {
    checkPlace(tag, open, parser.line);
    const element = elementOf(tag, parser.line);
    size += tag.local.length;
    if (open.length > 3) open.at(-1)?.children.push(element);
    open.push(element);
  });
  const addText = (text: string) => {
    const element = open.at(-1);
    if (element === undefined || open.length < 4) return;
    size += text.length;
    if (size > LONGEST_PART)
      throw new FileError('file.limit', { what: 'part', limit: LONGEST_PART, line: parser.line });
    element.text += text;
  };
  parser.on('text', addText);
  parser.on('cdata', addText);
  parser.on('closetag', () => {
    const element = open.pop();
    if (element === undefined || open.at(2)?.name !== 'Stmt') {
      if (element?.name === 'Stmt' && open.length === 2) give({ line: parser.line, element: null });
      return;
    }
    if (open.length > 3) return;
    size = 0;
    give({ line: element.line, element });
  });
  return {
    write: (piece) => void parser.write(piece),
    end: () => {
      ended = true;
      parser.close();
    },
  };
}

/** Where money may stand, by its parent: anywhere else a part of the file was lost or runs into another one. */
const PLACES: Readonly<Record<string, string>> = { Stmt: 'BkToCstmrStmt', Ntry: 'Stmt', Bal: 'Stmt' };

/** The first two elements say what the message is. */
function checkPlace({ local, uri }: SaxesTagNS, open: readonly CamtElement[], line: number): void {
  const depth = open.length;
  const isRight = depth > 1 || (local === (depth === 0 ? 'Document' : 'BkToCstmrStmt') && NAMESPACE.test(uri));
  if (!isRight) throw notCamt(MESSAGE.exec(uri)?.[1] ?? 'xml', line);
  const parent = PLACES[local];
  if (parent === undefined || !NAMESPACE.test(uri)) return;
  if (open.at(-1)?.name !== parent || (parent === 'Stmt' && depth !== 3)) throw new FileError('file.format', { line });
}

function elementOf(tag: SaxesTagNS, line: number): CamtElement {
  return { name: tag.local, line, currency: tag.attributes['Ccy']?.value.trim() ?? '', text: '', children: [] };
}

function notCamt(found: string, line: number): FileError {
  return new FileError('file.format', { found, line });
}

/** By the zero byte beside the first `<`, else as the XML declaration says, else UTF-8 (XML 1.0, appendix F). */
async function declaredEncoding(path: string): Promise<Encoding> {
  let start = Buffer.alloc(0);
  for await (const piece of createReadStream(path, { end: 255 })) start = Buffer.concat([start, piece as Buffer]);
  if (start[0] === 0x3c && start[1] === 0) return 'utf-16le';
  if (start[0] === 0 && start[1] === 0x3c) return 'utf-16be';
  const declared = /^(?:\xef\xbb\xbf)?<\?xml[^>]*?encoding\s*=\s*["']([\w.-]+)["']/.exec(start.toString('latin1'));
  const name = (declared?.[1] ?? 'utf-8').toLowerCase();
  if (name === 'us-ascii' || name === 'utf8') return 'utf-8';
  if (!isEncoding(name)) throw new FileError('file.encoding', { line: 1 });
  return name;
}
