/** Owns how employers pay and what the bank tells of it: on time, late, in parts, twice, with a typing error, taken back, never. */
import type { BankEntry, BankStatement, Cents, Day, Period } from '../../src/model.ts';
import { addDays } from '../../src/transform/values/calendar.ts';
import { formatStructuredCommunication } from '../../src/transform/values/structured-communication.ts';
import { writeCamt } from '../support/camt.ts';
import { writeCoda } from '../support/coda.ts';
import { chanceOf } from './chance.ts';
import type { Country, Employer } from './country.ts';

export const PAYERS = [
  'on time',
  'late',
  'typed',
  'mistyped',
  'twice',
  'in parts',
  'too much',
  'taken back',
  'never',
] as const;
export type Payer = (typeof PAYERS)[number];

export interface AskedFor {
  readonly number: string;
  readonly enterpriseNumber: string;
  readonly structuredCommunication: string;
  readonly total: Cents;
  readonly issuedOn: Day;
  readonly runPeriod: Period;
  /** tells this invoice of its order from others of the employer, in every run the same */
  readonly key: string;
  readonly validityStart: Day;
}

export interface Transfer {
  readonly day: Day;
  readonly amount: Cents;
  readonly structuredCommunication: string | null;
  readonly freeText: string;
  readonly reversal: boolean;
  /** the bank's reference */
  readonly reference: string;
  readonly invoice: string;
  /** a person must say whose money it is */
  readonly needsWord: boolean;
}

export interface Paid {
  readonly payer: Payer;
  readonly transfers: readonly Transfer[];
}

export function payInvoice({ seed }: Country, employer: Employer, invoice: AskedFor): Paid {
  const chance = chanceOf(seed, 'payer', invoice.key);
  const { total, issuedOn } = invoice;
  const payer = payerOf(employer, invoice, chance.between(0, 99));
  const reference = (part: number): string =>
    `S${chanceOf(seed, 'reference', invoice.key, part).between(100_000_000, 999_999_999)}${part}`;
  const transfer = (after: number, amount: Cents, part: number, more: Partial<Transfer> = {}): Transfer => ({
    day: addDays(issuedOn, after),
    amount,
    structuredCommunication: invoice.structuredCommunication,
    freeText: '',
    reversal: false,
    reference: reference(part),
    invoice: invoice.number,
    needsWord: false,
    ...more,
  });
  const soon = chance.between(1, 12);
  const typed = {
    structuredCommunication: null,
    freeText: formatStructuredCommunication(invoice.structuredCommunication),
  };
  switch (payer) {
    case 'never':
      return { payer, transfers: [] };
    case 'late':
      return { payer, transfers: [transfer(chance.between(18, 40), total, 1)] };
    case 'typed':
      return { payer, transfers: [transfer(soon, total, 1, typed)] };
    case 'mistyped':
      return {
        payer,
        transfers: [transfer(soon, total, 1, { ...typed, freeText: mistyped(typed.freeText), needsWord: true })],
      };
    case 'twice':
      return { payer, transfers: [transfer(soon, total, 1), transfer(soon + 8, total, 2)] };
    case 'in parts': {
      const half = Math.floor(total / 2);
      return { payer, transfers: [transfer(soon, half, 1), transfer(soon + 9, total - half, 2)] };
    }
    case 'too much':
      return { payer, transfers: [transfer(soon, total + 500, 1, { needsWord: true })] };
    case 'taken back':
      return {
        payer,
        transfers: [transfer(1, total, 1), transfer(8, -total, 2, { reversal: true }), transfer(30, total, 3)],
      };
    case 'on time':
      return { payer, transfers: [transfer(soon, total, 1)] };
  }
}

function payerOf(employer: Employer, invoice: AskedFor, roll: number): Payer {
  if (employer.neverPays) return 'never';
  if (roll < 66) return 'on time';
  if (roll < 78) return 'late';
  if (roll < 84) return 'typed';
  if (roll < 88) return 'mistyped';
  if (roll < 91) return 'twice';
  if (roll < 94) return 'in parts';
  if (roll < 96) return 'too much';
  // Only while the vouchers are not out yet can a bank's return be put right by paying again.
  return invoice.validityStart > addDays(invoice.issuedOn, 17) ? 'taken back' : 'on time';
}

/** The last digit is one too high, so that the check digits do not fit. */
function mistyped(communication: string): string {
  return communication.replace(/(\d)(\+{3})$/, (_, digit: string, end: string) => `${(Number(digit) + 1) % 10}${end}`);
}

/** The statement of a day, with what was booked since the one before; costs of the bank stand in it too. */
export function statementOf(
  format: BankStatement['format'],
  day: Day,
  { number, opening }: { readonly number: number; readonly opening: Cents },
  transfers: readonly Transfer[],
): BankStatement {
  const costs = {
    amount: -1250,
    structuredCommunication: null,
    freeText: 'FRAIS DE GESTION',
    reversal: false,
    reference: `C${day.replaceAll('-', '')}`,
    day,
  };
  const entries = [...transfers, costs].map(
    (one, index): BankEntry => ({
      sequence: index + 1,
      bookedOn: one.day,
      valueOn: one.day,
      amount: one.amount,
      currency: 'EUR',
      structuredCommunication: one.structuredCommunication,
      freeText: one.freeText,
      bankReference: one.reference,
      reversal: one.reversal,
    }),
  );
  return {
    account: 'BE68539007547034',
    format,
    year: Number(day.slice(0, 4)),
    statementNumber: String(number).padStart(3, '0'),
    currency: 'EUR',
    openingBalance: opening,
    closingBalance: entries.reduce((sum, { amount }) => sum + amount, opening),
    closingDate: day,
    duplicate: false,
    entries,
  };
}

export function statementFile(statement: BankStatement): { readonly name: string; readonly content: Buffer } {
  const { format, closingDate } = statement;
  return format === 'coda'
    ? {
        name: `statement_${closingDate}.cod`,
        content: Buffer.from(writeCoda(statement, { lineEnd: '\r\n' }), 'latin1'),
      }
    : { name: `statement_${closingDate}.xml`, content: Buffer.from(writeCamt(statement)) };
}
