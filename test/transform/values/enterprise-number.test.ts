/** Enterprise numbers as senders write them. */
import fc from 'fast-check';
import { expect, it } from 'vitest';
import { parseEnterpriseNumber } from '../../../src/transform/values/enterprise-number.ts';
import { inventEnterpriseNumber } from '../../support/people.ts';

it.each([
  '0403019261',
  '0403.019.261',
  'BE0403019261',
  'be 0403.019.261',
  'BE 0403 019 261',
  '403019261',
  '403.019.261',
  'BE403019261',
  '0403\u00a0019\u00a0261',
])('%s is read', (text) => {
  expect(parseEnterpriseNumber(text)).toBe('0403019261');
});

it('may begin with 1', () => {
  const eight = '10000000';
  const number = eight + String(97 - (Number(eight) % 97)).padStart(2, '0');
  expect(parseEnterpriseNumber(number)).toBe(number);
});

it.each([
  ['wrong check digits', '0403019262'],
  ['a first digit of 2', `2000000097`],
  ['too short', '03019261'],
  ['too long', '00403019261'],
  ['a decimal number', '403019261.0'],
  ['a Dutch VAT number', 'NL0403019261'],
  ['letters', '04O3019261'],
  ['a minus', '-403019261'],
  ['nothing', ''],
  ['zeros', '0000000000'],
])('%s is refused', (_, text) => {
  expect(parseEnterpriseNumber(text)).toBeNull();
});

it('survives every accepted way of writing, and no single wrong digit', () => {
  fc.assert(
    fc.property(fc.nat(9_999_999), fc.nat(9), fc.integer({ min: 1, max: 9 }), (counter, at, shift) => {
      const number = inventEnterpriseNumber(counter);
      const dotted = `BE ${number.slice(0, 4)}.${number.slice(4, 7)}.${number.slice(7)}`;
      expect(parseEnterpriseNumber(dotted)).toBe(number);
      expect(parseEnterpriseNumber(number.slice(1))).toBe(number);
      const wrong = number.slice(0, at) + ((Number(number[at]) + shift) % 10) + number.slice(at + 1);
      // 00 and 97 never both stand for one rest: the check digits go from 01 to 97.
      expect(parseEnterpriseNumber(wrong)).toBeNull();
    }),
  );
});
