/** Payments: what pays, what goes to operations, and that no cent is decided twice. */

import { describe, expect, it } from 'vitest';
import { communicationsOf } from '../../../src/transform/payments/match-payments.ts';
import type { EntryToMatch, InvoiceToMatch } from '../../../src/transform/payments/matching.ts';
import { A, B, entry, invoice, match, said, typed } from '../../support/payment-entries.ts';

describe('a credit', () => {
  it('of exactly the due amount pays', () => {
    const result = match([entry(7, 10_000)]);
    expect(result).toEqual({
      decisions: [{ entryId: 7, invoiceId: 1, amount: 10_000, status: 'matched', why: 'exact' }],
      paid: [1],
      reopened: [],
      alerts: [],
    });
  });

  it('is partial, over, or a duplicate', () => {
    expect(said(match([entry(1, 9_999), entry(2, 10_001), entry(3, 10_000), entry(4, 10_000)]))).toEqual([
      '1 partial less-than-due',
      '2 over more-than-due',
      '3 matched exact',
      '4 duplicate already-paid',
    ]);
  });

  it('is a duplicate when the invoice was paid before', () => {
    const result = match([entry(1, 10_000)], [invoice(1, { status: 'paid', orderStatus: 'released' })]);
    expect(said(result)).toEqual(['1 duplicate already-paid']);
    expect(result.paid).toEqual([]);
  });

  it.each<[why: string, entry: EntryToMatch, invoice: InvoiceToMatch]>([
    ['no-invoice', entry(1, 10_000, { structuredCommunication: null }), invoice(1)],
    ['no-invoice', entry(1, 10_000), invoice(2)],
    ['other-currency', entry(1, 10_000, { currency: 'USD' }), invoice(1)],
    ['order-draft', entry(1, 10_000), invoice(1, { orderStatus: 'draft' })],
    ['invoice-withdrawn', entry(1, 10_000), invoice(1, { orderStatus: 'cancelled' })],
    ['invoice-withdrawn', entry(1, 10_000), invoice(1, { status: 'credited' })],
    ['invoice-withdrawn', entry(1, 10_000), invoice(1, { status: 'cancelled' })],
  ])('is for a person: %s', (why, one, due) => {
    const result = match([one], [due]);
    expect(said(result)).toEqual([`1 unknown ${why}`]);
    expect(result.paid).toEqual([]);
  });

  it('counts once when two files tell of it, and goes to a person when it only looks alike', () => {
    expect(said(match([entry(1, 10_000), entry(2, 10_000, { twin: 'same-movement' })]))[1]).toBe(
      '2 ignored same-movement',
    );
    const lookAlike = match([entry(1, 4_000), entry(2, 6_000, { twin: 'look-alike' })]);
    expect(said(lookAlike)).toEqual(['1 partial less-than-due', '2 duplicate look-alike']);
  });
});

describe('several entries of one communication', () => {
  it('pay together when they add up exactly', () => {
    const result = match([entry(1, 6_000), entry(2, 4_000), entry(3, 4_000)]);
    expect(said(result)).toEqual(['1 matched exact-sum', '2 matched exact-sum', '3 duplicate already-paid']);
    expect(result.paid).toEqual([1]);
  });

  it('leave out what does not belong to the sum', () => {
    expect(said(match([entry(1, 6_000), entry(2, 3_000), entry(3, 12_000), entry(4, 4_000)]))).toEqual([
      '1 matched exact-sum',
      '2 partial less-than-due',
      '3 over more-than-due',
      '4 matched exact-sum',
    ]);
  });

  it('never use an entry twice, nor those of another invoice', () => {
    const result = match([entry(1, 6_000), entry(2, 4_000, { structuredCommunication: B }), entry(3, 6_000)]);
    expect(result.decisions.map(({ status }) => status)).toEqual(['partial', 'partial', 'partial']);
  });

  it('may be typed and structured', () => {
    expect(match([typed(1, 6_000, `solde ${A}`), entry(2, 4_000)]).paid).toEqual([1]);
  });
});

describe('a free text', () => {
  it.each(['+++123/4567/89002+++', '***123/4567/89002***', 'fact. 123/4567/89002', `REF${A}X`, `${A} ${A}`])(
    'names an invoice: %s',
    (freeText) => {
      expect(match([typed(1, 10_000, freeText)]).paid).toEqual([1]);
    },
  );

  it.each(['123/4567/89003', '1234567890021', '123 4567 89002', '123/4567/8900', ''])('names none: %s', (freeText) => {
    expect(said(match([typed(1, 10_000, freeText)]))).toEqual(['1 unknown no-invoice']);
  });

  it('that names two open invoices is for a person', () => {
    expect(said(match([typed(1, 20_000, `${A} et ${B}`)]))).toEqual(['1 unknown two-communications']);
    expect(said(match([entry(1, 20_000, { freeText: `et ${B}` })]))).toEqual(['1 unknown two-communications']);
  });

  it('may name other numbers beside exactly one open invoice', () => {
    const paid = invoice(2, { status: 'paid' });
    expect(match([typed(1, 10_000, `${A} comme ${B}, client 000000000202`)], [invoice(1), paid]).paid).toEqual([1]);
  });

  it('contradicted by a structured communication of somebody else is for a person', () => {
    const other = entry(1, 10_000, { structuredCommunication: '000000000202', freeText: A });
    expect(said(match([other]))).toEqual(['1 unknown two-communications']);
  });

  it('gives the communications to look for', () => {
    expect(communicationsOf({ structuredCommunication: A, freeText: `000/0000/00101 ${A}` })).toEqual([A, B]);
  });
});

describe('a debit', () => {
  it('never pays', () => {
    expect(said(match([entry(1, -10_000), entry(2, 0)]))).toEqual(['1 ignored no-credit', '2 ignored no-credit']);
  });
});

describe('a reversal', () => {
  const reversal = (id: number, amount = -10_000) => entry(id, amount, { reversal: true });
  const paid = (more: Partial<InvoiceToMatch> = {}) =>
    invoice(1, { status: 'paid', orderStatus: 'paid', paidBy: [{ entryId: 90, amount: 10_000 }], ...more });

  it('of a paid, unreleased invoice opens it again', () => {
    const result = match([reversal(1)], [paid()]);
    expect(said(result)).toEqual(['90 reversed taken-back', '1 reversed takes-back-payment']);
    expect([result.paid, result.reopened, result.alerts]).toEqual([[], [1], []]);
  });

  it('of nothing takes nothing back', () => {
    const result = match(
      [entry(2, 0, { reversal: true })],
      [invoice(1, { status: 'paid', orderStatus: 'paid', paidBy: [{ entryId: 1, amount: 10_000 }] })],
    );
    expect([said(result), result.reopened]).toEqual([['2 ignored no-credit'], []]);
  });

  it('of a released one raises an alert and opens nothing', () => {
    const result = match([reversal(1)], [paid({ orderStatus: 'released' })]);
    expect(said(result)).toEqual(['1 reversed takes-back-released']);
    expect([result.reopened, result.alerts]).toEqual([[], [{ entryId: 1, invoiceId: 1 }]]);
  });

  it('of one of two payments leaves the other open', () => {
    const paidBy = [
      { entryId: 90, amount: 6_000 },
      { entryId: 91, amount: 4_000 },
    ];
    const result = match([reversal(1, -4_000), entry(2, 4_000)], [paid({ paidBy })]);
    expect(said(result).sort()).toEqual([
      '1 reversed takes-back-payment',
      '2 matched exact-sum',
      '90 matched exact-sum',
      '91 reversed taken-back',
    ]);
    expect([result.paid, result.reopened]).toEqual([[], []]);
  });

  it('of another amount opens the invoice, and what had paid it does not pay again', () => {
    const result = match([reversal(1, -4_000), entry(2, 4_000)], [paid()]);
    expect(said(result)).toEqual([
      '90 reversed taken-back',
      '1 reversed takes-back-payment',
      '2 partial less-than-due',
    ]);
    expect(result.reopened).toEqual([1]);
  });

  it('takes back a duplicate before the payment', () => {
    const result = match([entry(1, 10_000), reversal(2)], [paid({ orderStatus: 'released' })]);
    expect(said(result)).toEqual(['1 reversed taken-back', '2 reversed takes-back-open-entry']);
    expect(result.alerts).toEqual([]);
  });

  it('of a payment that a person spread over two invoices opens both', () => {
    const paidBy = [{ entryId: 90, amount: 20_000 }];
    const both = [paid({ paidBy }), paid({ id: 2, structuredCommunication: B, paidBy })];
    const result = match([reversal(1, -20_000)], both);
    expect(said(result)).toEqual(['90 reversed taken-back', '1 reversed takes-back-payment']);
    expect([result.reopened, result.alerts]).toEqual([[1, 2], []]);
    const half = match([reversal(1, -20_000)], [both[0]!, { ...both[1]!, orderStatus: 'released' }]);
    expect([half.reopened, half.alerts]).toEqual([[1], [{ entryId: 1, invoiceId: 2 }]]);
  });

  it('of a credited invoice leaves nothing to be refunded of what went back', () => {
    const credited = paid({ status: 'credited', orderStatus: 'cancelled' });
    expect(said(match([reversal(1)], [credited]))).toEqual(['90 reversed taken-back', '1 reversed takes-back-payment']);
    expect(said(match([reversal(1, -4_000)], [credited]))).toEqual(['1 reversed takes-back-nothing']);
  });

  it('takes a part out of what may still add up', () => {
    expect(match([entry(1, 6_000), reversal(2, -6_000), entry(3, 4_000)]).paid).toEqual([]);
  });

  it('of a payment in the same statement leaves the invoice open until it is paid again', () => {
    expect(match([entry(1, 10_000), reversal(2)]).paid).toEqual([]);
    expect(match([entry(1, 10_000), reversal(2), entry(3, 10_000)]).paid).toEqual([1]);
  });

  it('of nothing known, of two invoices, or of our own transfer touches nothing', () => {
    const both = entry(2, -10_000, { structuredCommunication: null, freeText: `${A} ${B}`, reversal: true });
    const own = entry(3, 10_000, { reversal: true });
    const lookAlike = { ...reversal(4), twin: 'look-alike' } as const;
    const unknown = { ...reversal(5), structuredCommunication: null };
    const result = match([both, own, lookAlike, unknown, { ...reversal(6), currency: 'USD' }], [paid(), invoice(2)]);
    expect(said(result)).toEqual([
      '2 reversed two-communications',
      '3 reversed returned-debit',
      '4 duplicate look-alike',
      '5 reversed no-invoice',
      '6 reversed other-currency',
    ]);
    expect(said(match([reversal(1)]))).toEqual(['1 reversed takes-back-nothing']);
    expect(result.reopened).toEqual([]);
  });
});
