/** Owns which column of an unknown table means which field: by the words of its header and by what its cells hold. */
import type { Cell, Day, LayoutColumn, ParserName } from '../../model.ts';
import { parseEnterpriseNumber } from '../values/enterprise-number.ts';
import { holderOf, readRegisterNumber } from '../values/national-register-number.ts';
import { dateParser } from '../values/parse-date.ts';
import { parserFor } from '../values/parse-value.ts';
import type { FieldWords } from './suggest-words.ts';

/** What the reading of cells needs to know. */
export interface SuggestContext {
  readonly today: Day;
  /** product codes by their folded names */
  readonly products: ReadonlyMap<string, string>;
}

/** A column of a table as far as it was looked at. */
export interface TableColumn {
  /** zero-based */
  readonly at: number;
  /** its header's text, '' when it has none */
  readonly header: string;
  /** the cells that are not blank */
  readonly cells: readonly Exclude<Cell, null>[];
}

/** A column that means a field, as sure as `confidence` (0 to 1). */
export interface SuggestedColumn {
  readonly at: number;
  readonly field: string;
  /** parser, with its pattern where it needs one */
  readonly parse: string;
  readonly confidence: number;
}

/** How much it says that all cells of a column can be read so: nearly everything is text, nothing but an address is an e-mail address. */
const TELLING: Readonly<Record<string, number>> = {
  'national-register-number': 1,
  'enterprise-number': 1,
  email: 1,
  status: 0.9,
  product: 0.9,
  delivery: 0.8,
  gender: 0.8,
  language: 0.8,
  period: 0.8,
  date: 0.6,
};
/** Cells of other kinds under a header that fits are faults of rows; more than these, and the header means something else. */
const LEAST_FITTING = 0.5;
const BY_CONTENT_ALONE = 0.65;
const LEAST_CONFIDENCE = 0.4;

const DATE_PATTERNS = ['DDMMYYYY', 'MMDDYYYY', 'MMYYYYDD', 'YYYYDDMM'];

/** One field a column and one column a field, the surest pairs first; columns that mean nothing are left out. */
export function suggestColumns(
  columns: readonly TableColumn[],
  fields: Readonly<Record<string, FieldWords>>,
  given: SuggestContext,
): SuggestedColumn[] {
  const context = { ...given, births: birthsIn(columns, given.today) };
  const pairs = columns.flatMap((column) =>
    Object.entries(fields).flatMap(([field, words]) => {
      const pair = ratePair(column, field, words, context);
      return pair === null ? [] : [pair];
    }),
  );
  // Equally sure: the column that stands further left, and the field that is told first.
  pairs.sort((one, other) => other.confidence - one.confidence || one.at - other.at);
  const taken = new Set<string | number>();
  const chosen: SuggestedColumn[] = [];
  for (const pair of pairs) {
    if (taken.has(pair.at) || taken.has(pair.field)) continue;
    chosen.push(pair);
    taken.add(pair.at).add(pair.field);
  }
  return [...chosen, ...secondAddress(columns, taken, fields)].sort((one, other) => one.at - other.at);
}

interface ColumnsContext extends SuggestContext {
  /** birth dates that the register numbers of the table tell */
  readonly births: ReadonlySet<Day>;
}

function birthsIn(columns: readonly TableColumn[], today: Day): ReadonlySet<Day> {
  const numbers = columns.flatMap(({ cells }) => cells.filter((cell) => looksRegistered(cell, today)));
  return new Set(
    numbers.flatMap((cell) => {
      const number = readRegisterNumber(String(cell).trim(), today);
      return number === null ? [] : (holderOf(number).birthDate ?? []);
    }),
  );
}

function ratePair(
  column: TableColumn,
  field: string,
  { parse, words }: FieldWords,
  context: ColumnsContext,
): SuggestedColumn | null {
  const byHeader = fitOfHeader(column.header, words);
  const read = bestReading(column.cells, field, parse, context);
  const telling = tellingOf(field, parse, column.cells, read.parse, context);
  // A column of "M" may be a gender or an initial: words that are few need two rows that differ, or a header.
  const byContent = column.cells.length > 1 || parse.endsWith('number') || parse === 'email' ? telling * read.share : 0;
  let confidence = 0;
  if (byHeader > 0) {
    if (column.cells.length > 0 && read.share < LEAST_FITTING) return null;
    confidence = 0.6 * byHeader + 0.4 * (column.cells.length === 0 ? 0.5 : read.share);
  }
  if (byContent >= 0.5) confidence = Math.max(confidence, BY_CONTENT_ALONE * byContent, byHeader > 0 ? byContent : 0);
  return confidence < LEAST_CONFIDENCE ? null : { at: column.at, field, parse: read.parse, confidence };
}

/** Days that are those in the register numbers beside them are births; amounts are told by their cents. */
function tellingOf(
  field: string,
  parse: string,
  cells: TableColumn['cells'],
  read: string,
  context: ColumnsContext,
): number {
  if (parse === 'euro') return cells.some(showsCents) && cells.every((cell) => isAmountLike(cell)) ? AMOUNTS : 0;
  if (field !== 'birthDate' || context.births.size === 0) return TELLING[parse] ?? 0;
  const [, pattern = null] = read.split(' ');
  const parser = dateParser(pattern);
  const born = cells.filter((cell) => {
    const day = parser(typeof cell === 'string' ? cell.trim() : cell);
    return typeof day === 'string' && context.births.has(day);
  });
  return born.length > 0.5 * cells.length ? 1 : (TELLING[parse] ?? 0);
}

const AMOUNTS = 0.8;

/** `8,00` and `€ 8`, and a number of a workbook that is no whole one. */
function showsCents(cell: Cell): boolean {
  return typeof cell === 'number' ? !Number.isInteger(cell) : typeof cell === 'string' && /[.,]\d\d$|€|EUR/.test(cell);
}

function isAmountLike(cell: Cell): boolean {
  return typeof cell === 'number' || showsCents(cell);
}

/** 1 for a word that is the whole header, less for one that is a part of it. */
function fitOfHeader(header: string, words: readonly string[]): number {
  const own = wordsOf(header);
  if (own.length === 0) return 0;
  const whole = own.join('');
  let best = 0;
  for (const word of words) {
    const parts = wordsOf(word);
    if (parts.join('') === whole) return 1;
    if (parts.join('').length >= 3 && parts.every((part) => own.includes(part))) {
      best = Math.max(best, 0.5 + (0.4 * parts.length) / own.length);
    }
  }
  return best;
}

/** `N°` counts as a word; `enterpriseNumber` is one. */
function wordsOf(text: string): string[] {
  const plain = text.replaceAll('°', 'o').replaceAll('ß', 'ss').normalize('NFKD').replace(/\p{M}/gu, '').toLowerCase();
  return plain.match(/[\p{L}\p{N}]+|[+/-]{3}/gu) ?? [];
}

/** The share of the cells that a field's parser reads, with the pattern or unit that reads the most. */
function bestReading(
  cells: TableColumn['cells'],
  field: string,
  parse: string,
  context: SuggestContext,
): { readonly parse: string; readonly share: number } {
  const candidates = [parse, ...alternatives(parse)];
  const rated = candidates.map((one) => ({ parse: one, share: shareRead(cells, field, one, context) }));
  return rated.reduce((best, one) => (one.share > best.share ? one : best));
}

function alternatives(parse: string): string[] {
  if (parse === 'date') return DATE_PATTERNS.map((pattern) => `date ${pattern}`);
  return parse === 'period' ? ['period MMYYYY'] : [];
}

function shareRead(cells: TableColumn['cells'], field: string, parse: string, context: SuggestContext): number {
  if (cells.length === 0) return 0;
  const [name = '', pattern = null] = parse.split(' ');
  const column: LayoutColumn = {
    field,
    source: { column: 0 },
    parse: name as ParserName,
    pattern,
    required: false,
    default: null,
    values: null,
  };
  const parser = parserFor(column, { ...context, productMayBeNone: true });
  const isRead = (cell: Exclude<Cell, null>): boolean => {
    const trimmed = typeof cell === 'string' ? cell.trim() : cell;
    if (name === 'national-register-number') return looksRegistered(trimmed, context.today);
    if (name === 'enterprise-number') return looksLikeEmployer(trimmed);
    const parsed = parser(trimmed);
    return typeof parsed !== 'object' || parsed.severity === 'warning';
  };
  return cells.filter(isRead).length / cells.length;
}

/** Stricter than a layout's parser: padded with zeros, one number in fifty would do. */
function looksRegistered(cell: Exclude<Cell, null>, today: Day): boolean {
  const text = typeof cell === 'number' || typeof cell === 'string' ? String(cell) : '';
  return text.replace(/\D/g, '').length >= 9 && readRegisterNumber(text, today) !== null;
}

function looksLikeEmployer(cell: Exclude<Cell, null>): boolean {
  return (typeof cell === 'number' || typeof cell === 'string') && parseEnterpriseNumber(String(cell)) !== null;
}

/** A street that stands in a table twice under one header is that of the card and then that of the PIN. */
function secondAddress(
  columns: readonly TableColumn[],
  taken: ReadonlySet<string | number>,
  fields: Readonly<Record<string, FieldWords>>,
): SuggestedColumn[] {
  const given = new Set<string>();
  return columns.flatMap(({ at, header }) => {
    if (taken.has(at)) return [];
    const found = Object.entries(fields).find(([field, { words }]) => {
      const pin = field.replace(/^card/, 'pin');
      return (
        field !== pin && taken.has(field) && !taken.has(pin) && !given.has(pin) && fitOfHeader(header, words) === 1
      );
    });
    if (found === undefined) return [];
    const field = found[0].replace(/^card/, 'pin');
    given.add(field);
    return [{ at, field, parse: found[1].parse, confidence: 0.5 }];
  });
}
