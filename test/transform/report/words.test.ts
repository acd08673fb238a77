/** How the report says numbers, amounts, shares and months. */
import { describe, expect, test } from 'vitest';
import {
  change,
  count,
  euros,
  monthName,
  percent,
  plural,
  short,
  shortMonth,
} from '../../../src/transform/report/words.ts';

const spaced = (text: string): string => text.replace(/[\u202f\u00a0]/g, ' ');

test('months have their name, whole and short', () => {
  expect(['2026-01', '2026-05', '2025-12'].map(monthName)).toEqual(['January 2026', 'May 2026', 'December 2025']);
  expect(['2026-01', '2026-09', '2025-12'].map(shortMonth)).toEqual(['Jan', 'Sep', 'Dec']);
});

test.each<[one: number, other: number | undefined, said: string]>([
  [120, 100, '+20 % on the month before'],
  [80, 100, '−20 % on the month before'],
  [100, 100, '±0 % on the month before'],
  [201, 200, '+1 % on the month before'],
  [0, 0, 'none the month before either'],
  [5, 0, 'none the month before'],
  [0, undefined, 'none the month before either'],
  [1, undefined, 'none the month before'],
])('%i after %s: %s', (one, other, said) => {
  expect(change(one, other)).toBe(said);
});

test.each([
  [0, 0, '0 %'],
  [5, 0, '0 %'],
  [0, 7, '0 %'],
  [7, 7, '100 %'],
  [1, 3, '33.3 %'],
  [1, 8, '12.5 %'],
])('%i of %i is %s', (part, whole, said) => {
  expect(percent(part, whole)).toBe(said);
});

test.each([
  [0, '0'],
  [999, '999'],
  [1000, '1 000'],
  [-1, '−1'],
  [1_234_567, '1 234 567'],
  [-12_345, '−12 345'],
])('%i is written %s', (value, said) => {
  expect(spaced(count(value))).toBe(said);
});

test('one of a thing, and any other number of them', () => {
  expect([0, 1, 2].map((value) => plural(value, 'order'))).toEqual(['0 orders', '1 order', '2 orders']);
  expect([1, 2].map((value) => plural(value, 'person', 'people'))).toEqual(['1 person', '2 people']);
});

test.each([
  [0, '€ 0.00'],
  [5, '€ 0.05'],
  [99, '€ 0.99'],
  [100, '€ 1.00'],
  [123_456, '€ 1 234.56'],
  [-1, '−€ 0.01'],
  [-250, '−€ 2.50'],
])('%i cents are %s', (cents, said) => {
  expect(spaced(euros(cents))).toBe(said);
});

describe('at most four digits', () => {
  test.each([
    [0, '0'],
    [9_999, '9 999'],
    [10_000, '10k'],
    [120_499, '120k'],
    [120_500, '121k'],
    [9_999_499, '9 999k'],
    [9_999_500, '10M'],
    [12_400_000, '12M'],
  ])('%i: %s', (value, said) => {
    expect(spaced(short(value))).toBe(said);
  });
});
