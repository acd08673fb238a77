/** One worksheet, streamed: its XML becomes rows of cells, in batches. */
import type { Cell, SourceRow } from '../../model.ts';
import { type CellContext, type CellType, readCellType, readCellValue, valueOfText } from './xlsx-cells.ts';
import { badWorkbook, MAX_COLUMNS, MAX_ROWS } from './xlsx-limits.ts';
import { bytesAre, readCellPlace, tagIs, unsignedNumber } from './xlsx-tags.ts';
import { appendCellText, cellText, xmlText } from './xlsx-text.ts';
import { utf8Pieces } from './xlsx-utf8.ts';
import { createXmlScanner, type XmlSink } from './xlsx-xml.ts';
import type { XmlTag } from './xlsx-xml-tag.ts';

/** A batch ends early when its rows are very wide, so that few cells far to the right cannot fill the memory; */
const MAX_BATCH_CELLS = 500_000;
/** and is looked at after so many bytes: enough for 300 rows with one cell in Excel's last column. */
const SLICE = 16_384;

/**
 * The rows of a sheet that hold anything, in batches of at least `batchSize`, with the numbers Excel shows. Hidden and
 * filtered rows are rows; blank and merely formatted ones are not. Cells after the last value are left out.
 */
export async function* readSheetRows(
  pieces: AsyncIterable<Buffer>,
  context: CellContext,
  batchSize: number,
): AsyncGenerator<SourceRow[]> {
  let batch: SourceRow[] = [];
  let cellCount = 0;
  const scanner = createXmlScanner(
    sheetSink(context, (row) => {
      batch.push(row);
      cellCount += row.cells.length;
    }),
  );
  for await (const piece of utf8Pieces(pieces)) {
    for (let from = 0; from < piece.length; from += SLICE) {
      scanner.write(piece.subarray(from, from + SLICE));
      if (batch.length < batchSize && cellCount < MAX_BATCH_CELLS) continue;
      yield batch;
      batch = [];
      cellCount = 0;
    }
  }
  scanner.end();
  if (batch.length > 0) yield batch;
}

/** Where in the sheet the scanner is. */
type Place = 'start' | 'worksheet' | 'sheetData' | 'row' | 'c' | 'v' | 'is' | 'run' | 't' | 'run-t';

const AROUND: Readonly<Record<Place, Place>> = {
  start: 'start',
  worksheet: 'start',
  sheetData: 'worksheet',
  row: 'sheetData',
  c: 'row',
  v: 'c',
  is: 'c',
  run: 'is',
  t: 'is',
  'run-t': 'run',
};

function sheetSink(context: CellContext, give: (row: SourceRow) => void): XmlSink {
  let place: Place = 'start';
  /** how deep the scanner is in an element that is left out */
  let skipped = 0;

  let rowNumber = 0;
  let rowIsNumbered = false;
  let cells: Cell[] = [];
  let hasContent = false;

  const cellPlace = { column: -1, rowNumber: 0 };
  let column = -1;
  let type: CellType = 'n';
  let style = 0;
  let value: Cell = null;
  let hasFormula = false;
  let hasValue = false;
  let text = '';

  function openRow(tag: XmlTag): void {
    const { bytes, attributes } = tag;
    const previous = rowNumber;
    rowNumber += 1;
    rowIsNumbered = false;
    for (let slot = 0; slot < tag.attributeCount * 4; slot += 4) {
      if (!bytesAre(bytes, attributes[slot]!, attributes[slot + 1]!, 'r')) continue;
      rowNumber = unsignedNumber(bytes, attributes[slot + 2]!, attributes[slot + 3]!);
      rowIsNumbered = true;
    }
    if (rowNumber <= previous || rowNumber > MAX_ROWS) throw badWorkbook('row-number');
    cells = [];
    hasContent = false;
    column = -1;
  }

  function openCell(tag: XmlTag): void {
    const { bytes, attributes } = tag;
    column += 1;
    type = 'n';
    style = 0;
    value = null;
    hasFormula = false;
    hasValue = false;
    for (let slot = 0; slot < tag.attributeCount * 4; slot += 4) {
      const nameStart = attributes[slot]!;
      if (attributes[slot + 1]! - nameStart !== 1) continue;
      const [start, end] = [attributes[slot + 2]!, attributes[slot + 3]!];
      const name = bytes[nameStart];
      if (name === 0x72) placeCell(bytes, start, end);
      else if (name === 0x73) style = unsignedNumber(bytes, start, end);
      else if (name === 0x74) type = readCellType(bytes, start, end);
    }
    if (column >= MAX_COLUMNS) throw badWorkbook('cell-reference');
  }

  /** A row without number has that of its first cell that has one. */
  function placeCell(bytes: Buffer, start: number, end: number): void {
    readCellPlace(bytes, start, end, cellPlace);
    column = cellPlace.column;
    if (cellPlace.rowNumber === rowNumber) return;
    if (rowIsNumbered || cellPlace.rowNumber < rowNumber) throw badWorkbook('row-number');
    rowNumber = cellPlace.rowNumber;
    rowIsNumbered = true;
  }

  function closeCell(): void {
    // A formula whose result was never stored: what it would show is unknown, which is not the same as blank.
    if (hasFormula && value === null && !(hasValue && type === 'str')) value = { error: '#CALC!' };
    if (value === null) return;
    if (!hasContent) hasContent = typeof value !== 'string' || value.trim() !== '';
    if (column === cells.length) {
      cells.push(value);
      return;
    }
    while (cells.length <= column) cells.push(null);
    if (cells[column] !== null) throw badWorkbook('cell-reference');
    cells[column] = value;
  }

  function enter(next: Place): void {
    place = next;
    if (next === 'v' || next === 'is') text = '';
  }

  return {
    open(tag) {
      if (skipped > 0) {
        skipped += 1;
        return;
      }
      if (place === 'row' && tagIs(tag, 'c')) {
        openCell(tag);
        place = 'c';
      } else if (place === 'c' && tagIs(tag, 'v')) {
        hasValue = true;
        enter('v');
      } else if (place === 'c' && tagIs(tag, 'is')) enter('is');
      else if (place === 'sheetData' && tagIs(tag, 'row')) {
        openRow(tag);
        place = 'row';
      } else if (place === 'is' && tagIs(tag, 't')) place = 't';
      else if (place === 'is' && tagIs(tag, 'r')) place = 'run';
      else if (place === 'run' && tagIs(tag, 't')) place = 'run-t';
      else if (place === 'worksheet' && tagIs(tag, 'sheetData')) place = 'sheetData';
      else if (place === 'start') {
        if (!tagIs(tag, 'worksheet')) throw badWorkbook('sheet');
        place = 'worksheet';
      } else {
        if (place === 'c' && tagIs(tag, 'f')) hasFormula = true;
        else refuseUnknown(place, tag);
        skipped = 1;
      }
    },
    text(bytes, start, end, cdata, whole) {
      if (skipped > 0) return;
      if (place === 'v') {
        if (whole && !cdata) value = readCellValue(context, type, style, bytes, start, end);
        else text = appendCellText(text, xmlText(bytes, start, end, cdata));
      } else if (place === 't' || place === 'run-t') text = appendCellText(text, xmlText(bytes, start, end, cdata));
      // Between the elements stand blanks only: words there would be lost unseen, like those of an unknown element.
      else if (xmlText(bytes, start, end, cdata).trim() !== '') throw badWorkbook('sheet');
    },
    close() {
      if (skipped > 0) {
        skipped -= 1;
        return;
      }
      if (place === 'v') {
        if (text !== '') value = valueOfText(context, type, style, text);
      } else if (place === 'is') value = cellText(text) || null;
      else if (place === 'c') closeCell();
      else if (place === 'row' && hasContent) give({ rowNumber, cells });
      place = AROUND[place];
    },
  };
}

/** An element the standard does not have among rows and cells might hold some: leaving it out would lose them unseen. */
function refuseUnknown(place: Place, tag: XmlTag): void {
  const amongCells = place === 'sheetData' || place === 'row' || place === 'c' || place === 'v';
  if (amongCells && !tagIs(tag, 'extLst')) throw badWorkbook('sheet');
}
