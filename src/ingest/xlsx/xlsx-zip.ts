/** The zip around a workbook: its directory is checked before anything is read, each part while it is read. */
import { open } from 'node:fs/promises';
import { pipeline, type Readable } from 'node:stream';
import { crc32, createInflateRaw } from 'node:zlib';
import { type Entry, openPromise, type ZipFile } from 'yauzl';
import { FileError } from '../../errors.ts';
import { asWorkbookError, badWorkbook, DEFAULT_XLSX_LIMITS, overLimit, type XlsxLimits } from './xlsx-limits.ts';

const MAX_ENTRIES = 2_000;
const MAX_RATIO = 200;
/** Small parts of blanks may be packed as tightly as they like. */
const RATIO_MATTERS_FROM = 50_000_000;
const STORED = 0;
const DEFLATED = 8;
const PIECE = 65_536;

export interface XlsxZip {
  readonly file: ZipFile;
  /** by part name in lower case, without leading slash: part names do not differ by case (ECMA-376-2, 6.2.2.3) */
  readonly entries: ReadonlyMap<string, Entry>;
}

/**
 * Opens the zip and reads its whole directory. The caller closes it with `zip.file.close()`.
 * FileError `file.empty`, `file.truncated` (no directory), `file.limit`, `file.format` (no zip, encrypted, two parts of one name).
 */
export async function openXlsxZip(path: string, limits: XlsxLimits): Promise<XlsxZip> {
  const start = await readStart(path, limits.maxBytes);
  const file = await openPromise(path, { autoClose: false, decodeStrings: false }).catch((error: unknown) => {
    throw noDirectory(error, start);
  });
  try {
    if (file.entryCount > MAX_ENTRIES) throw overLimit('entries', MAX_ENTRIES);
    const entries = new Map<string, Entry>();
    for await (const entry of file.eachEntry()) addEntry(entries, entry);
    checkInflatedSizes(entries, limits.maxInflatedBytes ?? DEFAULT_XLSX_LIMITS.maxInflatedBytes);
    return { file, entries };
  } catch (error) {
    file.close();
    throw noDirectory(error, start);
  }
}

async function readStart(path: string, maxBytes: number): Promise<Buffer> {
  const handle = await open(path);
  try {
    const { size } = await handle.stat();
    if (size === 0) throw new FileError('file.empty');
    if (size > maxBytes) throw new FileError('file.limit', { maxBytes });
    const { buffer, bytesRead } = await handle.read(Buffer.alloc(4), 0, 4, 0);
    return buffer.subarray(0, bytesRead);
  } finally {
    await handle.close();
  }
}

/** Without its directory, what begins like a zip was cut; anything else never was one. */
function noDirectory(error: unknown, start: Buffer): unknown {
  const asGiven = asWorkbookError(error);
  if (asGiven === error) return error;
  const beginsLikeZip = start.equals(Buffer.from('PK\x03\x04').subarray(0, start.length));
  return beginsLikeZip ? new FileError('file.truncated') : badWorkbook('no-zip');
}

function addEntry(entries: Map<string, Entry>, entry: Entry): void {
  if (entry.isEncrypted()) throw badWorkbook('encrypted');
  const name = partKey(entry.fileNameRaw.toString());
  if (name.endsWith('/')) return;
  if (entries.has(name)) throw badWorkbook('duplicate-part');
  entries.set(name, entry);
}

function checkInflatedSizes(entries: ReadonlyMap<string, Entry>, maxInflatedBytes: number): void {
  let total = 0;
  for (const entry of entries.values()) {
    const size = entry.uncompressedSize;
    if (size > RATIO_MATTERS_FROM && size > MAX_RATIO * entry.compressedSize) throw overLimit('ratio', MAX_RATIO);
    total += size;
  }
  if (total > maxInflatedBytes) throw overLimit('inflated', maxInflatedBytes);
}

function partKey(name: string): string {
  return name.replaceAll('\\', '/').replace(/^\/+/, '').toLowerCase();
}

export function hasPart(zip: XlsxZip, part: string): boolean {
  return zip.entries.has(partKey(part));
}

/**
 * The inflated bytes of a part, in pieces of about 64 kB. What leaves the inflater is counted, so that a directory
 * that lies about a size is found out at once, and its CRC-32 is compared at the end (yauzl does neither for raw streams).
 */
export async function* readPart(zip: XlsxZip, part: string): AsyncGenerator<Buffer> {
  const entry = zip.entries.get(partKey(part));
  if (entry === undefined) throw badWorkbook('part-missing');
  let stream: Readable | undefined;
  let size = 0;
  let checksum = 0;
  try {
    stream = await inflated(zip.file, entry);
    for await (const piece of stream as AsyncIterable<Buffer>) {
      size += piece.length;
      if (size > entry.uncompressedSize) throw overLimit('inflated', entry.uncompressedSize);
      checksum = crc32(piece, checksum);
      yield piece;
    }
  } catch (error) {
    throw asWorkbookError(error);
  } finally {
    stream?.destroy();
  }
  if (size !== entry.uncompressedSize || checksum !== entry.crc32) throw badWorkbook('damaged');
}

async function inflated(file: ZipFile, entry: Entry): Promise<Readable> {
  const { compressionMethod: method } = entry;
  if (method !== STORED && method !== DEFLATED) throw badWorkbook('compression');
  const raw = await file.openReadStreamPromise(entry, { decodeFileData: false });
  if (method === STORED) return raw;
  // pipeline hands an error of either stream to whoever reads the last one.
  return pipeline(raw, createInflateRaw({ chunkSize: PIECE }), () => {});
}
