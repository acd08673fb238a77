/** Reads a workbook (.xlsx, .xlsm) as rows: one sheet of it, streamed, with its header apart. */
import type { Cell, LayoutFile, RowIssue, SourceRow } from '../../model.ts';
import type { OpenedRows } from '../opened-rows.ts';
import type { CellContext } from './xlsx-cells.ts';
import { chooseSheet } from './xlsx-choose-sheet.ts';
import { DEFAULT_XLSX_LIMITS, type XlsxLimits } from './xlsx-limits.ts';
import { readSheetRows } from './xlsx-sheet.ts';
import { createStringTable } from './xlsx-string-table.ts';
import { readSharedStrings } from './xlsx-strings.ts';
import { readDateStyles } from './xlsx-styles.ts';
import { readWorkbook, type Sheet, type Workbook } from './xlsx-workbook.ts';
import { hasPart, openXlsxZip, readPart, type XlsxZip } from './xlsx-zip.ts';

const BATCH_ROWS = 1_000;

const SECOND_SHEET: RowIssue = {
  rowNumber: null,
  columnName: null,
  code: 'file.second-sheet',
  severity: 'warning',
  params: {},
};

/**
 * Opens the workbook at `path` and chooses its sheet as `file.sheet` says; rows up to `file.headerRow` are not data.
 * Nothing stays open until `rows` is iterated, which opens the file anew. The zip's directory and the checksums of what
 * was read prove that the file is whole. FileError `file.empty`, `file.truncated`, `file.format`, `file.limit` or
 * `file.header`; errors of the disk are passed on.
 */
export async function readXlsx(
  path: string,
  file: LayoutFile,
  limits: XlsxLimits = DEFAULT_XLSX_LIMITS,
): Promise<OpenedRows> {
  return withZip(path, limits, async (zip) => {
    const workbook = await readWorkbook(zip);
    const context = await readCellContext(zip, workbook);
    const rowsOf = (from: XlsxZip, sheet: Sheet, batchSize: number): AsyncGenerator<SourceRow[]> =>
      readSheetRows(readPart(from, sheet.part), context, batchSize);
    const { sheet, second } = await chooseSheet(workbook, file.sheet, file.headerRow, (each) => rowsOf(zip, each, 1));
    const header = await readHeader(rowsOf(zip, sheet, 1), file.headerRow);

    let dataRows = 0;
    async function* dataBatches(): AsyncGenerator<readonly SourceRow[]> {
      const again = await openXlsxZip(path, limits);
      dataRows = 0;
      try {
        for await (const batch of rowsOf(again, sheet, BATCH_ROWS)) {
          const data = batch.filter((row) => row.rowNumber > file.headerRow);
          dataRows += data.length;
          if (data.length > 0) yield data;
        }
      } finally {
        again.file.close();
      }
    }
    return {
      header,
      rows: { [Symbol.asyncIterator]: dataBatches },
      outcome: () => ({ warnings: second ? [SECOND_SHEET] : [], lastLineComplete: true, proof: 'zip', dataRows }),
    };
  });
}

async function withZip<Result>(
  path: string,
  limits: XlsxLimits,
  use: (zip: XlsxZip) => Promise<Result>,
): Promise<Result> {
  const zip = await openXlsxZip(path, limits);
  try {
    return await use(zip);
  } finally {
    zip.file.close();
  }
}

async function readCellContext(zip: XlsxZip, workbook: Workbook): Promise<CellContext> {
  const { stringsPart, stylesPart, date1904 } = workbook;
  return {
    strings:
      stringsPart !== null && hasPart(zip, stringsPart)
        ? await readSharedStrings(zip, stringsPart)
        : createStringTable(),
    dateStyles: stylesPart !== null && hasPart(zip, stylesPart) ? await readDateStyles(zip, stylesPart) : [],
    date1904,
    dates: new Map(),
  };
}

/** The cells of the header's row, none when that row is blank, null when the layout has none or the sheet ends before it. */
async function readHeader(
  batches: AsyncIterable<readonly SourceRow[]>,
  headerRow: number,
): Promise<readonly Cell[] | null> {
  if (headerRow === 0) return null;
  for await (const batch of batches) {
    for (const row of batch) {
      if (row.rowNumber === headerRow) return row.cells;
      if (row.rowNumber > headerRow) return [];
    }
  }
  return null;
}
