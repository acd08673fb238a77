/** Percentages of cents: exact, rounded once, and refused when they are none. */
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { isPercent, percentOf } from '../../../src/transform/values/percent.ts';

describe('percentOf', () => {
  it.each([
    [3000, '1.15', 35], // 34.5 is a half; in floats 3000 * 1.15 / 100 is 34.49…
    [16000, '3', 480],
    [480, '21', 101], // 100.8
    [50, '1', 1], // 0.5
    [49, '1', 0], // 0.49
    [-50, '1', -1], // away from zero, not up
    [-3000, '1.15', -35],
    [-49, '1', 0],
    [100, '0', 0],
    [0, '21', 0],
    [1, '100', 1],
    [200, '0.25', 1], // 0.5
    [9_007_199_254_740_991, '100', 9_007_199_254_740_991],
    [9_007_199_254_740_991, '0.5', 45_035_996_273_705], // 45,035,996,273,704.955
  ])('of %i cents, %s per cent is %i cents', (amount, percent, expected) => {
    expect(percentOf(amount, percent)).toBe(expected);
  });

  it('does not care how many zeros the text has', () => {
    expect(percentOf(3000, '1.150000')).toBe(35);
    expect(percentOf(480, '021.0')).toBe(101);
  });

  it('is never further than half a cent from the exact value, and is odd in the amount', () => {
    const percent = fc.integer({ min: 0, max: 10_000 });
    fc.assert(
      fc.property(fc.integer({ min: -1e9, max: 1e9 }), percent, (amount, hundredths) => {
        const text = `${Math.floor(hundredths / 100)}.${String(hundredths % 100).padStart(2, '0')}`;
        const rounded = BigInt(percentOf(amount, text));
        const off = rounded * 10_000n - BigInt(amount) * BigInt(hundredths);
        expect(off <= 5000n && off >= -5000n).toBe(true);
        expect(percentOf(-amount, text) + percentOf(amount, text)).toBe(0);
      }),
    );
  });

  it('refuses what is no percentage and no whole cents', () => {
    expect(() => percentOf(100, '1,15')).toThrow(RangeError);
    expect(() => percentOf(1.5, '21')).toThrow(RangeError);
    expect(() => percentOf(Number.NaN, '21')).toThrow(RangeError);
  });
});

describe('isPercent', () => {
  it.each(['0', '3', '1.15', '21', '100', '100.000000', '0.000001', '003'])('takes %s', (text) => {
    expect(isPercent(text)).toBe(true);
  });

  it.each(['', ' 3', '3 ', '3%', '1,15', '.5', '5.', '-1', '+1', '1e2', '100.01', '101', '1.1234567', '1.1.1', '٣'])(
    'refuses "%s"',
    (text) => {
      expect(isPercent(text)).toBe(false);
    },
  );
});
