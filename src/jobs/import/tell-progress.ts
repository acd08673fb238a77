/** Tells how far the reading of a file is, by what its rows are long. */
import type { DropFile } from '../../load/tables.ts';
import { fileNameForLog } from '../../log.ts';
import type { JobContext } from '../context.ts';

/** Is told of every batch of rows that was read. */
export interface RowsRead {
  readonly batch: (rows: readonly { readonly cells: readonly unknown[] }[]) => void;
  readonly end: () => void;
}

/** Text is read at an even pace, so what is read of it tells when the rest will be; a workbook is packed, and nobody knows. */
export function tellProgress(context: JobContext, file: DropFile): RowsRead {
  const facts = { fileId: file.id, drop: file.drop_id, file: fileNameForLog(file.name) };
  const progress = context.progress?.('rows', 'import.progress', facts);
  const size = /\.xlsx/i.test(file.name) || file.size === 0 ? null : file.size;
  let count = 0;
  let characters = 0;
  return {
    batch(rows) {
      count += rows.length;
      // One row stands for its batch: to measure every cell would cost more than it tells.
      characters += rows.length * (rows[0]?.cells.join(';').length ?? 0) + rows.length;
      progress?.advance(count, size === null ? null : characters / size);
    },
    end: () => progress?.end(),
  };
}
