/** What files of payroll and of people grant in the model of the books. */
import type { Day, Period } from '../../../src/model.ts';
import { add, type Book, entitled, heldValue, keyOf, type ModelPerson, partsOf, personOf } from './book.ts';

export interface ModelPayroll {
  readonly person: number;
  readonly product: string;
  readonly period: Period;
  readonly quantity: number;
  readonly value: number | null;
}

const LIMITS = { meal: (period: Period) => (period < '2026-01' ? 800 : 1000), eco: () => Number.POSITIVE_INFINITY };

/** A file is held when more rows than this are rejected, and more than a tenth. */
const REJECTED = 2;

/** A file of totals: the latest word on a person, product and month replaces everything said before. @returns rejected rows */
export function restate(book: Book, rows: readonly ModelPayroll[], at: string): number {
  const valued = rows.map((row) => ({ ...row, value: row.value ?? ownValue(book, row) }));
  const accepted = valued.filter((row) => {
    if (row.value === null || row.value > LIMITS[row.product as 'meal' | 'eco'](row.period)) return false;
    return valued.every((other) => !isSameKey(row, other) || other.quantity === row.quantity);
  });
  const rejected = rows.length - accepted.length;
  if (rejected > REJECTED && rejected > rows.length / 10) return rejected;
  const fresh = accepted.filter(({ person, product, period }) => {
    return (book.saidAt.get(`${person} ${product} ${period}`) ?? '') <= at;
  });
  undoSplits(book, fresh, at);
  undoWriteOffs(book, fresh);
  for (const { person, product, period } of fresh) {
    book.saidAt.set(`${person} ${product} ${period}`, at);
    for (const key of book.totals.keys()) {
      if (key.startsWith(`${person} ${product} ${period} `)) book.totals.set(key, 0);
    }
  }
  for (const { person, product, period, value, quantity } of fresh) {
    book.totals.set(keyOf(person, product, period, value ?? 0), quantity);
  }
  return rejected;
}

/** A write-off settles one total: where payroll now says another, it is open in full. */
function undoWriteOffs(book: Book, rows: readonly ModelPayroll[]): void {
  for (const [key, written] of book.written) {
    const { person, product, period, value } = partsOf(key);
    const ofMonth = rows.filter((row) => row.person === person && row.product === product && row.period === period);
    if (ofMonth.length === 0) continue;
    const total = ofMonth.find((row) => row.value === value)?.quantity ?? 0;
    if ((book.totals.get(key) ?? 0) === total) continue;
    add(book.added, key, written);
    book.written.delete(key);
  }
}

/** A month that is restated takes back what its blended value took off an earlier one, and what older ones took off it. */
function undoSplits(book: Book, rows: readonly ModelPayroll[], at: string): void {
  for (const [month, { earlier, quantity, at: saidAt }] of book.splits) {
    const takes = rows.some(({ person, product, period }) => month === `${person} ${product} ${period}`);
    const gives = rows.some(({ person, product, period }) => earlier.startsWith(`${person} ${product} ${period} `));
    if (!takes && !(gives && saidAt < at)) continue;
    add(book.added, earlier, quantity);
    book.splits.delete(month);
  }
}

export interface Blended {
  readonly person: number;
  readonly product: string;
  readonly period: Period;
  readonly quantity: number;
  /** cents: so many at the person's value of the month, less some at the value before */
  readonly total: number;
}

/** The value before the one that a person has in a month, and the last month that had it; null when there was none. */
export function valuesOfMonth({ values }: ModelPerson, period: Period) {
  const index = values.findLastIndex(({ from }) => from === null || from <= period);
  const [now, before] = [values[index], values[index - 1]];
  if (now === undefined || now.from === null || before === undefined) return null;
  return { value: now.value, earlierValue: before.value, earlierPeriod: monthBefore(now.from) };
}

/** A total with a quantity of one person and month. @returns whether it is refused: it is no face value, and nothing explains it */
export function blend(book: Book, { person, product, period, quantity, total }: Blended, at: string): boolean {
  const limit = LIMITS[product as 'meal' | 'eco'](period);
  const row = { person, product, period, quantity };
  if (total % quantity === 0 && total / quantity <= limit) {
    restate(book, [{ ...row, value: total / quantity }], at);
    return false;
  }
  const values = valuesOfMonth(personOf(book, person), period);
  if (values === null) return true;
  const { value, earlierValue, earlierPeriod } = values;
  const month = `${person} ${product} ${period}`;
  const earlier = keyOf(person, product, earlierPeriod, earlierValue);
  const split = book.splits.get(month);
  const count = (total - quantity * earlierValue) / (value - earlierValue);
  const givenBack = count - quantity;
  const there = (entitled(book).get(earlier) ?? 0) + (split?.earlier === earlier ? split.quantity : 0);
  if (!Number.isInteger(count) || count < 0 || givenBack < 1 || givenBack > there) return true;
  if ((book.saidAt.get(month) ?? '') > at) return false;
  restate(book, [{ ...row, quantity: count, value }], at);
  // One that would be made again just so stays as it was made.
  const isSame = split?.earlier === earlier && split.quantity === givenBack;
  book.splits.set(month, isSame ? split : { earlier, quantity: givenBack, at });
  add(book.added, earlier, -givenBack);
  return false;
}

/** A file of increments: every row counts. */
export function increment(book: Book, rows: readonly (ModelPayroll & { readonly value: number })[]): void {
  for (const { person, product, period, value, quantity } of rows) {
    add(book.added, keyOf(person, product, period, value), quantity);
  }
}

function isSameKey(one: ModelPayroll, other: ModelPayroll): boolean {
  return (['person', 'product', 'period', 'value'] as const).every((field) => one[field] === other[field]);
}

/** The one value granted for the month already, else the person's own for that month; null when there is no one value. */
function ownValue(book: Book, { person, product, period }: ModelPayroll): number | null {
  const granted = [...entitled(book)].filter(([key, quantity]) => {
    return quantity !== 0 && key.startsWith(`${person} ${product} ${period} `);
  });
  if (granted.length > 1) return null;
  const [only] = granted;
  if (only !== undefined) return partsOf(only[0]).value;
  return product === 'meal' ? heldValue(personOf(book, person), period) : null;
}

/** A payroll row brings an end: what is newer about the end, or about the row's own total, goes before it, and before one that has passed that the person is there. */
export function endEmployment(book: Book, row: ModelPayroll, end: Day, at: string, today: Day): void {
  const person = personOf(book, row.person);
  const saidAt = book.saidAt.get(`${row.person} ${row.product} ${row.period}`) ?? '';
  const ends = person.status === 'active' && end < today;
  if (saidAt > at || person.endAt > at || (ends && person.knownAt > at)) return;
  person.end = end;
  person.endAt = at;
  if (ends) person.status = 'employment-ended';
}

/** A new face value counts from the month of its file on; a second one in the same month replaces the first. */
export function raise(person: ModelPerson, value: number, month: Period): void {
  if (person.values.at(-1)?.value === value) return;
  if (person.values.at(-1)?.from === month) person.values.pop();
  person.values.push({ from: month, value });
}

function monthBefore(period: Period): Period {
  const [year = 0, month = 0] = period.split('-').map(Number);
  return month === 1 ? `${year - 1}-12` : `${year}-${String(month - 1).padStart(2, '0')}`;
}
