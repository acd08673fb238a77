/** The books of one employer as the rules say them, in memory: what is granted, which lines an order must have, what is carried and why. */
import type { CarryReason, Day, OrderKind, Period } from '../../src/model.ts';

/** A value of `from` null holds from the beginning. */
export interface ModelPerson {
  readonly hasCard: boolean;
  center: number;
  status: 'active' | 'status' | 'employment-ended';
  end: Day | null;
  /** moment of the last file that said who the person is */
  knownAt: string;
  /** moment of the last file that said the end */
  endAt: string;
  readonly values: { readonly from: Period | null; readonly value: number }[];
}

export interface ModelLine {
  readonly person: number;
  readonly period: Period;
  readonly value: number;
  readonly quantity: number;
  readonly center: number;
}

export interface ModelOrder {
  readonly product: string;
  readonly period: Period;
  readonly kind: OrderKind;
  status: 'draft' | 'invoiced' | 'cancelled';
  lines: ModelLine[];
  /** null for an order by hand */
  readonly standing: string | null;
  /** what the order itself granted, or others for its slot before it, by `person product period value` */
  readonly grants: Map<string, number>;
}

/** A monthly standing order of the 5th: for each active person so many cents, or so many vouchers of their own value; or as payroll counts. */
export interface Standing {
  readonly id: string;
  readonly product: string;
  readonly quantity: { readonly from: 'payroll' } | { readonly amount: number } | { readonly fixed: number };
}

export interface Book {
  readonly late: 'missed' | 'all' | 'carry';
  readonly people: readonly ModelPerson[];
  /** what payroll says, by `person product period value` */
  readonly totals: Map<string, number>;
  /** what orders and increments gave beside it and write-offs took, by the same */
  readonly added: Map<string, number>;
  /** of it, what write-offs took since payroll last said the total otherwise; below zero, what they gave */
  readonly written: Map<string, number>;
  /** of it, what each slot has granted, by `standing period` */
  readonly slots: Map<string, Map<string, number>>;
  /** what each slot had granted that was written off and ended with its order, by `standing period person`: it stays given */
  readonly ended: Map<string, number>;
  /** what blended values gave back of an earlier month, by `person product period` of the value */
  readonly splits: Map<string, { readonly earlier: string; readonly quantity: number; readonly at: string }>;
  /** moment of the file that said the total, by `person product period` */
  readonly saidAt: Map<string, string>;
  readonly orders: ModelOrder[];
  /** by `person product period value` */
  readonly carry: Map<string, { readonly quantity: number; readonly reason: CarryReason }>;
}

export interface ModelPayroll {
  readonly person: number;
  readonly product: string;
  readonly period: Period;
  readonly quantity: number;
  readonly value: number | null;
}

const LIMITS = { meal: (period: Period) => (period < '2026-01' ? 800 : 1000), eco: () => Number.POSITIVE_INFINITY };
const YEARLY: Readonly<Record<string, number>> = { eco: 25_000 };
/** A file is held when more rows than this are rejected, and more than a tenth. */
const REJECTED = 2;

const keyOf = (person: number, product: string, period: Period, value: number) =>
  `${person} ${product} ${period} ${value}`;

interface Key {
  readonly person: number;
  readonly product: string;
  readonly period: Period;
  readonly value: number;
}

function partsOf(key: string): Key {
  const [person = '', product = '', period = '', value = ''] = key.split(' ');
  return { person: Number(person), product, period, value: Number(value) };
}

/** All that is granted, by `person product period value`. */
export function entitled(book: Book): Map<string, number> {
  const all = new Map(book.totals);
  for (const [key, quantity] of book.added) all.set(key, (all.get(key) ?? 0) + quantity);
  return all;
}

export function personOf(book: Book, index: number): ModelPerson {
  const person = book.people[index];
  if (person === undefined) throw new RangeError(`no person ${index}`);
  return person;
}

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

function add(to: Map<string, number>, key: string, quantity: number): void {
  to.set(key, (to.get(key) ?? 0) + quantity);
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

function heldValue({ values }: ModelPerson, period: Period): number | null {
  return values.filter(({ from }) => from === null || from <= period).at(-1)?.value ?? null;
}

/** A new face value counts from the month of its file on; a second one in the same month replaces the first. */
export function raise(person: ModelPerson, value: number, month: Period): void {
  if (person.values.at(-1)?.value === value) return;
  if (person.values.at(-1)?.from === month) person.values.pop();
  person.values.push({ from: month, value });
}

/** Everything a run on the day makes, oldest month first, then supplements. @returns the new orders */
export function runDay(book: Book, today: Day, standing: readonly Standing[], from: Period): ModelOrder[] {
  for (const person of book.people) {
    if (person.status === 'active' && person.end !== null && person.end < today) person.status = 'employment-ended';
  }
  const before = book.orders.length;
  const lastOrdered = new Map<string, Period>();
  const due: { readonly each: Standing; readonly period: Period }[] = [];
  for (let period = from; `${nextMonth(period)}-05` <= today; period = nextMonth(period)) {
    const empty = standing.filter((each) => !filled(book, each.id).includes(period));
    // What slots grant in this run does not speak for payroll.
    const ready = empty.filter(({ product, quantity }) => !('from' in quantity) || hasPayroll(book, product, period));
    due.push(...ready.map((each) => ({ each, period })));
  }
  for (const { each, period } of due) {
    const grants = grantSlot(book, each, period);
    if (order(book, each.product, period, 'recurring', each.id, grants)) lastOrdered.set(each.product, period);
  }
  const again = standing.flatMap((each) =>
    monthsToLookAtAgain(book, each, lastOrdered.get(each.product) ?? '').map((period) => ({ each, period })),
  );
  for (const { each, period } of again.toSorted((a, b) => (a.period < b.period ? -1 : a.period > b.period ? 1 : 0))) {
    order(book, each.product, period, 'supplement', each.id);
  }
  return book.orders.slice(before);
}

/** Whoever is active gets what the slot has not given them yet, whatever else the month holds. @returns all that the slot has granted */
function grantSlot(book: Book, { id, product, quantity }: Standing, period: Period): Map<string, number> {
  const slot = book.slots.get(`${id} ${period}`) ?? new Map<string, number>();
  if ('from' in quantity) return slot;
  book.slots.set(`${id} ${period}`, slot);
  for (const [index, person] of book.people.entries()) {
    const [vouchers, value] =
      'amount' in quantity ? [1, quantity.amount] : [quantity.fixed, heldValue(person, period) ?? 0];
    const ended = book.ended.get(`${id} ${period} ${index}`) ?? 0;
    const given = [...slot].reduce((sum, [key, granted]) => sum + (partsOf(key).person === index ? granted : 0), ended);
    if (person.status !== 'active' || given >= vouchers) continue;
    const key = keyOf(index, product, period, value);
    add(slot, key, vouchers - given);
    add(book.added, key, vouchers - given);
  }
  return slot;
}

function monthBefore(period: Period): Period {
  const [year = 0, month = 0] = period.split('-').map(Number);
  return month === 1 ? `${year - 1}-12` : `${year}-${String(month - 1).padStart(2, '0')}`;
}

function nextMonth(period: Period): Period {
  const [year = 0, month = 0] = period.split('-').map(Number);
  return month === 12 ? `${year + 1}-01` : `${year}-${String(month + 1).padStart(2, '0')}`;
}

function filled(book: Book, standing: string): Period[] {
  return book.orders
    .filter(({ kind, status }) => kind === 'recurring' && status !== 'cancelled')
    .filter((each) => each.standing === standing)
    .map(({ period }) => period)
    .sort();
}

function hasPayroll(book: Book, product: string, period: Period): boolean {
  return [...entitled(book)].some(([key, quantity]) => {
    const parts = partsOf(key);
    return parts.product === product && parts.period === period && quantity > 0;
  });
}

function live(book: Book, product: string): ModelOrder[] {
  return book.orders.filter((each) => each.product === product && each.status !== 'cancelled');
}

function liveLines(book: Book, product: string): ModelLine[] {
  return live(book, product).flatMap(({ lines }) => lines);
}

/** Granted and not ordered, by key, for the months up to one. */
function open(book: Book, product: string, last: Period): (Key & { readonly quantity: number })[] {
  const left = new Map([...entitled(book)].filter(([key]) => partsOf(key).product === product));
  for (const line of liveLines(book, product)) {
    const key = keyOf(line.person, product, line.period, line.value);
    left.set(key, (left.get(key) ?? 0) - line.quantity);
  }
  return [...left]
    .map(([key, quantity]) => ({ ...partsOf(key), quantity }))
    .filter(({ period, quantity }) => period <= last && quantity !== 0);
}

/** Months with somebody who has no line at all, where the rule says so; the last one also when the carry no longer explains what is open. */
function monthsToLookAtAgain(book: Book, { id, product }: Standing, lastOrdered: Period): Period[] {
  const months = filled(book, id);
  const last = months.at(-1);
  if (last === undefined || last <= lastOrdered) return [];
  const keys = open(book, product, last);
  const mayBeOrdered = (each: { person: number; quantity: number }) =>
    each.quantity > 0 && personOf(book, each.person).status !== 'status';
  const isExplained = (key: Key & { quantity: number }) =>
    book.carry.get(keyOf(key.person, product, key.period, key.value))?.quantity === key.quantity;
  const stale = [...book.carry].some(([key, { quantity }]) => {
    const parts = partsOf(key);
    return (
      parts.product === product &&
      parts.period <= last &&
      !keys.some((each) => keyOf(each.person, product, each.period, each.value) === key && each.quantity === quantity)
    );
  });
  return months.filter(
    (month) =>
      (book.late === 'missed' &&
        keys.some((key) => key.period === month && mayBeOrdered(key) && !hasLine(book, product, key.person, month))) ||
      (month === last &&
        (stale || keys.some((key) => !isExplained(key) || (book.late === 'all' && mayBeOrdered(key))))),
  );
}

function hasLine(book: Book, product: string, person: number, period: Period): boolean {
  return liveLines(book, product).some((line) => line.person === person && line.period === period);
}

type Judged = Key & { readonly quantity: number; reason: CarryReason | null };

/** One order of everything open up to the month: leavers out, late and limits out, then netted person by person. */
function order(
  book: Book,
  product: string,
  period: Period,
  kind: OrderKind,
  standing: string | null,
  grants: Map<string, number> = new Map(),
): boolean {
  const judged: Judged[] = open(book, product, period).map((key) => ({ ...key, reason: reasonOfLeaver(book, key) }));
  if (kind === 'supplement' && book.late !== 'all') {
    const missed = new Set(
      judged
        .filter((key) => key.period === period && key.quantity > 0 && key.reason === null)
        .filter((key) => book.late === 'missed' && !hasLine(book, product, key.person, period))
        .map((key) => key.person),
    );
    for (const key of judged) if (key.reason === null && !missed.has(key.person)) key.reason = 'late';
  }
  const yearly = YEARLY[product];
  if (yearly !== undefined) dropAboveLimit(book, product, judged, yearly);
  for (const keys of Map.groupBy(judged, ({ person }) => person).values()) {
    const left = keys.filter(({ reason }) => reason === null);
    if (left.some(({ quantity }) => quantity < 0) && moneyOf(left) <= 0) {
      for (const key of left) key.reason = 'net-negative';
    }
  }
  for (const key of book.carry.keys()) {
    const parts = partsOf(key);
    if (parts.product === product && parts.period <= period) book.carry.delete(key);
  }
  for (const { person, period: month, value, quantity, reason } of judged) {
    if (reason !== null) book.carry.set(keyOf(person, product, month, value), { quantity, reason });
  }
  const lines = judged
    .filter(({ reason }) => reason === null)
    .map(({ person, period: month, value, quantity }) => {
      return { person, period: month, value, quantity, center: personOf(book, person).center };
    });
  if (lines.length > 0) book.orders.push({ product, period, kind, status: 'draft', lines, standing, grants });
  return lines.length > 0;
}

function moneyOf(keys: readonly { readonly quantity: number; readonly value: number }[]): number {
  return keys.reduce((sum, { quantity, value }) => sum + quantity * value, 0);
}

function reasonOfLeaver(book: Book, { person, period, quantity }: Key & { quantity: number }): CarryReason | null {
  const { status, end, hasCard } = personOf(book, person);
  if (status === 'active') return null;
  if (quantity < 0) return 'leaver.residue';
  if (status === 'status' || (end ?? '').slice(0, 7) < period) return 'leaver.unordered';
  return hasCard ? null : 'no-card';
}

function dropAboveLimit(book: Book, product: string, judged: Judged[], limit: number): void {
  const years = Map.groupBy(
    judged.filter(({ reason }) => reason === null),
    ({ person, period }) => `${person} ${period.slice(0, 4)}`,
  );
  for (const [year, keys] of years) {
    let used = moneyOf(keys.filter(({ quantity }) => quantity < 0));
    for (const line of liveLines(book, product)) {
      if (`${line.person} ${line.period.slice(0, 4)}` === year) used += line.quantity * line.value;
    }
    const oldestFirst = keys
      .filter(({ quantity }) => quantity > 0)
      .sort((a, b) => (a.period === b.period ? a.value - b.value : a.period < b.period ? -1 : 1));
    for (const key of oldestFirst) {
      if (used + moneyOf([key]) > limit) key.reason = 'limit.yearly';
      else used += moneyOf([key]);
    }
  }
}

/** A draft loses the lines of those who left since it was made, to the carry; one that loses all of them is cancelled. */
export function confirm(book: Book, draft: ModelOrder): void {
  const { product } = draft;
  const gone = draft.lines.flatMap((line) => {
    const reason = reasonOfLeaver(book, { ...line, product });
    return reason === null ? [] : [{ line, reason }];
  });
  for (const { line, reason } of gone) {
    const key = keyOf(line.person, product, line.period, line.value);
    const quantity = (book.carry.get(key)?.quantity ?? 0) + line.quantity;
    if (quantity === 0) book.carry.delete(key);
    else book.carry.set(key, { quantity, reason });
  }
  draft.lines = draft.lines.filter((line) => gone.every((each) => each.line !== line));
  draft.status = draft.lines.length === 0 ? 'cancelled' : 'invoiced';
}

export interface ByHand {
  readonly product: string;
  /** null = only what is open */
  readonly quantity: number | null;
  /** null = each person's own */
  readonly value: number | null;
}

/** An order by hand for a month: it grants first, then takes all that is open. @returns it, or null when there is nothing to order */
export function orderByHand(book: Book, { product, quantity, value }: ByHand, period: Period): ModelOrder | null {
  const before = { added: new Map(book.added), carry: new Map(book.carry) };
  const grants = new Map<string, number>();
  for (const [index, person] of book.people.entries()) {
    const own = value ?? heldValue(person, period);
    if (quantity === null || own === null || person.status !== 'active') continue;
    grants.set(keyOf(index, product, period, own), quantity);
  }
  for (const [key, granted] of grants) add(book.added, key, granted);
  if (order(book, product, period, 'manual', null, grants)) return book.orders.at(-1) ?? null;
  for (const name of ['added', 'carry'] as const) book[name].clear();
  for (const [key, granted] of before.added) book.added.set(key, granted);
  for (const [key, carried] of before.carry) book.carry.set(key, carried);
  return null;
}

/**
 * Everything is given back: the lines, and what the order itself had granted as far as it is there and no other order has it,
 * with what is carried of that. What was written off of it ends with its write-off.
 */
export function cancel(book: Book, cancelled: ModelOrder): void {
  cancelled.status = 'cancelled';
  const ordered = Map.groupBy(liveLines(book, cancelled.product), (line) => {
    return keyOf(line.person, cancelled.product, line.period, line.value);
  });
  for (const [key, granted] of cancelled.grants) {
    const elsewhere = (ordered.get(key) ?? []).reduce((sum, { quantity }) => sum + quantity, 0);
    const free = (entitled(book).get(key) ?? 0) - elsewhere;
    const less = Math.max(0, Math.min(granted, free));
    const written = Math.max(0, book.written.get(key) ?? 0);
    const closed = Math.max(0, Math.min(granted, free + written)) - less;
    add(cancelled.grants, key, -less - closed);
    if (cancelled.standing !== null)
      add(book.ended, `${cancelled.standing} ${cancelled.period} ${partsOf(key).person}`, closed);
    add(book.added, key, -less);
    add(book.written, key, -closed);
    const carried = book.carry.get(key);
    if (less === 0 || carried === undefined) continue;
    const left = free - less;
    if (Math.sign(left) !== Math.sign(carried.quantity)) book.carry.delete(key);
    else if (Math.abs(left) < Math.abs(carried.quantity)) book.carry.set(key, { ...carried, quantity: left });
  }
}

/** Closes what is still open of the rests of a person that leavers left, or that a limit holds. @returns how many there are, and how many were open */
export function writeOff(
  book: Book,
  who: number,
  reasons: readonly CarryReason[],
): { readonly rests: number; readonly closed: number } {
  const rests = [...book.carry].filter(([key, { reason }]) => partsOf(key).person === who && reasons.includes(reason));
  let closed = 0;
  for (const [key, { quantity }] of rests) {
    const { product, period } = partsOf(key);
    const found = open(book, product, period).find(
      (each) => keyOf(each.person, each.product, each.period, each.value) === key,
    );
    const left = found?.quantity ?? 0;
    const rest = quantity > 0 ? Math.max(0, Math.min(quantity, left)) : Math.min(0, Math.max(quantity, left));
    if (rest === 0) continue;
    closed += 1;
    book.carry.delete(key);
    add(book.added, key, -rest);
    add(book.written, key, rest);
  }
  return { rests: rests.length, closed };
}
