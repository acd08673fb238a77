/** Entries and statements of a bank as read, with what most tests do not mind filled in. */
import type { BankEntry, BankStatement } from '../../src/model.ts';

/** `amount` in cents, credit above zero. */
export function entry(sequence: number, amount: number, more: Partial<BankEntry> = {}): BankEntry {
  return {
    sequence,
    bookedOn: '2026-11-05',
    valueOn: '2026-11-04',
    amount,
    currency: 'EUR',
    structuredCommunication: null,
    freeText: '',
    bankReference: `REF${sequence}`,
    reversal: false,
    ...more,
  };
}

/** Number 214 of 2026, in the format given; the closing balance follows from the entries. */
export function statementOf(
  format: BankStatement['format'],
  entries: readonly BankEntry[],
  more: Partial<BankStatement> = {},
): BankStatement {
  const openingBalance = more.openingBalance ?? 100_000;
  return {
    account: 'BE68539007547034',
    format,
    year: 2026,
    statementNumber: '214',
    currency: 'EUR',
    openingBalance,
    closingBalance: openingBalance + entries.reduce((sum, { amount }) => sum + amount, 0),
    closingDate: '2026-11-05',
    duplicate: false,
    entries,
    ...more,
  };
}
