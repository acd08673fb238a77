/** Sums that add up exactly, found among a few amounts. */
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { findExactSum } from '../../../src/transform/values/exact-sum.ts';

describe('findExactSum', () => {
  it('takes all when they add up, else the earliest that do', () => {
    expect(findExactSum([60, 40], 100)).toEqual([0, 1]);
    expect(findExactSum([60, 30, 40, 40], 100)).toEqual([0, 2]);
    expect(findExactSum([60, 30], 100)).toBeNull();
    expect(findExactSum([], 100)).toBeNull();
  });

  it('finds a sum exactly when there is one', () => {
    const amounts = fc.array(fc.integer({ min: 1, max: 50 }), { maxLength: 8 });
    fc.assert(
      fc.property(amounts, fc.integer({ min: 1, max: 200 }), (list, target) => {
        let exists = false;
        for (let set = 1; set < 2 ** list.length; set += 1) {
          const sum = list.reduce((total, amount, index) => total + (set & (1 << index) ? amount : 0), 0);
          exists ||= sum === target;
        }
        const found = findExactSum(list, target);
        expect(found !== null).toBe(exists);
        if (found !== null) expect(found.reduce((total, index) => total + (list[index] ?? 0), 0)).toBe(target);
      }),
    );
  });

  it('looks only at the sum of all when there are many', () => {
    const many = Array.from({ length: 400 }, () => 1);
    expect(findExactSum(many, 400)?.length).toBe(400);
    expect(findExactSum(many, 399)).toBeNull();
  });
});
