/** Which orders a day makes in the model of the books, from slots and late payroll. */
import type { Day, Period } from '../../../src/model.ts';
import {
  add,
  type Book,
  entitled,
  heldValue,
  type Key,
  keyOf,
  type ModelOrder,
  open,
  partsOf,
  personOf,
  type Standing,
} from './book.ts';
import { hasLine, order } from './order.ts';

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
