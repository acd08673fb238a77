/** What stands after money went back, or beside what paid: told by the entry that comes next. */
import { expect, test } from 'vitest';
import { communicationsOf, matchPayments } from '../../../src/transform/payments/match-payments.ts';
import type { EntryToMatch, InvoiceToMatch } from '../../../src/transform/payments/matching.ts';

const A = '123456789002';
const B = '000000000101';

/** Each amount in cents is an entry that names the invoice, in turn; a negative one is a reversal. */
const entries = (...amounts: number[]): EntryToMatch[] => amounts.map((amount, index) => entry(index + 1, amount));

const entry = (id: number, amount: number, more: Partial<EntryToMatch> = {}): EntryToMatch => ({
  id,
  amount,
  currency: 'EUR',
  structuredCommunication: A,
  freeText: '',
  reversal: amount < 0,
  twin: 'none',
  ...more,
});

const due = (more: Partial<InvoiceToMatch> = {}): InvoiceToMatch => ({
  id: 1,
  structuredCommunication: A,
  total: 1_000,
  status: 'open',
  orderStatus: 'invoiced',
  paidBy: [],
  ...more,
});

const said = (some: EntryToMatch[], invoice = due()): string[] =>
  matchPayments({ entries: some, invoices: [invoice], currency: 'EUR' }).decisions.map(
    ({ entryId, status, why }) => `${entryId} ${status} ${why}`,
  );

test('of two that pay nothing yet, taking back one leaves the other to be taken back', () => {
  expect(said(entries(300, 400, -300, -400)).slice(2)).toEqual([
    '3 reversed takes-back-open-entry',
    '4 reversed takes-back-open-entry',
  ]);
});

test('what stood open beside an exact payment stays open, and can be taken back alone', () => {
  expect(said(entries(300, 1_000, -300))).toEqual([
    '1 reversed taken-back',
    '2 matched exact',
    '3 reversed takes-back-open-entry',
  ]);
});

test('an exact payment pays beside more open entries than sums are tried for', () => {
  expect(said(entries(...Array.from({ length: 20 }, () => 1), 1_000)).at(-1)).toBe('21 matched exact');
});

test('a part of what paid together is taken back: the rest pays nothing by itself', () => {
  expect(said(entries(400, 600, -400))).toEqual([
    '1 reversed taken-back',
    '2 partial less-than-due',
    '3 reversed takes-back-payment',
  ]);
});

test('a payment goes back once: the second reversal takes back nothing', () => {
  expect(said(entries(1_000, -1_000, -1_000)).at(-1)).toBe('3 reversed takes-back-nothing');
});

test('a withdrawn invoice whose payment went back stays withdrawn, and has nothing more to take back', () => {
  const paidBy = [{ entryId: 90, amount: 1_000 }];
  expect(said(entries(-1_000, -1_000, 1_000), due({ status: 'credited', paidBy }))).toEqual(
    expect.arrayContaining([
      '1 reversed takes-back-payment',
      '2 reversed takes-back-nothing',
      '3 unknown invoice-withdrawn',
    ]),
  );
});

test('one cent is money too', () => {
  expect(said([entry(1, -1, { reversal: false })])).toEqual(['1 ignored no-credit']);
  expect(said([entry(1, 1, { reversal: true })])).toEqual(['1 reversed returned-debit']);
});

test('what is ignored, and what names two invoices, is of none', () => {
  const invoices = [due(), due({ id: 2, structuredCommunication: B })];
  const both = entry(2, 1_000, { freeText: '+++000/0000/00101+++' });
  const same = entry(1, 1_000, { twin: 'same-movement' });
  const { decisions } = matchPayments({ entries: [same, both], invoices, currency: 'EUR' });
  expect(decisions.map(({ why, invoiceId }) => [why, invoiceId])).toEqual([
    ['same-movement', null],
    ['two-communications', null],
  ]);
});

test('without a structured communication only what is typed counts', () => {
  const freeText = '+++000/0000/00101+++';
  expect(communicationsOf({ structuredCommunication: null, freeText })).toEqual([B]);
  expect(communicationsOf({ structuredCommunication: A, freeText })).toEqual([A, B]);
});
