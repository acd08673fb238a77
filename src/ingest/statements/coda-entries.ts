/** What a CODA movement means: which records count as money, its communication, and whether it takes money back. */
import type { BankEntry } from '../../model.ts';
import type { CodaMovement } from './coda-record.ts';
import { isStructuredCommunication } from './structured-communication.ts';

/** One booked movement with the details that the bank gave of it. */
export interface CodaBooking {
  readonly total: CodaMovement;
  readonly details: CodaMovement[];
}

/**
 * The entries of a statement, every cent once.
 * A globalised amount (type 1 by the customer, 2 by the bank) counts by its details (5, 6, 7) when they add up to it
 * exactly, else as one amount. Details 8 and 9 break one payment down into gross amount, charges and VAT: they are no
 * payments, so that the net amount (type 3 or 7) counts.
 */
export function entriesOf(bookings: readonly CodaBooking[], currency: string): BankEntry[] {
  return bookings.flatMap(moneyOf).map((entry, index) => ({ sequence: index + 1, currency, ...entry }));
}

type Money = Omit<BankEntry, 'sequence' | 'currency'>;

function moneyOf({ total, details }: CodaBooking): Money[] {
  const parts = details.filter(({ type }) => type === '5' || type === '6' || type === '7');
  const globalised = total.type === '1' || total.type === '2';
  if (globalised && parts.length > 0 && parts.reduce((sum, part) => sum + part.amount, 0) === total.amount) {
    return parts.map((part) => partOf(total, part));
  }
  return [entryOf(total, globalised ? [] : details)];
}

/** A detail without a reference has that of its total, and is taken back with it, as the transactions of a batch in camt.053. */
function partOf(total: CodaMovement, part: CodaMovement): Money {
  const money = entryOf(part, []);
  const bankReference = money.bankReference || total.bankReference;
  return { ...money, bankReference, reversal: money.reversal || isReversal(total) };
}

function entryOf(movement: CodaMovement, details: readonly CodaMovement[]): Money {
  const own = communicationOf(movement);
  const inDetails = new Set(
    details.map((detail) => communicationOf(detail).number).filter((number) => number !== null),
  );
  const [onlyOne = null] = inDetails.size === 1 ? inDetails : [];
  return {
    bookedOn: movement.bookedOn,
    valueOn: movement.valueOn,
    amount: movement.amount,
    structuredCommunication: own.number ?? onlyOne,
    freeText: own.text,
    bankReference: movement.bankReference,
    reversal: isReversal(movement),
  };
}

/** Where the twelve digits stand behind the three-digit type (annex III): transfers 101-103, amounts of abroad 105. */
const DIGITS_START: Readonly<Record<string, number>> = { '101': 0, '102': 0, '103': 0, '105': 45 };

function communicationOf({ structured, communication }: CodaMovement): { number: string | null; text: string } {
  if (!structured) return { number: null, text: oneLine(communication) };
  const body = communication.slice(3);
  const start = DIGITS_START[communication.slice(0, 3)];
  const number = start === undefined ? '' : body.slice(start, start + 12);
  if (start === undefined || !isStructuredCommunication(number)) return { number: null, text: oneLine(body) };
  return { number, text: oneLine(body.slice(0, start) + body.slice(start + 12)) };
}

function oneLine(text: string): string {
  return text.replace(/[\s\p{Cc}]+/gu, ' ').trim();
}

/**
 * A debit that takes back money received, or a credit that brings back money sent: it never pays.
 * Either record 2.2 names an R-transaction (reject, return, refund, reversal, cancellation), or the operation does
 * (annex II): "cancellation or correction" (49 debit, 99 credit) and "unexecutable transfer order" (54) of SEPA, instant
 * and foreign transfers; unpaid, reimbursed and reversed collections (03, 05; 54, 56, 58) of direct debits.
 */
function isReversal({ returned, family, operation }: CodaMovement): boolean {
  return returned || (REVERSALS[family]?.includes(operation) ?? false);
}

const TRANSFERS = ['49', '54', '99'];
const REVERSALS: Readonly<Record<string, readonly string[]>> = {
  '01': TRANSFERS,
  '02': TRANSFERS,
  '41': TRANSFERS,
  '05': ['03', '05', '49', '54', '56', '58', '99'],
};
