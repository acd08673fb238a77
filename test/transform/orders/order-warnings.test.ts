/** Warnings of a draft: which totals are unusual, and which warnings hold it. */
import { describe, expect, it } from 'vitest';
import {
  HOLDING_WARNINGS,
  INFORMATIONAL_WARNINGS,
  isHolding,
  isUnusualTotal,
} from '../../../src/transform/orders/order-warnings.ts';

describe('isUnusualTotal', () => {
  it.each([
    [125, 100, false], // exactly 25 %
    [126, 100, true],
    [75, 100, false],
    [74, 100, true],
    [100, 100, false],
    [16_000, 12_800, false], // 12 800 × 1.25 = 16 000
    [16_001, 12_800, true],
    [3, 2, true],
    [2, 3, true],
    [1, 0, true],
    [0, 0, false],
  ])('%i after %i: %s', (net, last, expected) => {
    expect(isUnusualTotal(net, last)).toBe(expected);
  });

  it('has nothing to say about the first order', () => {
    expect(isUnusualTotal(1_000_000, null)).toBe(false);
  });
});

it('every warning either holds an order or informs', () => {
  expect(HOLDING_WARNINGS.every(isHolding)).toBe(true);
  expect(INFORMATIONAL_WARNINGS.some(isHolding)).toBe(false);
});
