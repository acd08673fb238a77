/** Structured communications: made, checked, printed, and found in what people type. */
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import {
  findStructuredCommunications,
  formatStructuredCommunication,
  isStructuredCommunication,
  makeStructuredCommunication,
} from '../../../src/transform/values/structured-communication.ts';

const counters = fc.integer({ min: 0, max: 9_999_999_999 });

describe('making', () => {
  it.each([
    [1234567890, '123456789002'],
    [97, '000000009797'],
    [0, '000000000097'],
    [9_999_999_999n, '999999999948'],
  ])('%s makes %s', (counter, digits) => {
    expect(makeStructuredCommunication(counter)).toBe(digits);
    expect(isStructuredCommunication(digits)).toBe(true);
  });

  it.each([-1, 10_000_000_000, 1.5, Number.NaN])('%s cannot be counted', (counter) => {
    expect(() => makeStructuredCommunication(counter)).toThrow(RangeError);
  });

  it('prints as on a transfer form', () => {
    expect(formatStructuredCommunication('123456789002')).toBe('+++123/4567/89002+++');
  });
});

describe('checking', () => {
  it.each(['123456789003', '000000009700', '000000000000', '12345678900', '1234567890022', '12345678900a', ''])(
    '%j is none',
    (text) => {
      expect(isStructuredCommunication(text)).toBe(false);
    },
  );

  it('one wrong digit is always seen', () => {
    fc.assert(
      fc.property(counters, fc.nat(11), fc.integer({ min: 1, max: 9 }), (counter, at, shift) => {
        const digits = makeStructuredCommunication(counter);
        const wrong = digits.slice(0, at) + ((Number(digits[at]) + shift) % 10) + digits.slice(at + 1);
        expect(isStructuredCommunication(wrong)).toBe(false);
      }),
    );
  });
});

describe('finding in free text', () => {
  it.each([
    ['+++123/4567/89002+++', ['123456789002']],
    ['***123/4567/89002***', ['123456789002']],
    ['facture 123/4567/89002 merci', ['123456789002']],
    ['123456789002', ['123456789002']],
    ['OGM:123456789002.', ['123456789002']],
    ['+++123/4567/89002+++ 123456789002', ['123456789002']],
    ['000000009797 puis +++123/4567/89002+++', ['000000009797', '123456789002']],
    ['+++123/4567/89002++++++000/0000/09797+++', ['123456789002', '000000009797']],
    ['123/4567/89003', []],
    ['123456789003', []],
    ['0123456789002', []],
    ['1234567890021', []],
    ['1123/4567/89002', []],
    ['123/4567/890021', []],
    ['1234 5678 9002', []],
    ['', []],
  ])('%j has %j', (text, found) => {
    expect(findStructuredCommunications(text)).toEqual(found);
  });

  it('finds every one that stands between words', () => {
    fc.assert(
      fc.property(fc.uniqueArray(counters, { maxLength: 5 }), fc.boolean(), (list, isPrinted) => {
        const all = list.map(makeStructuredCommunication);
        const text = all.map((digits) => (isPrinted ? formatStructuredCommunication(digits) : digits)).join(' et ');
        expect(findStructuredCommunications(text)).toEqual(all);
      }),
    );
  });
});
