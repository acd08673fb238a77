/** Owns where each field of a layout stands in one file, found out once before its rows are read. */
import { ConfigError, FileError } from '../../errors.ts';
import type { Cell, Day, FileFormat, Layout, LayoutColumn, RowIssue } from '../../model.ts';
import { columnLetter } from '../values/column-letter.ts';
import type { FieldValue, FieldValues } from '../values/field-value.ts';
import type { CellParser } from '../values/finding.ts';
import { foldWord } from '../values/fold-word.ts';
import { parserFor } from '../values/parse-value.ts';
import { findRejectsColumns, isOurColumn, ownWidth } from './rejects-columns.ts';

/** What a file brings beside its rows. */
export interface GivenToFile {
  /** null when the layout has no header row */
  readonly header: readonly Cell[] | null;
  /** what the file turned out to be, of the formats of its layout */
  readonly format: FileFormat;
  /** named groups of the file's name */
  readonly groups: Readonly<Record<string, string>>;
  /** settings of the drop, or given by hand */
  readonly set: Readonly<Record<string, string>>;
  /** product codes by their folded names, the codes themselves included */
  readonly products: ReadonlyMap<string, string>;
  readonly today: Day;
}

/** A field that is read from every row. */
export interface PlannedColumn {
  readonly field: string;
  /** zero-based cell of the row */
  readonly at: number;
  /** for fixed width: from (included) and to (excluded), zero-based, in the text of that cell */
  readonly cut: readonly [from: number, to: number] | null;
  /** a line that ends within this field is faulty */
  readonly whole: boolean;
  readonly parse: CellParser;
  readonly required: boolean;
  /** what a blank means; `undefined` when a blank is refused */
  readonly blank: FieldValue;
}

/** An export of a whole payroll has many columns that nobody wants to hear of. */
const MOST_UNKNOWN = 5;
/** A column that this file does not have: every cell of it is blank. */
const NOWHERE = -1;
const ANY_NUMBER = [0, Number.POSITIVE_INFINITY] as const;
/** A number of which a line's end cut off the last digits would still be a number, another one. */
const NUMBERS: readonly string[] = ['integer', 'decimal', 'euro', 'cents'];

/** How the rows of one file become values. */
export interface RowPlan {
  readonly columns: readonly PlannedColumn[];
  /** every field of a row: the value that is the same in all rows, `undefined` for those that are read */
  readonly start: Readonly<FieldValues>;
  /** number of cells behind which a row may hold only blanks */
  readonly width: number;
  /** how many cells a row may have at all, blank ones included; a row of another length is rejected */
  readonly fields: readonly [least: number, most: number];
  /** cells that are not read: the columns added to a rejects file, which here came back; empty for any other file */
  readonly rejectsColumns: ReadonlySet<number>;
  /** whether there is a birth date or a gender to compare with the register number */
  readonly comparesPerson: boolean;
  readonly senderColumns: ReadonlyMap<string, SenderColumn>;
  /** of the file as a whole: `column.ignored` */
  readonly warnings: readonly RowIssue[];
}

/** What the sender knows a column by, and where it stands: `at` counts columns and `positions` characters, both from 1. */
export type SenderColumn =
  | { readonly by: 'header'; readonly header: string; readonly at: number }
  | { readonly by: 'letter'; readonly letter: string; readonly at: number }
  | { readonly by: 'positions'; readonly from: number; readonly to: number }
  | { readonly by: 'field' };

/**
 * Finds the columns of a layout in a file and reads the values that hold for all of its rows.
 * Throws a FileError: `file.header` when required headers are missing, `file.duplicate-header` when two columns fit one
 * field, `required.missing` or the fault of the value when the file's name or its drop gives none or a wrong one; and a
 * ConfigError when a default or constant of the layout itself is wrong.
 */
export function planColumns(layout: Layout, given: GivenToFile): RowPlan {
  const columns: PlannedColumn[] = [];
  const start: FieldValues = {};
  const senderColumns = new Map<string, SenderColumn>();
  const missing: LayoutColumn[] = [];
  const absent: string[] = [];
  const header = given.header ?? [];
  const headers = positionsOfHeaders(header);
  const rejectsColumns = findRejectsColumns(header);
  for (const column of layout.columns) {
    const { field, source } = column;
    const parse = parserFor(column, { ...given, productMayBeNone: layout.kind === 'beneficiaries' });
    const fallback = column.default === null ? null : configured(layout, column, parse, column.default);
    const blank = column.parse === 'sign' ? 1 : column.required && fallback === null ? undefined : fallback;
    const planned = (at: number, cut: PlannedColumn['cut'], known: SenderColumn) => {
      const whole = cut !== null && NUMBERS.includes(column.parse);
      columns.push({ field, at, cut, whole, parse: rememberingLast(parse), required: column.required, blank });
      start[field] = undefined;
      senderColumns.set(field, known);
    };
    if ('header' in source) {
      const at = positionOf(source.header, headers, field);
      if (at !== null) planned(at, null, { by: 'header', header: String(given.header?.[at]).trim(), at: at + 1 });
      else if (column.required && fallback === null) missing.push(column);
      else {
        absent.push(...source.header);
        if (fallback !== null) start[field] = fallback;
      }
    } else if ('column' in source) {
      // Columns known by their place are not looked up, so a file too narrow for them must be refused here.
      if (blank === undefined && given.header !== null && source.column >= given.header.length) missing.push(column);
      // The letter and not the header, which is not compared here: without a header row it would be a person's name.
      const at = rejectsColumns.has(source.column) ? NOWHERE : source.column;
      planned(at, null, { by: 'letter', letter: columnLetter(source.column), at: source.column + 1 });
    } else if ('chars' in source) {
      const [from, to] = source.chars;
      planned(0, [from - 1, to], { by: 'positions', from, to });
    } else if ('context' in source) {
      const context = layout.file.rows?.context ?? [];
      const index = context.findIndex(({ name }) => name === source.context);
      const [from, to] = context[index]?.chars ?? [0, 0];
      planned(index < 0 ? NOWHERE : 1 + index, null, { by: 'positions', from, to });
    } else if ('constant' in source) {
      start[field] = configured(layout, column, parse, source.constant);
    } else {
      const value = valueOfWholeFile(column, source, parse, given) ?? blank;
      if (value === undefined) throw new FileError('required.missing', {}, field);
      if (value !== null) start[field] = value;
    }
  }
  refuseMissing(missing);
  // Only a stray delimiter shifts cells; a note beside the table of a workbook does no harm.
  const limited = given.format === 'csv' && layout.file.headerRow > 0 && given.header !== null;
  const width = limited ? ownWidth(header, rejectsColumns) : Number.POSITIVE_INFINITY;
  const comparesPerson = columns.some(({ field }) => field === 'birthDate' || field === 'gender');
  // Rejects that come back have as many fields as the widest of their rows, and two more.
  const fields = limited && rejectsColumns.size === 0 ? (layout.file.fields ?? ANY_NUMBER) : ANY_NUMBER;
  const warnings = absent.length === 0 ? [] : warningsOfUnknown(header, layout, absent);
  return { columns, start, width, fields, rejectsColumns, comparesPerson, senderColumns, warnings };
}

/** What the sender knows a field by; `field` when it is not a column of the file. */
export function senderColumn(plan: RowPlan, field: string): SenderColumn {
  return plan.senderColumns.get(field) ?? { by: 'field' };
}

/** The place of a field among the sender's columns, 0 when it is not one of them. */
export function senderPlace(column: SenderColumn): number {
  if (column.by === 'field') return 0;
  return column.by === 'positions' ? column.from : column.at;
}

/** Employer, month, product and value are mostly those of the row before: what they come to is parsed once. */
function rememberingLast(parse: CellParser): CellParser {
  let last: Parameters<CellParser>[0] | null = null;
  let result: ReturnType<CellParser> = '';
  return (cell) => {
    if (cell !== last) {
      result = parse(cell);
      last = cell;
    }
    return result;
  };
}

function positionsOfHeaders(header: readonly Cell[]): ReadonlyMap<string, readonly number[]> {
  const positions = new Map<string, number[]>();
  for (const [index, cell] of header.entries()) {
    const folded = typeof cell === 'string' ? foldWord(cell) : '';
    if (folded !== '') positions.set(folded, [...(positions.get(folded) ?? []), index]);
  }
  return positions;
}

function positionOf(
  names: readonly string[],
  headers: ReadonlyMap<string, readonly number[]>,
  field: string,
): number | null {
  const found = [...new Set(names.map(foldWord))].flatMap((name) => headers.get(name) ?? []);
  if (found.length > 1) {
    const letters = found.sort((one, other) => one - other).map(columnLetter);
    throw new FileError('file.duplicate-header', { header: letters.join(', ') }, field);
  }
  return found[0] ?? null;
}

/**
 * A header that a layout does not know may stand there for one that it misses: a renamed `faceValue` would otherwise vanish unseen.
 * Letters, because a word in a header may be anything.
 */
function warningsOfUnknown(header: readonly Cell[], layout: Layout, absent: readonly string[]): RowIssue[] {
  const known = new Set(
    layout.columns.flatMap(({ source }) => ('header' in source ? source.header.map(foldWord) : [])),
  );
  const unknown = header.flatMap((cell, at) =>
    typeof cell !== 'string' || cell.trim() === '' || known.has(foldWord(cell)) || isOurColumn(cell) ? [] : [at],
  );
  return unknown.slice(0, MOST_UNKNOWN).map((at) => ({
    rowNumber: null,
    columnName: null,
    code: 'column.ignored',
    severity: 'warning',
    params: { letter: columnLetter(at), accepted: absent.join(', ') },
  }));
}

function refuseMissing(missing: readonly LayoutColumn[]): void {
  const names = missing.map(({ field, source }) =>
    'header' in source ? (source.header[0] ?? field) : 'column' in source ? columnLetter(source.column) : field,
  );
  const [first] = missing;
  if (first !== undefined) {
    throw new FileError('file.header', { column: names[0] ?? first.field, missing: names.join(', ') }, first.field);
  }
}

/** A value from the layout itself. */
function configured(layout: Layout, column: LayoutColumn, parse: CellParser, text: string): string | number | null {
  const parsed = text.trim() === '' ? null : parse(text.trim());
  if (typeof parsed !== 'object' || parsed === null) return parsed;
  throw new ConfigError(`layout ${layout.id}, column ${column.field}: "${text}" is not a value for "${column.parse}"`);
}

/** The value that the file's name or the settings give for all rows; a name and settings that differ cannot be trusted. */
function valueOfWholeFile(
  column: LayoutColumn,
  source: { readonly group: string } | { readonly drop: string },
  parse: CellParser,
  given: GivenToFile,
): string | number | null {
  if ('drop' in source) return givenValue(column, parse, given.set[source.drop]);
  const ofName = givenValue(column, parse, given.groups[source.group]);
  const ofSettings = givenValue(column, parse, given.set[source.group]);
  if (ofName !== null && ofSettings !== null && ofName !== ofSettings) {
    throw new FileError('file.employer-mismatch', {}, column.field);
  }
  return ofName ?? ofSettings;
}

function givenValue(column: LayoutColumn, parse: CellParser, text = ''): string | number | null {
  if (text.trim() === '') return null;
  const parsed = parse(text.trim());
  if (typeof parsed !== 'object') return parsed;
  if (parsed.value === null) throw new FileError(parsed.code, parsed.params, column.field);
  return parsed.value;
}
