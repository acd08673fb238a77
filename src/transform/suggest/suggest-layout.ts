/** Owns the layout that an unknown file seems to need: its kind, where each field stands, and how sure that is. */
import type { Cell, Day, LayoutKind } from '../../model.ts';
import { columnLetter } from '../values/column-letter.ts';
import { foldWord } from '../values/fold-word.ts';
import { parseEuro } from '../values/parse-number.ts';
import { type SuggestContext, type SuggestedColumn, suggestColumns, type TableColumn } from './suggest-columns.ts';
import type { SuggestedCut } from './suggest-counts.ts';
import { suggestCuts } from './suggest-fixed-width.ts';
import { type SuggestedName, suggestName } from './suggest-name.ts';
import { type SuggestedRecords, suggestRecords } from './suggest-records.ts';
import { BENEFICIARY_WORDS, PAYROLL_WORDS } from './suggest-words.ts';

/** Where a field comes from, as a layout says it. */
export interface SuggestedField {
  readonly field: string;
  readonly source:
    | { readonly header: string }
    | { readonly column: string }
    | { readonly chars: string }
    | { readonly context: string }
    | { readonly group: string }
    | { readonly constant: string }
    | { readonly drop: string };
  readonly parse: string;
  readonly required: boolean;
  /** 0 to 1 */
  readonly confidence: number;
}

export interface SuggestedLayout {
  readonly kind: LayoutKind;
  readonly counts: 'restated' | 'signed';
  readonly headerRow: number;
  readonly namePattern: string | null;
  readonly records: SuggestedRecords | null;
  readonly fields: readonly SuggestedField[];
}

/** The first rows of a table, as its reader gives them. */
export interface TableSample {
  readonly rows: readonly { readonly rowNumber: number; readonly cells: readonly Cell[] }[];
}

const HEADER_WITHIN = 20;
/** In cents; a month of vouchers costs more. */
const MOST_FACE_VALUE = 2_000;

/** For tables: CSV files and workbooks. */
export function suggestForTable({ rows }: TableSample, fileName: string, context: SuggestContext): SuggestedLayout {
  const options = [null, ...rows.slice(0, HEADER_WITHIN)].flatMap((header) => {
    const columns = columnsBelow(rows, header);
    return (['payroll', 'beneficiaries'] as const).map((kind) => {
      const found = suggestColumns(columns, kind === 'payroll' ? PAYROLL_WORDS : BENEFICIARY_WORDS, context);
      return { kind, header, columns, found, weight: weightOf(kind, found) };
    });
  });
  const best = options.reduce((one, other) => (other.weight > one.weight + 0.001 ? other : one));
  const { kind, header, columns } = best;
  const found = kind === 'payroll' ? withTotals(best.found, columns) : best.found;
  const names = columns.map((column) => foldWord(column.header));
  const fields = found.map(({ at, field, parse, confidence }): SuggestedField => {
    const name = names[at] ?? '';
    const isOnly = name !== '' && names.filter((one) => one === name).length === 1;
    const source = isOnly ? { header: columns[at]?.header ?? '' } : { column: columnLetter(at) };
    return { field, source, parse, required: isRequired(kind, field), confidence };
  });
  const counted = columns.find(({ at }) => at === found.find(({ field }) => field === 'quantity')?.at);
  const isSigned = found.some(({ field }) => field === 'sign') || (counted?.cells.some(isNegative) ?? false);
  return finish(kind, fields, fileName, context.today, {
    counts: kind === 'payroll' && isSigned ? 'signed' : 'restated',
    headerRow: header?.rowNumber ?? 0,
    records: null,
  });
}

/** For files of fixed width, which are payroll's. `lines` are the first ones and the last, `total` how many there are. */
export function suggestForLines(
  lines: readonly string[],
  total: number,
  fileName: string,
  context: SuggestContext,
): SuggestedLayout {
  const typed = suggestRecords(lines, total, context);
  const ofContext = (typed?.records.context ?? []).map(({ cut }) => toField(cut, { context: cut.field }));
  const ofRows = (typed?.cuts ?? suggestCuts(lines, 1, context)).map((cut) =>
    toField(cut, { chars: `${cut.from}-${cut.to}` }),
  );
  const fields = [...ofContext, ...ofRows];
  const isSigned = fields.some(({ field }) => field === 'sign');
  return finish('payroll', fields, fileName, context.today, {
    counts: isSigned ? 'signed' : 'restated',
    headerRow: 0,
    records: typed?.records ?? null,
  });
}

function toField({ field, parse, confidence }: SuggestedCut, source: SuggestedField['source']): SuggestedField {
  return { field, source, parse, required: isRequired('payroll', field), confidence };
}

/** Fields that a layout must have, and how likely it is that they do not stand in the rows. */
const GIVEN_OTHERWISE: Readonly<
  Record<'payroll' | 'beneficiaries', Readonly<Record<string, { readonly parse: string; readonly confidence: number }>>>
> = {
  payroll: {
    enterpriseNumber: { parse: 'enterprise-number', confidence: 0.5 },
    period: { parse: 'period', confidence: 0.5 },
    nationalRegisterNumber: { parse: 'national-register-number', confidence: 0 },
    quantity: { parse: 'integer', confidence: 0 },
  },
  beneficiaries: {
    enterpriseNumber: { parse: 'enterprise-number', confidence: 0.5 },
    nationalRegisterNumber: { parse: 'national-register-number', confidence: 0 },
  },
};

/** What no column gives comes from the file's name, the drop, or the layout itself. */
function finish(
  kind: 'payroll' | 'beneficiaries',
  fields: readonly SuggestedField[],
  fileName: string,
  today: Day,
  rest: Pick<SuggestedLayout, 'counts' | 'headerRow' | 'records'>,
): SuggestedLayout {
  const has = (field: string): boolean => fields.some((one) => one.field === field);
  const wanted = Object.keys(GIVEN_OTHERWISE[kind]).filter((field) => !has(field));
  const name: SuggestedName | null = suggestName(fileName, wanted, today);
  const added = wanted.map((field): SuggestedField => {
    const inName = name?.groups.includes(field) ?? false;
    const { parse, confidence } = GIVEN_OTHERWISE[kind][field] ?? { parse: 'text', confidence: 0 };
    const source = inName ? { group: field } : { drop: field };
    return { field, source, parse, required: true, confidence: inName ? 0.8 : confidence };
  });
  if (kind === 'payroll' && !has('product')) {
    added.push({ field: 'product', source: { constant: 'meal' }, parse: 'product', required: false, confidence: 0.5 });
  }
  return { kind, ...rest, namePattern: name?.pattern ?? null, fields: [...added, ...fields] };
}

function columnsBelow(rows: TableSample['rows'], header: TableSample['rows'][number] | null): TableColumn[] {
  const below = header === null ? rows : rows.filter(({ rowNumber }) => rowNumber > header.rowNumber);
  const width = Math.max(0, header?.cells.length ?? 0, ...below.map(({ cells }) => cells.length));
  return Array.from({ length: width }, (_, at) => {
    const word = header?.cells[at] ?? null;
    const cells = below.flatMap((row) => {
      const cell = row.cells[at] ?? null;
      return cell === null || (typeof cell === 'string' && cell.trim() === '') ? [] : [cell];
    });
    return { at, header: typeof word === 'string' ? word.trim() : '', cells };
  });
}

/** Fields that only files of that kind have say the most. */
const TELLING: Readonly<Record<'payroll' | 'beneficiaries', Readonly<Record<string, number>>>> = {
  payroll: { quantity: 4, period: 3, total: 2, faceValue: 1, product: 1 },
  beneficiaries: {
    email: 3,
    birthDate: 3,
    gender: 3,
    language: 2,
    status: 2,
    lastName: 1,
    firstName: 1,
    cardDelivery: 2,
    cardPostalCode: 1,
  },
};

function weightOf(kind: 'payroll' | 'beneficiaries', found: readonly SuggestedColumn[]): number {
  return found.reduce((sum, { field, confidence }) => sum + confidence * (TELLING[kind][field] ?? 0.2), 0);
}

/**
 * Beside a total, the value of a voucher may be an average of several: layouts call it `value`. A total alone says nothing, unless
 * each of its amounts is so small that it is the value of one voucher, whatever its header says.
 */
function withTotals(given: readonly SuggestedColumn[], columns: readonly TableColumn[]): SuggestedColumn[] {
  const isSmall = (at: number): boolean =>
    (columns[at]?.cells ?? []).every((cell) => {
      const cents = parseEuro(typeof cell === 'string' ? cell.trim() : cell);
      return typeof cents === 'number' && cents > 0 && cents <= MOST_FACE_VALUE;
    });
  const alone = given.some(({ field }) => field === 'faceValue')
    ? -1
    : given.findIndex(({ field }) => field === 'total');
  const found = given.map((one, index) =>
    index === alone && isSmall(one.at) ? { ...one, field: 'faceValue', confidence: 0.5 } : one,
  );
  const has = (field: string): boolean => found.some((one) => one.field === field);
  const isBlended = has('total') && has('faceValue') && has('quantity');
  return found.flatMap((one) => {
    if (one.field === 'total') return isBlended ? [one] : [];
    if (one.field !== 'faceValue') return [one];
    const isCents = (columns[one.at]?.cells ?? []).every(
      (cell) => Number(cell) >= 50 && Number.isInteger(Number(cell)),
    );
    const hasCells = (columns[one.at]?.cells.length ?? 0) > 0;
    return [{ ...one, field: isBlended ? 'value' : one.field, parse: isCents && hasCells ? 'cents' : one.parse }];
  });
}

function isRequired(kind: 'payroll' | 'beneficiaries', field: string): boolean {
  const words = (kind === 'payroll' ? PAYROLL_WORDS : BENEFICIARY_WORDS)[field];
  return words?.required === true || (kind === 'payroll' && (field === 'value' || field === 'total'));
}

function isNegative(cell: Cell): boolean {
  return typeof cell === 'number' ? cell < 0 : typeof cell === 'string' && /^-\s*\d/.test(cell.trim());
}
