/** The names of the streams in an OLE compound file (MS-CFB), which is what .xls and encrypted workbooks are. */

const SIGNATURE = Buffer.from([0xd0, 0xcf, 0x11, 0xe0, 0xa1, 0xb1, 0x1a, 0xe1]);
const HEADER_BYTES = 512;
const ENTRY_BYTES = 128;
const FAT_SECTORS_IN_HEADER = 109;
/** a workbook has fewer than ten entries, four to a sector; more is no reason to go on reading */
const MAX_SECTORS = 64;

export function isOle(start: Buffer): boolean {
  return start.subarray(0, SIGNATURE.length).equals(SIGNATURE);
}

/** Names of the directory's entries, as far as they can be read: what is damaged ends the list. `start` holds the header. */
export async function findOleEntries(
  start: Buffer,
  readAt: (position: number, length: number) => Promise<Buffer>,
): Promise<readonly string[]> {
  if (start.length < HEADER_BYTES) return [];
  const shift = start.readUInt16LE(30);
  if (shift !== 9 && shift !== 12) return [];
  const sectorBytes = 2 ** shift;
  const readSector = (sector: number) => readAt((sector + 1) * sectorBytes, sectorBytes);
  const names: string[] = [];
  let sector = start.readUInt32LE(48);
  for (let count = 0; count < MAX_SECTORS && sector < 0xffff_fff0; count += 1) {
    const bytes = await readSector(sector);
    for (let at = 0; at + ENTRY_BYTES <= bytes.length; at += ENTRY_BYTES) names.push(entryName(bytes, at));
    sector = await nextSector(start, sector, sectorBytes, readSector);
  }
  return names;
}

/** A name is UTF-16, at most 32 units; the two bytes after it give its length in bytes, its closing zero counted. */
function entryName(bytes: Buffer, at: number): string {
  const length = Math.min(64, bytes.readUInt16LE(at + 64));
  return bytes.toString('utf16le', at, at + Math.max(0, length - 2));
}

/** The allocation table says which sector follows; an end mark when the table cannot be read. */
async function nextSector(
  start: Buffer,
  sector: number,
  sectorBytes: number,
  readSector: (sector: number) => Promise<Buffer>,
): Promise<number> {
  const perSector = sectorBytes / 4;
  const tableIndex = Math.floor(sector / perSector);
  if (tableIndex >= FAT_SECTORS_IN_HEADER) return 0xffff_fffe;
  const table = await readSector(start.readUInt32LE(76 + tableIndex * 4));
  const at = (sector % perSector) * 4;
  return at + 4 <= table.length ? table.readUInt32LE(at) : 0xffff_fffe;
}
