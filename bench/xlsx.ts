/** A portal workbook of 100,000 rows and half a million different texts, read by us and by exceljs's stream reader. */
import { execFileSync } from 'node:child_process';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { inventPerson } from '../test/support/people.ts';
import { partsOf, stylesOf } from '../test/support/workbook.ts';
import { zipOf } from '../test/support/zip.ts';
import { type BenchResult, ratioOf } from './bench.ts';
import type { ReadOnce } from './xlsx-read.ts';

const ROWS = 100_000;
const COLUMNS = 36;
/** Each row has so many texts that no other row has. */
const OWN_TEXTS = 5;
const MOST_RATIO = 0.35;
const MOST_MEGABYTES = 200;
const ROWS_A_PIECE = 10_000;

/** Each reads the same file in a process of its own, so that each peak is that reader's own. */
export async function bench(size: number): Promise<BenchResult> {
  const rows = Math.round(ROWS * size);
  const folder = await mkdtemp(join(tmpdir(), 'navette-bench-xlsx-'));
  try {
    const path = join(folder, 'people.xlsx');
    await writeFile(path, workbook(rows));
    const ours = readBy('ours', path);
    const reference = readBy('exceljs', path);
    if (ours.rows !== rows || ours.cells !== reference.cells) {
      throw new Error(`${ours.rows} rows, ${ours.cells} cells here, ${reference.cells} there`);
    }
    const ratio = ratioOf(ours.seconds, reference.seconds);
    return {
      name: 'xlsx',
      size: rows,
      seconds: ours.seconds,
      referenceSeconds: reference.seconds,
      ratio,
      peakMegabytes: ours.peakMegabytes,
      goal: `at most ${MOST_RATIO} of exceljs's time (its peak here: ${reference.peakMegabytes} MB), at most ${MOST_MEGABYTES} MB`,
      met: ratio <= MOST_RATIO && ours.peakMegabytes <= MOST_MEGABYTES,
    };
  } finally {
    await rm(folder, { recursive: true, force: true });
  }
}

function readBy(reader: 'ours' | 'exceljs', path: string): ReadOnce {
  const words = [join(import.meta.dirname, 'xlsx-read.ts'), reader, path];
  return JSON.parse(execFileSync(process.execPath, words, { encoding: 'utf8' })) as ReadOnce;
}

function workbook(rows: number): Buffer {
  const common = ['M', 'F', 'FR', 'NL', 'Actif', 'Client', 'Siège', 'Bruxelles', 'BE', 'Chèque-repas'];
  const strings = [...common, ...Array.from({ length: COLUMNS }, (_, at) => `Colonne ${at + 1}`)];
  const isNew = strings.length;
  const pieces: string[] = [];
  let piece = '';
  const header = Array.from({ length: COLUMNS }, (_, at) => shared(1, at, common.length + at));
  piece += `<row r="1">${header.join('')}</row>`;
  for (let row = 2; row <= rows + 1; row += 1) {
    const person = inventPerson(row);
    const own = isNew + (row - 2) * OWN_TEXTS;
    strings.push(
      person.nationalRegisterNumber,
      `${person.lastName} ${row}`,
      `${person.firstName} ${row}`,
      person.email,
      `Rue ${row}`,
    );
    let cells = '';
    for (let at = 0; at < COLUMNS; at += 1) {
      if (at < OWN_TEXTS) cells += shared(row, at, own + at);
      else if (at === 7) cells += `<c r="${letters(at)}${row}" s="1"><v>${20_000 + (row % 15_000)}</v></c>`;
      else if (at % 4 === 0) cells += `<c r="${letters(at)}${row}"><v>${(row % 1_000) / 8}</v></c>`;
      else cells += shared(row, at, at % common.length);
    }
    piece += `<row r="${row}" spans="1:${COLUMNS}">${cells}</row>`;
    if (row % ROWS_A_PIECE === 0) {
      pieces.push(piece);
      piece = '';
    }
  }
  const sheet = `<?xml version="1.0"?><worksheet xmlns="http://schemas.openxmlformats.org/spreadsheetml/2006/main"><sheetData>`;
  const xml = Buffer.concat([sheet, ...pieces, piece, '</sheetData></worksheet>'].map((text) => Buffer.from(text)));
  const texts = strings.map((text) => `<si><t>${text}</t></si>`).join('');
  return zipOf(partsOf({ sheets: [{ xml }], strings: texts, styles: stylesOf('dd/mm/yyyy') }));
}

function shared(row: number, at: number, index: number): string {
  return `<c r="${letters(at)}${row}" t="s"><v>${index}</v></c>`;
}

function letters(at: number): string {
  return at < 26 ? String.fromCharCode(65 + at) : `A${String.fromCharCode(39 + at)}`;
}
