/** What a file is by its first and last bytes, so that a refusal can say what was sent instead of what was expected. */
import { type FileHandle, open } from 'node:fs/promises';
import { findOleEntries, isOle } from './xlsx/ole-directory.ts';

const PROBE_BYTES = 65_536;

/** `text` is any text (CSV, fixed width, JSON, CODA, XML of a bank); `zip` an archive that is no workbook; `binary` anything else. */
export type FileKind =
  | 'zip'
  | 'xlsx'
  | 'xls'
  | 'xlsb'
  | 'ods'
  | 'html'
  | 'pdf'
  | 'gzip'
  | 'pgp'
  | 'encrypted-office'
  | 'text'
  | 'empty'
  | 'binary';

/**
 * Looks at 64 kB at either end of a local file, and at the directory of an OLE file (MS-CFB). It never throws for what a file holds,
 * and gives no promise that the file is whole: a truncated workbook is still `xlsx`. The XML spreadsheet of Excel 2003 is `xls`.
 */
export async function sniffFile(path: string): Promise<FileKind> {
  const file = await open(path);
  try {
    const { size } = await file.stat();
    const start = await readAt(file, 0, Math.min(size, PROBE_BYTES));
    if (start.length === 0) return 'empty';
    if (startsWith(start, 'PK\x03\x04') || startsWith(start, 'PK\x05\x06')) {
      const from = Math.max(0, size - PROBE_BYTES);
      return kindOfZip(start.toString('latin1') + (await readAt(file, from, size - from)).toString('latin1'));
    }
    if (isOle(start)) return kindOfOle(await findOleEntries(start, (at, length) => readAt(file, at, length)));
    if (startsWith(start, '\x1f\x8b')) return 'gzip';
    if (start.subarray(0, 1024).includes('%PDF-')) return 'pdf';
    if (isPgp(start)) return 'pgp';
    return isText(start) ? kindOfText(start) : 'binary';
  } finally {
    await file.close();
  }
}

async function readAt(file: FileHandle, position: number, length: number): Promise<Buffer> {
  const { buffer, bytesRead } = await file.read(Buffer.alloc(length), 0, length, position);
  return buffer.subarray(0, bytesRead);
}

function startsWith(start: Buffer, bytes: string): boolean {
  return start.toString('latin1', 0, bytes.length) === bytes;
}

/** Names stand uncompressed before each entry and in the central directory at the end. */
function kindOfZip(text: string): FileKind {
  if (/xl[/\\]workbook[^/\\]{0,20}\.bin/i.test(text)) return 'xlsb';
  if (/xl[/\\]workbook[^/\\]{0,20}\.xml/i.test(text)) return 'xlsx';
  if (text.includes('application/vnd.oasis.opendocument.spreadsheet')) return 'ods';
  // A workbook that was cut has lost its directory, and may not have come to the part that says what it is.
  const isWhole = text.includes('PK\x05\x06');
  if (/xl[/\\](?:worksheets|theme|styles|sharedStrings|_rels)/i.test(text)) return 'xlsx';
  return !isWhole && text.includes('[Content_Types].xml') ? 'xlsx' : 'zip';
}

/** An encrypted .xlsx is an OLE file with a stream of that name (MS-OFFCRYPTO 2.3.4); an .xls keeps its cells in `Workbook` or `Book`. */
function kindOfOle(entries: readonly string[]): FileKind {
  if (entries.includes('EncryptedPackage')) return 'encrypted-office';
  return entries.includes('Workbook') || entries.includes('Book') ? 'xls' : 'binary';
}

/** OpenPGP (RFC 9580): armored, or a session key packet (tag 1 or 3) whose version byte fits. Its first byte alone may begin a text: `Á`. */
function isPgp(start: Buffer): boolean {
  if (start.subarray(0, 1024).includes('-----BEGIN PGP MESSAGE-----')) return true;
  const versions: readonly number[] | undefined = SESSION_KEY_VERSIONS[start[0] ?? 0];
  if (versions === undefined) return false;
  const lengthBytes = start[0] === 0x85 || (start[0]! >= 0xc0 && start[1]! >= 192) ? 2 : 1;
  return versions.includes(start[1 + lengthBytes] ?? 0);
}

const SESSION_KEY_VERSIONS: Readonly<Record<number, readonly number[]>> = {
  132: [3, 6],
  133: [3, 6],
  193: [3, 6],
  140: [4, 5, 6],
  195: [4, 5, 6],
};

/** Nearly no control characters; a UTF-16 text without a byte order mark has its zero bytes at even or at odd places only. */
function isText(start: Buffer): boolean {
  if (startsWith(start, '\xff\xfe') || startsWith(start, '\xfe\xff')) return true;
  let controls = 0;
  const zeros = [0, 0];
  for (const [index, byte] of start.entries()) {
    if (byte === 0) zeros[index % 2]! += 1;
    else if (byte < 32 && !TEXT_CONTROLS.includes(byte)) controls += 1;
  }
  const isUtf16 = Math.max(...zeros) > start.length * 0.3 && Math.min(...zeros) === 0;
  return controls + (isUtf16 ? 0 : zeros[0]! + zeros[1]!) <= start.length * 0.02;
}

/** tab, line feed, vertical tab, form feed, return, Ctrl-Z, escape */
const TEXT_CONTROLS = [9, 10, 11, 12, 13, 26, 27];

function kindOfText(start: Buffer): FileKind {
  const text = start
    .toString(startsWith(start, '\xff\xfe') ? 'utf16le' : 'latin1')
    .replace(/^(?:\uFEFF|\xEF\xBB\xBF)/, '');
  if (/^\s*(?:<!--[\s\S]{0,4096}?-->\s*)?<(?:!doctype\s+html|html|head|body|meta|style|table)[\s>]/i.test(text))
    return 'html';
  return /^\s*<\?xml/.test(text) && text.includes('urn:schemas-microsoft-com:office:spreadsheet') ? 'xls' : 'text';
}
