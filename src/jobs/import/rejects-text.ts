/** The rejected rows of text files as text: rows of delimited files in their own columns, lines of all others as they stand. */
import { encodeText } from '../../ingest/text/encodings.ts';
import type { OpenedCsv } from '../../ingest/text/read-csv.ts';
import type { TextLine } from '../../ingest/text/text-lines.ts';
import type { Cell, Layout } from '../../model.ts';
import { CODES_COLUMN, EXTRA_COLUMN, REASONS_COLUMN } from '../../transform/rows/rejects-columns.ts';
import { csvLine, withoutFormula } from '../../transform/values/csv-text.ts';
import { foldWord } from '../../transform/values/fold-word.ts';
import { headerWords } from './open-table.ts';
import { pickRejected, type Reasons, readRejected } from './rejected-rows.ts';

/** In the delimiter and encoding that the file came in. */
export async function rejectsOfCsv(
  opened: OpenedCsv,
  layout: Layout,
  reasons: ReadonlyMap<number, Reasons>,
): Promise<Buffer> {
  const { header, named, rows } = await readRejected(opened, reasons);
  const { headerRow } = layout.file;
  const known = new Set(headerWords(layout).map(foldWord));
  const head = header.map((cell, at) => {
    if (at >= named && headerRow > 0) return EXTRA_COLUMN;
    // A name that the layout asks for is found again only as it is.
    const name = textOf(cell);
    return known.has(foldWord(name)) ? name : withoutFormula(name);
  });
  const lines = [
    ...Array.from({ length: Math.max(0, headerRow - 1) }, () => '\r\n'),
    csvLine([...head, CODES_COLUMN, REASONS_COLUMN], opened.delimiter),
    ...rows.map(({ row, reasons: why }) =>
      csvLine([...row.map((cell) => withoutFormula(textOf(cell))), ...reasonCells(why)], opened.delimiter),
    ),
  ];
  return encodeText(lines.join(''), opened.encoding);
}

/** Lines that cannot be cut into cells: number, text, codes and reasons, in UTF-8. This file is to be read, not returned. */
export async function rejectsOfLines(
  batches: AsyncIterable<readonly TextLine[]>,
  reasons: ReadonlyMap<number, Reasons>,
): Promise<Buffer> {
  const rejected = await pickRejected(numbered(batches), reasons);
  const lines = [
    csvLine(['navette_line', 'navette_text', CODES_COLUMN, REASONS_COLUMN], ';'),
    ...rejected.map(({ row, reasons: why }) =>
      csvLine([String(row.rowNumber), withoutFormula(row.text), ...reasonCells(why)], ';'),
    ),
  ];
  return encodeText(lines.join(''), 'utf-8');
}

async function* numbered(batches: AsyncIterable<readonly TextLine[]>) {
  for await (const batch of batches) yield batch.map(({ number, text }) => ({ rowNumber: number, text }));
}

function reasonCells({ codes, sentences }: Reasons): string[] {
  return [codes.join(' '), withoutFormula(sentences.join(' '))];
}

function textOf(cell: Cell): string {
  return typeof cell === 'string' ? cell : '';
}
