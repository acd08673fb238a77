/** Which lines one order must have in the model of the books, and what is carried and why. */
import type { CarryReason, OrderKind, Period } from '../../../src/model.ts';
import { type Book, type Key, keyOf, liveLines, open, partsOf, personOf } from './book.ts';

const YEARLY: Readonly<Record<string, number>> = { eco: 25_000 };

export function hasLine(book: Book, product: string, person: number, period: Period): boolean {
  return liveLines(book, product).some((line) => line.person === person && line.period === period);
}

type Judged = Key & { readonly quantity: number; reason: CarryReason | null };

/** One order of everything open up to the month: leavers out, late and limits out, then netted person by person. */
export function order(
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

export function reasonOfLeaver(
  book: Book,
  { person, period, quantity }: Key & { quantity: number },
): CarryReason | null {
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
