/** As many rows as a sheet may have, in bounded memory. With LONG=1 a million rows, otherwise a fiftieth of it. */
import { execFileSync } from 'node:child_process';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, expect, test } from 'vitest';
import type { ReadOnce } from '../../../bench/xlsx-read.ts';
import { inventPerson } from '../../support/people.ts';
import { partsOf, stylesOf } from '../../support/workbook.ts';
import { zipOf } from '../../support/zip.ts';

const ROWS = process.env['LONG'] === undefined ? 20_000 : 1_000_000;
const MOST_MEGABYTES = 300;
const ROWS_A_PIECE = 20_000;

const folder = mkdtempSync(join(tmpdir(), 'navette-rows-'));
afterAll(() => rmSync(folder, { recursive: true, force: true }));

/** Half as many texts as rows, a third of the cells text of their own. */
function workbook(): Buffer {
  const strings = Array.from({ length: ROWS / 2 }, (_, at) => inventPerson(at).nationalRegisterNumber);
  const pieces: string[] = [];
  for (let from = 1; from <= ROWS; from += ROWS_A_PIECE) {
    const rows = Array.from({ length: Math.min(ROWS_A_PIECE, ROWS - from + 1) }, (_, at) => {
      const row = from + at;
      const texts = ['D', 'E', 'F', 'J'].map(
        (letter) => `<c r="${letter}${row}" t="inlineStr"><is><t>${letter} ${row}</t></is></c>`,
      );
      return `<row r="${row}"><c r="A${row}" t="s"><v>${row % strings.length}</v></c>${texts.join('')}<c r="K${row}" s="1"><v>${20_000 + (row % 9_999)}</v></c><c r="AH${row}"><v>8.25</v></c></row>`;
    });
    pieces.push(rows.join(''));
  }
  const start =
    '<?xml version="1.0"?><worksheet xmlns="http://schemas.openxmlformats.org/spreadsheetml/2006/main"><sheetData>';
  const xml = Buffer.concat([start, ...pieces, '</sheetData></worksheet>'].map((text) => Buffer.from(text)));
  const texts = strings.map((text) => `<si><t>${text}</t></si>`).join('');
  return zipOf(partsOf({ sheets: [{ xml }], strings: texts, styles: stylesOf('dd/mm/yyyy') }));
}

test('fault 29: every row is read, and the memory stays bounded', { timeout: 300_000 }, () => {
  const path = join(folder, 'rows.xlsx');
  writeFileSync(path, workbook());
  const reader = join(import.meta.dirname, '../../../bench/xlsx-read.ts');
  const read = JSON.parse(execFileSync(process.execPath, [reader, 'ours', path], { encoding: 'utf8' })) as ReadOnce;
  // The first row is the header.
  expect([read.rows, read.cells]).toEqual([ROWS - 1, (ROWS - 1) * 7]);
  expect(read.peakMegabytes).toBeLessThan(MOST_MEGABYTES);
  if (process.env['LONG'] !== undefined) console.log(`${ROWS} rows: ${read.seconds} s, ${read.peakMegabytes} MB`);
});
