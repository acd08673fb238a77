/** Which character separates the fields of a text file: said by a `sep=` line, by its layout, or found from its first rows. */
import { FileError } from '../../errors.ts';
import type { LayoutFile } from '../../model.ts';
import { splitLines } from './text-lines.ts';

export type Delimiter = Exclude<LayoutFile['delimiter'], 'auto'>;

/** In order of trust: Belgian numbers have decimal commas, so that the comma is believed last. */
const DELIMITERS: readonly Delimiter[] = [';', '\t', '|', ','];
const ROWS_TO_COMPARE = 50;

export interface FoundDelimiter {
  readonly delimiter: Delimiter;
  /** physical lines to leave out before the header or the first row */
  readonly linesToSkip: number;
}

/**
 * Finds the delimiter from the first piece of a text. A first line `sep=;` (as Excel reads it) wins and is left out; the header row
 * is counted from the line after it. `headerWords` are the names the layout knows, in any case and with or without accents: the
 * delimiter that cuts the header into the most of them is taken, and without any the one that cuts the rows most evenly.
 * Throws FileError `file.format` {line} for a `sep=` line with any other character.
 */
export function findDelimiter(
  start: string,
  file: Pick<LayoutFile, 'delimiter' | 'headerRow'>,
  headerWords: readonly string[],
): FoundDelimiter {
  const declared = /^"?sep=(.)"?[ ]*(?:[\r\n]|$)/i.exec(start)?.[1];
  const linesToSkip = (declared === undefined ? 0 : 1) + Math.max(0, file.headerRow - 1);
  if (declared !== undefined) {
    const delimiter = DELIMITERS.find((known) => known === declared);
    if (delimiter === undefined) throw new FileError('file.format', { line: 1, reason: 'delimiter' });
    return { delimiter, linesToSkip };
  }
  if (file.delimiter !== 'auto') return { delimiter: file.delimiter, linesToSkip };
  const text = `${splitLines(start).slice(linesToSkip).join('\n')}\n`;
  const known = new Set(file.headerRow > 0 ? headerWords.map(fold) : []);
  const best = DELIMITERS.map((delimiter) => rate(delimiter, firstRecords(text, delimiter), known)).reduce(better);
  return { delimiter: best.delimiter, linesToSkip };
}

interface Rating {
  readonly delimiter: Delimiter;
  /** by weight: header names known, nearly every row is cut, not a comma, share of rows with the same number of fields, that number */
  readonly marks: readonly number[];
}

function rate(delimiter: Delimiter, records: readonly (readonly string[])[], known: ReadonlySet<string>): Rating {
  const names = (records[0] ?? []).filter((cell) => known.has(fold(cell))).length;
  const sizes = records.map((cells) => cells.length);
  const usual = [...new Set(sizes)].map((size) => ({ size, rows: sizes.filter((other) => other === size).length }));
  const mode = usual.toSorted((a, b) => b.rows - a.rows || b.size - a.size)[0] ?? { size: 1, rows: 0 };
  const cut = sizes.filter((size) => size > 1).length / Math.max(1, sizes.length);
  const cutsNearlyAll = cut >= 0.9 ? 1 : 0;
  const notComma = delimiter === ',' ? 0 : 1;
  const evenness = mode.size > 1 ? mode.rows / records.length : 0;
  return { delimiter, marks: [names, cutsNearlyAll, cutsNearlyAll * notComma, evenness, mode.size] };
}

function better(first: Rating, second: Rating): Rating {
  const differing = first.marks.findIndex((mark, index) => mark !== second.marks[index]);
  return differing >= 0 && second.marks[differing]! > first.marks[differing]! ? second : first;
}

/** The first records that are not blank, cut leniently: this only compares delimiters, `read-csv` reads. */
function firstRecords(text: string, delimiter: string): string[][] {
  const records: string[][] = [];
  let cells: string[] = [];
  let cell = '';
  let quoted = false;
  for (let i = 0; i < text.length && records.length < ROWS_TO_COMPARE; i += 1) {
    const character = text[i]!;
    if (character === '"' && (quoted || cell === '')) {
      quoted = !quoted;
    } else if (quoted || (character !== delimiter && character !== '\n')) {
      cell += character;
    } else {
      cells.push(cell);
      cell = '';
      if (character === delimiter) continue;
      if (cells.some((value) => value.trim() !== '')) records.push(cells);
      cells = [];
    }
  }
  return records;
}

function fold(name: string): string {
  return name
    .normalize('NFKD')
    .toLowerCase()
    .replaceAll(/[^\p{L}\p{N}]/gu, '');
}
