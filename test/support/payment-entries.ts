/** Entries and invoices to match, and what came of them, in as few words as a test needs. */

import { matchPayments } from '../../src/transform/payments/match-payments.ts';
import type { EntryToMatch, InvoiceToMatch, MatchResult } from '../../src/transform/payments/matching.ts';

export const A = '123456789002';
export const B = '000000000101';

export function entry(id: number, amount: number, more: Partial<EntryToMatch> = {}): EntryToMatch {
  return {
    id,
    amount,
    currency: 'EUR',
    structuredCommunication: A,
    freeText: '',
    reversal: false,
    twin: 'none',
    ...more,
  };
}

export function typed(id: number, amount: number, freeText: string): EntryToMatch {
  return entry(id, amount, { structuredCommunication: null, freeText });
}

export function invoice(id: number, more: Partial<InvoiceToMatch> = {}): InvoiceToMatch {
  const structuredCommunication = id === 1 ? A : B;
  return { id, structuredCommunication, total: 10_000, status: 'open', orderStatus: 'invoiced', paidBy: [], ...more };
}

export function match(entries: EntryToMatch[], invoices: InvoiceToMatch[] = [invoice(1), invoice(2)]): MatchResult {
  return matchPayments({ entries, invoices, currency: 'EUR' });
}

/** `id status why`, by entry. */
export function said({ decisions }: MatchResult): string[] {
  return decisions.map(({ entryId, status, why }) => `${entryId} ${status} ${why}`);
}
