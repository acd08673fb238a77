/** One 128-column record of a CODA 2.x file: where its fields stand and what they must look like. */
import { FileError } from '../../errors.ts';
import type { Cents, Day } from '../../model.ts';

// Positions follow Febelfin's "Coded statement of account (CODA)", version 2.6; there they are 1-based, here `slice`s.

export const CODA_WIDTH = 128;

/** Record 2.1, with what 2.2 and 2.3 add to it. */
export interface CodaMovement {
  readonly line: number;
  readonly sequence: number;
  readonly detail: number;
  /** blank when the bank gave none (spaces or zeros) */
  readonly bankReference: string;
  /** signed cents, credits positive */
  readonly amount: Cents;
  readonly bookedOn: Day;
  /** the booking date when the bank does not know it */
  readonly valueOn: Day;
  /** 0-3 a movement, 5-9 a detail of one (annex II of the standard) */
  readonly type: string;
  readonly family: string;
  readonly operation: string;
  /** the communication starts with a three-digit type */
  readonly structured: boolean;
  /** raw communication, spaces kept: a text may be cut anywhere between the records it runs over */
  communication: string;
  /** the bank says that this is a reject, return, refund, reversal or cancellation */
  returned: boolean;
}

export interface CodaOpening {
  /** IBAN where the structure allows it, else the foreign number as it stands */
  readonly account: string;
  readonly currency: string;
  /** account number and currency as written, to compare with record 8 */
  readonly accountField: string;
  readonly balance: Cents;
  /** three digits; the coded statement's own number, else the paper one's, `000` when the bank gives neither */
  readonly statementNumber: string;
}

export interface CodaTrailer {
  readonly records: number;
  readonly debit: Cents;
  readonly credit: Cents;
  /** another statement comes in the same file */
  readonly moreFollow: boolean;
}

export function malformed(line: number): FileError {
  return new FileError('file.format', { line });
}

function digits(text: string, line: number): string {
  if (!/^\d+$/.test(text)) throw malformed(line);
  return text;
}

/** Fifteen digits in thousandths of the currency; a tenth of a cent cannot be booked here. */
function cents(text: string, line: number): Cents {
  const thousandths = Number(digits(text, line));
  if (thousandths % 10 !== 0) throw malformed(line);
  return thousandths / 10;
}

function signedCents(sign: string, text: string, line: number): Cents {
  if (sign !== '0' && sign !== '1') throw malformed(line);
  const amount = cents(text, line);
  return sign === '1' && amount !== 0 ? -amount : amount;
}

const DAYS_IN_MONTH = [31, 28, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31];

/** DDMMYY; CODA 2 dates from 2004, so every year is 20YY. */
function codaDay(text: string, line: number): Day {
  const [, day, month, year] = /^(\d\d)(\d\d)(\d\d)$/.exec(text) ?? [];
  if (day === undefined || month === undefined || year === undefined) throw malformed(line);
  const leapDay = month === '02' && Number(year) % 4 === 0 ? 1 : 0;
  const longest = (DAYS_IN_MONTH[Number(month) - 1] ?? 0) + leapDay;
  if (Number(day) < 1 || Number(day) > longest) throw malformed(line);
  return `20${year}-${month}-${day}`;
}

/** The IBAN of a Belgian account number of 12 digits (ISO 13616: 98 − (number, "BE" as 1114, "00") mod 97). */
function belgianIban(number: string): string {
  const check = 98n - (BigInt(`${number}111400`) % 97n);
  return `BE${String(check).padStart(2, '0')}${number}`;
}

function accountOf(structure: string, field: string, line: number): { account: string; currency: string } {
  if (structure === '0') {
    return { account: belgianIban(digits(field.slice(0, 12), line)), currency: field.slice(13, 16).trim() || 'EUR' };
  }
  const width = { '1': 34, '2': 31, '3': 34 }[structure];
  const account = width === undefined ? '' : field.slice(0, width).replaceAll(' ', '');
  if (account === '') throw malformed(line);
  return { account, currency: field.slice(34, 37).trim() || 'EUR' };
}

/** Record 0: is the file a copy of one already sent? Version 1 has other columns and is refused. */
export function readHeader(text: string, line: number): { duplicate: boolean } {
  if (text[127] !== '2') throw malformed(line);
  return { duplicate: text[16] === 'D' };
}

/** Record 1. */
export function readOpening(text: string, line: number): CodaOpening {
  const coded = text.slice(125, 128).trim() || '000';
  const paper = text.slice(2, 5).trim() || '000';
  return {
    ...accountOf(text.charAt(1), text.slice(5, 42), line),
    accountField: text.slice(5, 42).trim(),
    balance: signedCents(text.charAt(42), text.slice(43, 58), line),
    statementNumber: coded === '000' ? paper : coded,
  };
}

/** Record 2.1. */
export function readMovement(text: string, line: number): CodaMovement {
  const bookedOn = codaDay(text.slice(115, 121), line);
  const valueOn = text.slice(47, 53);
  const reference = text.slice(10, 31).trim();
  const code = digits(text.slice(53, 61), line);
  return {
    line,
    ...readNumbers(text, line),
    bankReference: /^0*$/.test(reference) ? '' : reference,
    amount: signedCents(text.charAt(31), text.slice(32, 47), line),
    bookedOn,
    valueOn: valueOn === '000000' || valueOn.trim() === '' ? bookedOn : codaDay(valueOn, line),
    type: code.slice(0, 1),
    family: code.slice(1, 3),
    operation: code.slice(3, 5),
    structured: text[61] === '1',
    communication: text.slice(62, 115),
    returned: false,
  };
}

/**
 * Three blanks, the kind of R-transaction, the ISO 20022 reason or blanks (since version 2.3). Older files have
 * references in these columns: a digit alone says nothing.
 */
const R_TRANSACTION = /^ {3}[1-5](?:[A-Z]{2}[A-Z0-9]{2}| {4})$/;

/** What records 2.2 and 2.3 add to the movement before them. */
export function extendMovement(movement: CodaMovement, text: string): void {
  if (text[1] === '2') {
    movement.communication += text.slice(10, 63);
    movement.returned = R_TRANSACTION.test(text.slice(109, 117));
  } else {
    movement.communication += text.slice(82, 125);
  }
}

/** Continuous sequence number and detail number of a record 2.x or 3.x. */
export function readNumbers(text: string, line: number): { sequence: number; detail: number } {
  return { sequence: Number(digits(text.slice(2, 6), line)), detail: Number(digits(text.slice(6, 10), line)) };
}

/** Record 8. */
export function readClosing(text: string, line: number): { accountField: string; balance: Cents; day: Day } {
  return {
    accountField: text.slice(4, 41).trim(),
    balance: signedCents(text.charAt(41), text.slice(42, 57), line),
    day: codaDay(text.slice(57, 63), line),
  };
}

/** Record 9. */
export function readTrailer(text: string, line: number): CodaTrailer {
  if (text[127] !== '1' && text[127] !== '2') throw malformed(line);
  return {
    moreFollow: text[127] === '1',
    records: Number(digits(text.slice(16, 22), line)),
    debit: cents(text.slice(22, 37), line),
    credit: cents(text.slice(37, 52), line),
  };
}
