/** Where a number of vouchers ends and its face value begins, in digits without a sign between them. */
import { describe, expect, test } from 'vitest';
import { splitCounts } from '../../../src/transform/suggest/suggest-counts.ts';

const told = (lines: readonly string[], ...runs: [from: number, to: number][]) =>
  splitCounts(
    lines,
    runs.map(([from, to]) => ({ from, to })),
  ).map(({ field, from, to, parse, confidence }) => `${field} ${from}-${to} ${parse} ${confidence.toFixed(3)}`);

test('one run of digits is cut where both halves make sense, at equal widths if it can be', () => {
  expect(told(['0200000800', '0180000800'], [1, 10])).toEqual([
    'quantity 1-5 integer hundredths 0.700',
    'faceValue 6-10 cents 0.700',
  ]);
  expect(told(['200800', '180800'], [1, 6])).toEqual(['quantity 1-2 integer 0.700', 'faceValue 3-6 cents 0.700']);
  expect(told(['x200800', 'y180800'], [2, 7])[0]).toBe('quantity 2-3 integer 0.700');
});

test('two runs are count and value as they stand; one short run is a count alone', () => {
  expect(told(['20 0800', '18 0800'], [1, 2], [4, 7])).toEqual([
    'quantity 1-2 integer 0.700',
    'faceValue 4-7 cents 0.700',
  ]);
  expect(told(['2000 0800'], [1, 4], [6, 9])[0]).toBe('quantity 1-4 integer hundredths 0.700');
  expect(told(['20'], [1, 2])).toEqual(['quantity 1-2 integer 0.700']);
  expect(told(['20'])).toEqual([]);
});

describe('what is no count and no value is told as nothing', () => {
  test.each<[count: string, fits: boolean]>([
    ['62', true],
    ['63', false],
    ['6200', true],
    ['6300', false],
    ['0', true],
    ['  ', true],
    ['ab', false],
  ])('a count of "%s": %s', (count, fits) => {
    expect(told([count], [1, count.length]).length > 0).toBe(fits);
  });

  test.each<[cents: string, fits: boolean]>([
    ['000000', true],
    ['000049', false],
    ['000050', true],
    ['100000', true],
    ['100001', false],
    ['   800', true],
    ['8,0000', false],
  ])('a value of "%s": %s', (cents, fits) => {
    expect(told([`20 ${cents}`], [1, 2], [4, 9]).length > 0).toBe(fits);
  });

  test('half a voucher is a fault of a row, and counts half', () => {
    expect(told(['200', '150'], [1, 3])).toEqual(['quantity 1-3 integer hundredths 0.525']);
    expect(told(['250', '150'], [1, 3])).toEqual([]);
    expect(told(['200', '125'], [1, 3])).toEqual([]);
  });

  test('three of five lines that fit are enough, two are not', () => {
    expect(told(['20', '18', '19', '99', '98'], [1, 2])).toEqual(['quantity 1-2 integer 0.420']);
    expect(told(['20', '18', '97', '99', '98'], [1, 2])).toEqual([]);
    expect(told([], [1, 2])).toEqual([]);
  });
});
