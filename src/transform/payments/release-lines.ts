/** The release file of one order: what the card platform is told to load, and which cards to make. */
import type { Cents, Day } from '../../model.ts';

export interface ReleasedLine {
  readonly nationalRegisterNumber: string;
  /** cents per voucher */
  readonly faceValue: Cents;
  /** signed */
  readonly quantity: number;
}

/** At most one a person and order. */
export interface ReleasedCard {
  readonly nationalRegisterNumber: string;
  readonly action: 'new' | 'renewal' | 'replacement';
}

export interface ReleasedOrder {
  readonly orderId: number | string;
  /** product code */
  readonly product: string;
  readonly validFrom: Day;
  readonly validTo: Day;
  /** any number of lines a person: periods are added up */
  readonly lines: Iterable<ReleasedLine>;
  readonly cards: Iterable<ReleasedCard>;
}

const HEADER = 'orderId;nationalRegisterNumber;cardAction;product;validFrom;validTo;faceValueCents;quantity';

/**
 * Text of the release file (to be written as UTF-8, `\n` line ends) and its number of lines without the header. One line
 * for each person and face value whose quantities do not add up to 0, by register number, then face value, so that the
 * same order always gives the same bytes. The card action stands on the person's first line, `none` on the others.
 * A person with a card and no vouchers gets one line with a blank face value and quantity 0: the card must not be lost.
 */
export function releaseFile(order: ReleasedOrder): { text: string; lines: number } {
  const people = new Map<string, Person>();
  for (const { nationalRegisterNumber, faceValue, quantity } of order.lines) {
    const { quantities } = personIn(people, nationalRegisterNumber);
    quantities.set(faceValue, (quantities.get(faceValue) ?? 0) + quantity);
  }
  for (const { nationalRegisterNumber, action } of order.cards) {
    personIn(people, nationalRegisterNumber).action = action;
  }
  const lines = [...people.keys()].sort().flatMap((number) => linesOf(order, number, personIn(people, number)));
  return { text: [HEADER, ...lines, ''].join('\n'), lines: lines.length };
}

interface Person {
  readonly quantities: Map<Cents, number>;
  action: ReleasedCard['action'] | 'none';
}

function personIn(people: Map<string, Person>, nationalRegisterNumber: string): Person {
  const known = people.get(nationalRegisterNumber);
  if (known !== undefined) return known;
  const person: Person = { quantities: new Map(), action: 'none' };
  people.set(nationalRegisterNumber, person);
  return person;
}

function linesOf(order: ReleasedOrder, nationalRegisterNumber: string, { quantities, action }: Person): string[] {
  const amounts: [faceValue: Cents | '', quantity: number][] = [...quantities]
    .filter(([, quantity]) => quantity !== 0)
    .sort(([one], [other]) => one - other);
  if (amounts.length === 0 && action !== 'none') amounts.push(['', 0]);
  const { orderId, product, validFrom, validTo } = order;
  return amounts.map(([faceValue, quantity], index) => {
    const cardAction = index === 0 ? action : 'none';
    return [orderId, nationalRegisterNumber, cardAction, product, validFrom, validTo, faceValue, quantity].join(';');
  });
}
