/** Writes zip files byte by byte, also those that no decent program would write. */
import { crc32, deflateRawSync } from 'node:zlib';

export interface ZipEntry {
  readonly name: string;
  readonly content: string | Buffer;
  readonly stored?: boolean;
  readonly encrypted?: boolean;
  /** what the directory says instead of the truth */
  readonly declared?: { readonly crc?: number; readonly size?: number; readonly method?: number };
  /** sizes and offset in the zip64 extra field, as streaming writers of large files do */
  readonly zip64?: boolean;
}

const MAX_32 = 0xffffffff;

/** The bytes of a zip with these entries in this order; `zip64` adds the zip64 end records too. */
export function zipOf(entries: readonly ZipEntry[], zip64 = false): Buffer {
  const locals: Buffer[] = [];
  const directory: Buffer[] = [];
  let offset = 0;
  for (const entry of entries) {
    const { local, central } = packEntry(entry, offset);
    locals.push(local);
    directory.push(central);
    offset += local.length;
  }
  const size = Buffer.concat(directory).length;
  const end = zip64
    ? [zip64Ends(entries.length, size, offset), endRecord(0xffff, MAX_32, MAX_32)]
    : [endRecord(entries.length, size, offset)];
  return Buffer.concat([...locals, ...directory, ...end]);
}

function packEntry(entry: ZipEntry, offset: number): { local: Buffer; central: Buffer } {
  const content = Buffer.from(entry.content);
  const packed = entry.stored === true ? content : deflateRawSync(content);
  const name = Buffer.from(entry.name);
  const size = entry.declared?.size ?? content.length;
  const common = Buffer.alloc(26);
  common.writeUInt16LE(entry.zip64 === true ? 45 : 20, 0);
  common.writeUInt16LE((entry.encrypted === true ? 0x1 : 0) | 0x800, 2);
  common.writeUInt16LE(entry.declared?.method ?? (entry.stored === true ? 0 : 8), 4);
  common.writeUInt32LE(entry.declared?.crc ?? crc32(content), 10);
  common.writeUInt32LE(packed.length, 14);
  common.writeUInt32LE(size, 18);
  common.writeUInt16LE(name.length, 22);
  const local = Buffer.concat([Buffer.from('PK\x03\x04'), common, name, packed]);

  const extra = entry.zip64 === true ? zip64Extra(size, packed.length, offset) : Buffer.alloc(0);
  if (entry.zip64 === true) common.fill(0xff, 14, 22);
  common.writeUInt16LE(extra.length, 24);
  const tail = Buffer.alloc(14);
  tail.writeUInt32LE(entry.zip64 === true ? MAX_32 : offset, 10);
  const madeBy = Buffer.from([45, 0]);
  return { local, central: Buffer.concat([Buffer.from('PK\x01\x02'), madeBy, common, tail, name, extra]) };
}

function zip64Extra(size: number, packedSize: number, offset: number): Buffer {
  const extra = Buffer.alloc(28);
  extra.writeUInt16LE(1, 0);
  extra.writeUInt16LE(24, 2);
  extra.writeBigUInt64LE(BigInt(size), 4);
  extra.writeBigUInt64LE(BigInt(packedSize), 12);
  extra.writeBigUInt64LE(BigInt(offset), 20);
  return extra;
}

function endRecord(count: number, size: number, offset: number): Buffer {
  const record = Buffer.alloc(22);
  record.write('PK\x05\x06', 'latin1');
  record.writeUInt16LE(count, 8);
  record.writeUInt16LE(count, 10);
  record.writeUInt32LE(size, 12);
  record.writeUInt32LE(offset, 16);
  return record;
}

function zip64Ends(count: number, size: number, offset: number): Buffer {
  const record = Buffer.alloc(56);
  record.write('PK\x06\x06', 'latin1');
  record.writeBigUInt64LE(44n, 4);
  record.writeUInt16LE(45, 12);
  record.writeUInt16LE(45, 14);
  record.writeBigUInt64LE(BigInt(count), 24);
  record.writeBigUInt64LE(BigInt(count), 32);
  record.writeBigUInt64LE(BigInt(size), 40);
  record.writeBigUInt64LE(BigInt(offset), 48);
  const locator = Buffer.alloc(20);
  locator.write('PK\x06\x07', 'latin1');
  locator.writeBigUInt64LE(BigInt(offset + size), 8);
  locator.writeUInt32LE(1, 16);
  return Buffer.concat([record, locator]);
}
