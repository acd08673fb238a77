/** What the model of the books knows of one employer, in memory: its people, orders and grants, and how they are keyed. */
import type { CarryReason, Day, OrderKind, Period } from '../../../src/model.ts';

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

export const keyOf = (person: number, product: string, period: Period, value: number) =>
  `${person} ${product} ${period} ${value}`;

export interface Key {
  readonly person: number;
  readonly product: string;
  readonly period: Period;
  readonly value: number;
}

export function partsOf(key: string): Key {
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

export function add(to: Map<string, number>, key: string, quantity: number): void {
  to.set(key, (to.get(key) ?? 0) + quantity);
}

export function heldValue({ values }: ModelPerson, period: Period): number | null {
  return values.filter(({ from }) => from === null || from <= period).at(-1)?.value ?? null;
}

function live(book: Book, product: string): ModelOrder[] {
  return book.orders.filter((each) => each.product === product && each.status !== 'cancelled');
}

export function liveLines(book: Book, product: string): ModelLine[] {
  return live(book, product).flatMap(({ lines }) => lines);
}

/** Granted and not ordered, by key, for the months up to one. */
export function open(book: Book, product: string, last: Period): (Key & { readonly quantity: number })[] {
  const left = new Map([...entitled(book)].filter(([key]) => partsOf(key).product === product));
  for (const line of liveLines(book, product)) {
    const key = keyOf(line.person, product, line.period, line.value);
    left.set(key, (left.get(key) ?? 0) - line.quantity);
  }
  return [...left]
    .map(([key, quantity]) => ({ ...partsOf(key), quantity }))
    .filter(({ period, quantity }) => period <= last && quantity !== 0);
}
