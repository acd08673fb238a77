/** Any entries of a bank: every one is decided once, and every cent is where its state says. */
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { EntryToMatch } from '../../../src/transform/payments/matching.ts';
import { A, B, invoice, match } from '../../support/payment-entries.ts';

describe('any entries', () => {
  const some = fc
    .array(
      fc.record({
        amount: fc.constantFrom(-10_000, -6_000, 0, 2_000, 4_000, 6_000, 10_000, 12_000),
        structuredCommunication: fc.constantFrom(A, B, null),
        freeText: fc.constantFrom('', A, `${A} ${B}`, 'merci'),
        reversal: fc.boolean(),
        twin: fc.constantFrom('none', 'none', 'same-movement', 'look-alike'),
        currency: fc.constantFrom('EUR', 'EUR', 'USD'),
      }),
      { maxLength: 12 },
    )
    .map((rows) => rows.map((row, index): EntryToMatch => ({ id: index + 1, ...row })));
  const due = [
    invoice(1),
    invoice(2, { status: 'paid', orderStatus: 'paid', paidBy: [{ entryId: 99, amount: 10_000 }] }),
  ];

  it('have one status each, and their amounts add up to those of the states', () => {
    fc.assert(
      fc.property(some, (entries) => {
        const { decisions } = match(entries, due);
        expect(new Set(decisions.map(({ entryId }) => entryId)).size).toBe(decisions.length);
        const ours = decisions.filter(({ entryId }) => entryId !== 99);
        expect(ours.length).toBe(entries.length);
        const byStatus = Map.groupBy(ours, ({ status }) => status);
        const sums = [...byStatus.values()].map((group) => group.reduce((sum, { amount }) => sum + amount, 0));
        expect(sums.reduce((sum, one) => sum + one, 0)).toBe(entries.reduce((sum, { amount }) => sum + amount, 0));
      }),
    );
  });

  it('pay an invoice to the cent, by credits that are no reversals, and never twice', () => {
    fc.assert(
      fc.property(some, (entries) => {
        const { decisions, paid } = match(entries, due);
        for (const id of [1, 2]) {
          const paying = decisions.filter(({ invoiceId, status }) => invoiceId === id && status === 'matched');
          const sum = paying.reduce((total, { amount }) => total + amount, 0);
          const paidNow = paid.includes(id) || paying.length > 0;
          expect(sum).toBe(paidNow ? 10_000 : 0);
          for (const { entryId } of paying.filter((one) => one.entryId !== 99)) {
            expect(entries[entryId - 1]).toMatchObject({ reversal: false, currency: 'EUR', twin: 'none' });
          }
        }
      }),
    );
  });

  it('that are still open are decided the same when nothing has changed', () => {
    fc.assert(
      fc.property(some, (entries) => {
        const credits = entries.filter(({ reversal }) => !reversal);
        const first = match(credits, due);
        const open = new Set(['partial', 'over', 'duplicate', 'unknown']);
        const left = first.decisions.filter(({ status }) => open.has(status));
        const paidBy = (id: number) =>
          first.decisions
            .filter(({ invoiceId, status }) => invoiceId === id && status === 'matched')
            .map(({ entryId, amount }) => ({ entryId, amount }));
        const later = due.map((one) =>
          first.paid.includes(one.id) ? { ...one, status: 'paid' as const, paidBy: paidBy(one.id) } : one,
        );
        const again = match(
          left.flatMap(({ entryId }) => credits.find(({ id }) => id === entryId) ?? []),
          later,
        );
        expect([again.paid, again.reopened]).toEqual([[], []]);
        expect(again.decisions.every(({ status }) => status !== 'matched')).toBe(true);
      }),
    );
  });
});
