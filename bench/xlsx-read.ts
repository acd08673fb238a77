/** Reads one workbook to its end and says how long it took; a process to itself: `xlsx-read.ts <ours|exceljs> <file>`. */
import ExcelJS from 'exceljs';
import { readXlsx } from '../src/ingest/xlsx/read-xlsx.ts';
import { peakMegabytes, secondsOf } from './bench.ts';

/** What a reader says of itself, as one line of JSON. */
export interface ReadOnce {
  readonly rows: number;
  readonly cells: number;
  readonly seconds: number;
  readonly peakMegabytes: number;
}

const [reader = '', path = ''] = process.argv.slice(2);
const count = { rows: 0, cells: 0 };

async function readOurs(): Promise<void> {
  const file = {
    formats: ['xlsx'],
    encoding: 'auto',
    delimiter: 'auto',
    headerRow: 1,
    sheet: 'first',
    name: null,
  } as const;
  const opened = await readXlsx(path, file);
  for await (const batch of opened.rows) {
    for (const row of batch) {
      count.rows += 1;
      for (const cell of row.cells) if (cell !== null) count.cells += 1;
    }
  }
}

/** As few options as give the same cells: strings and styles kept, one sheet after the other. */
async function readWithExceljs(): Promise<void> {
  const workbook = new ExcelJS.stream.xlsx.WorkbookReader(path, {
    sharedStrings: 'cache',
    styles: 'cache',
    hyperlinks: 'ignore',
    worksheets: 'emit',
    entries: 'ignore',
  });
  for await (const sheet of workbook) {
    for await (const row of sheet) {
      if (row.number === 1) continue;
      count.rows += 1;
      row.eachCell((cell) => {
        if (cell.value !== null) count.cells += 1;
      });
    }
  }
}

const seconds = await secondsOf(reader === 'ours' ? readOurs : readWithExceljs);
const read: ReadOnce = { ...count, seconds, peakMegabytes: peakMegabytes() };
console.log(JSON.stringify(read));
