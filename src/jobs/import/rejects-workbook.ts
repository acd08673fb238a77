/** The rejected rows of a workbook as a workbook: the same columns, and behind them why each row was rejected. */
import type { OpenedRows } from '../../ingest/opened-rows.ts';
import type { SheetColumn, SheetToWrite } from '../../load/workbook.ts';
import type { Cell, Layout, LayoutColumn, ParserName } from '../../model.ts';
import { CODES_COLUMN, REASONS_COLUMN } from '../../transform/rows/rejects-columns.ts';
import { foldWord } from '../../transform/values/fold-word.ts';
import { type Reasons, readRejected } from './rejected-rows.ts';

/** Cells of these columns stay numbers and dates; in all others a number would lose the zeros that it begins with. */
const COUNTED: ReadonlySet<ParserName> = new Set(['integer', 'decimal', 'euro', 'cents', 'date', 'period']);
const NARROWEST = 8;
const WIDEST = 40;
const CODES: SheetColumn = { width: 26, text: true, wrap: true };
const REASONS: SheetColumn = { width: 90, text: true, wrap: true };

export async function rejectsSheet(
  opened: OpenedRows,
  layout: Layout,
  reasons: ReadonlyMap<number, Reasons>,
): Promise<SheetToWrite> {
  const { header, rows: rejected } = await readRejected(opened, reasons);
  const text = textColumns(layout, header);
  const rows = rejected.map(({ row, reasons: { codes, sentences } }) => [
    ...row.map((cell, at) => (text.has(at) && typeof cell === 'number' ? String(cell) : cell)),
    codes.join(' '),
    sentences.join('\n'),
  ]);
  const { headerRow, sheet } = layout.file;
  const blankRows = Array.from({ length: Math.max(0, headerRow - 1) }, () => []);
  const shown = [[...header, CODES_COLUMN, REASONS_COLUMN], ...rows];
  const own = header.map((_, at) => {
    const longest = shown.reduce((most, row) => Math.max(most, lengthOf(row[at] ?? null)), 0);
    return { width: Math.min(WIDEST, Math.max(NARROWEST, longest + 2)), text: text.has(at), wrap: false };
  });
  return {
    // A layout that goes by the sheet's name shall find it again.
    name: sheet === 'auto' || sheet === 'first' ? 'Navette' : sheet,
    frozenRows: blankRows.length + 1,
    columns: [...own, CODES, REASONS],
    rows: [...blankRows, ...shown],
  };
}

function textColumns(layout: Layout, header: readonly Cell[]): ReadonlySet<number> {
  const words = header.map((cell) => (typeof cell === 'string' ? foldWord(cell) : ''));
  const positions = ({ source }: LayoutColumn): number[] => {
    if ('column' in source) return [source.column];
    return 'header' in source ? source.header.map((name) => words.indexOf(foldWord(name))) : [];
  };
  return new Set(layout.columns.filter(({ parse }) => !COUNTED.has(parse)).flatMap(positions));
}

function lengthOf(cell: Cell): number {
  if (cell === null) return 0;
  return typeof cell === 'object' ? 'dd/mm/yyyy'.length : String(cell).length;
}
