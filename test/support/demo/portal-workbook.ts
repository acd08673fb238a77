/** Owns how the demo's portal workbooks are written: a guide sheet, the data sheet, and the same bytes every time. */
import exceljs from 'exceljs';
import type { PortalRow } from './portal-rows.ts';

const WRITTEN = new Date(Date.UTC(2026, 10, 30, 9));

/** Register numbers are text, as the guide asks for, or numbers where somebody typed them anew; days are dates. */
export async function portalWorkbook(titles: readonly string[], rows: readonly PortalRow[]): Promise<Buffer> {
  const workbook = new exceljs.Workbook();
  workbook.creator = workbook.lastModifiedBy = 'Secrétariat Alpha';
  workbook.created = workbook.modified = WRITTEN;
  const guide = workbook.addWorksheet('Guide');
  guide.addRow(['Une ligne par travailleur. Les colonnes A, D, E, G, H, I et J sont obligatoires.']);
  guide.addRow(['Une case vide ne change rien.']);
  const sheet = workbook.addWorksheet('Travailleurs');
  sheet.addRow([...titles]).font = { bold: true };
  for (const row of rows) {
    const cells = row.map((cell) =>
      typeof cell === 'object' ? new Date(`${cell.day}T00:00:00Z`) : cell === '' ? null : cell,
    );
    sheet.addRow(cells).getCell(8).numFmt = 'dd/mm/yyyy';
  }
  return withoutClock(Buffer.from(await workbook.xlsx.writeBuffer()));
}

/** Sets the time of every zip entry to the same moment; its places are those of the zip's central directory. */
function withoutClock(zip: Buffer): Buffer {
  const [time, date] = [9 << 11, ((2026 - 1980) << 9) | (11 << 5) | 30];
  const end = zip.lastIndexOf(Buffer.from('PK\x05\x06', 'latin1'));
  let at = zip.readUInt32LE(end + 16);
  for (let entry = zip.readUInt16LE(end + 10); entry > 0; entry--) {
    zip.writeUInt16LE(time, at + 12);
    zip.writeUInt16LE(date, at + 14);
    const local = zip.readUInt32LE(at + 42);
    zip.writeUInt16LE(time, local + 10);
    zip.writeUInt16LE(date, local + 12);
    at += 46 + zip.readUInt16LE(at + 28) + zip.readUInt16LE(at + 30) + zip.readUInt16LE(at + 32);
  }
  return zip;
}
