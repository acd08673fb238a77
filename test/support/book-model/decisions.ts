/** What people decide in the model of the books: orders by hand, confirmations, cancellations, write-offs. */
import type { CarryReason, Period } from '../../../src/model.ts';
import { add, type Book, entitled, heldValue, keyOf, liveLines, type ModelOrder, open, partsOf } from './book.ts';
import { order, reasonOfLeaver } from './order.ts';

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
