/** Opens the rows of a table as its layout says, also those of a rejects file that its sender returned. */
import { FileError } from '../../errors.ts';
import type { OpenedRows } from '../../ingest/opened-rows.ts';
import { type OpenedCsv, readCsv } from '../../ingest/text/read-csv.ts';
import { readXlsx } from '../../ingest/xlsx/read-xlsx.ts';
import type { Layout, LayoutFile } from '../../model.ts';
import { CODES_COLUMN, findRejectsColumns, REASONS_COLUMN } from '../../transform/rows/rejects-columns.ts';

/** The words a header of this layout may have, those of a returned rejects file included. */
export function headerWords(layout: Layout): string[] {
  const own = layout.columns.flatMap(({ source }) => ('header' in source ? source.header : []));
  return [...own, CODES_COLUMN, REASONS_COLUMN];
}

export function openCsv(path: string, layout: Layout): Promise<OpenedCsv> {
  return open(layout, (file) => readCsv(path, file, headerWords(layout)));
}

export function openXlsx(path: string, layout: Layout, maxBytes: number): Promise<OpenedRows> {
  return open(layout, (file) => readXlsx(path, file, { maxBytes }));
}

/** The rejects of a layout without a header begin with a row that names the two added columns, and nothing else. */
async function open<Opened extends OpenedRows>(
  layout: Layout,
  as: (file: LayoutFile) => Promise<Opened>,
): Promise<Opened> {
  if (layout.file.headerRow === 0) {
    const returned = await as({ ...layout.file, headerRow: 1 }).catch((error) => {
      if (error instanceof FileError) return null;
      throw error;
    });
    if (returned !== null && findRejectsColumns(returned.header ?? []).size > 0) return returned;
  }
  return as(layout.file);
}
