/** What a file is, whatever its name says. */
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { gzipSync } from 'node:zlib';
import exceljs from 'exceljs';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { sniffFile } from '../../src/ingest/sniff.ts';

let folder = '';
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'navette-sniff-'));
});
afterAll(() => rm(folder, { recursive: true }));

async function sniff(bytes: Buffer | string): Promise<string> {
  const path = join(folder, 'input.csv');
  await writeFile(path, bytes);
  return sniffFile(path);
}

/** Local headers and central directory of stored entries, as far as names matter. */
function zip(entries: Readonly<Record<string, string>>): Buffer {
  const local = Object.entries(entries).map(([name, content]) => {
    const header = Buffer.alloc(30);
    header.write('PK\x03\x04', 'latin1');
    header.writeUInt32LE(content.length, 18);
    header.writeUInt16LE(name.length, 26);
    return Buffer.concat([header, Buffer.from(name + content, 'latin1')]);
  });
  const central = Object.keys(entries).map((name) =>
    Buffer.concat([Buffer.from('PK\x01\x02'), Buffer.alloc(42), Buffer.from(name)]),
  );
  return Buffer.concat([...local, ...central, Buffer.from('PK\x05\x06'), Buffer.alloc(18)]);
}

/** An OLE compound file (MS-CFB) of 512-byte sectors: allocation table in sector 0, directory in sectors 1, 3, 5… */
function ole(names: readonly string[]): Buffer {
  const header = Buffer.alloc(512);
  Buffer.from('d0cf11e0a1b11ae1', 'hex').copy(header);
  header.writeUInt16LE(9, 30);
  header.writeUInt32LE(1, 48);
  header.fill(0xff, 76);
  header.writeUInt32LE(0, 76);
  const sectors = Math.ceil(names.length / 4);
  const table = Buffer.alloc(512, 0xff);
  const body = Buffer.alloc(1024 * sectors);
  const writeEntry = (name: string, at: number) => {
    body.write(name, at, 'utf16le');
    body.writeUInt16LE(2 * name.length + 2, at + 64);
  };
  for (let index = 0; index < sectors; index += 1) {
    table.writeUInt32LE(index + 1 < sectors ? 3 + 2 * index : 0xfffffffe, 4 * (1 + 2 * index));
    // Between the directory's sectors lies contents that look like an entry: only the chain tells them apart.
    writeEntry('EncryptedPackage', 1024 * index + 512);
  }
  for (const [index, name] of names.entries()) writeEntry(name, 1024 * Math.floor(index / 4) + 128 * (index % 4));
  return Buffer.concat([header, table, body]);
}

test('a workbook as exceljs writes it, also when its end is cut off', async () => {
  const workbook = new exceljs.Workbook();
  workbook.addWorksheet('Data').addRow(['NISS']);
  const bytes = Buffer.from(await workbook.xlsx.writeBuffer());
  expect(await sniff(bytes)).toBe('xlsx');
  expect(await sniff(bytes.subarray(0, bytes.length - 500))).toBe('xlsx');
});

test('kinds of zip', async () => {
  const padding = 'x'.repeat(200_000);
  expect(await sniff(zip({ 'a.bin': padding, 'xl/workbook.xml': '' }))).toBe('xlsx');
  expect(await sniff(zip({ '[Content_Types].xml': padding, 'xl/workbook.bin': '' }))).toBe('xlsb');
  expect(await sniff(zip({ mimetype: 'application/vnd.oasis.opendocument.spreadsheet', 'content.xml': padding }))).toBe(
    'ods',
  );
  expect(await sniff(zip({ 'payroll.csv': 'a;b' }))).toBe('zip');
  expect(await sniff(zip({}))).toBe('zip');
});

test('kinds of OLE file', async () => {
  expect(await sniff(ole(['Root Entry', 'Workbook', '\x05SummaryInformation']))).toBe('xls');
  expect(await sniff(ole(['Root Entry', 'Book']))).toBe('xls');
  const spaces = [
    '\x06DataSpaces',
    'Version',
    'DataSpaceMap',
    'DataSpaceInfo',
    'StrongEncryptionDataSpace',
    'TransformInfo',
  ];
  expect(await sniff(ole(['Root Entry', ...spaces, 'EncryptionInfo', 'EncryptedPackage']))).toBe('encrypted-office');
  expect(await sniff(ole(['Root Entry', 'WordDocument']))).toBe('binary');
  expect(await sniff(ole(['Root Entry', 'Workbook']).subarray(0, 600))).toBe('binary');
});

test('old workbooks that are really HTML or XML', async () => {
  expect(await sniff('\ufeff\r\n<!DOCTYPE html>\n<p>')).toBe('html');
  expect(await sniff('<html xmlns:x="urn:schemas-microsoft-com:office:excel"><table>')).toBe('html');
  expect(await sniff(Buffer.from('\ufeff<table border=1><tr>', 'utf16le'))).toBe('html');
  expect(await sniff('<?xml version="1.0"?>\n<Workbook xmlns="urn:schemas-microsoft-com:office:spreadsheet">')).toBe(
    'xls',
  );
});

test('what is packed or encrypted', async () => {
  expect(await sniff(gzipSync('a;b'))).toBe('gzip');
  expect(await sniff('%PDF-1.7\n')).toBe('pdf');
  expect(await sniff('-----BEGIN PGP MESSAGE-----\n\n')).toBe('pgp');
  for (const start of ['85020c03', '845e03', 'c15e03', 'c1c10c03', '8c0d04', 'c32e06']) {
    expect(await sniff(Buffer.concat([Buffer.from(start, 'hex'), Buffer.alloc(600, 0xa7)]))).toBe('pgp');
  }
});

test('text of every encoding', async () => {
  const text = 'Équipe;Ánna;Ò\r\n'.repeat(100);
  expect(await sniff(text)).toBe('text');
  expect(await sniff(Buffer.from(text, 'latin1'))).toBe('text');
  expect(await sniff(Buffer.from(text, 'utf16le'))).toBe('text');
  expect(await sniff(Buffer.from(`\ufeff${text}`, 'utf16le').swap16())).toBe('text');
  expect(await sniff(`${text}\0\u001a`)).toBe('text');
  expect(await sniff('<?xml version="1.0"?><Document xmlns="urn:iso:std:iso:20022:tech:xsd:camt.053.001.02">')).toBe(
    'text',
  );
  expect(await sniff('a')).toBe('text');
});

test('nothing, and anything else', async () => {
  expect(await sniff('')).toBe('empty');
  const image = Buffer.concat([Buffer.from('89504e470d0a1a0a0000000d49484452', 'hex'), Buffer.alloc(64, 1)]);
  expect(await sniff(image)).toBe('binary');
  expect(await sniff(Buffer.alloc(4096))).toBe('binary');
});
