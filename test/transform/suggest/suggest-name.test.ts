/** What the name of an unknown file is taken for: names of the next months must fit too. */
import { expect, test } from 'vitest';
import { suggestName } from '../../../src/transform/suggest/suggest-name.ts';

const BOTH = ['enterpriseNumber', 'period'];

test.each<[name: string, wanted: readonly string[], pattern: string | null, next: string]>([
  [
    'PAY_0403019261_202611.csv',
    BOTH,
    '^PAY_(?<enterpriseNumber>\\d{10})_(?<period>\\d{6})\\.csv$',
    'PAY_0403019261_202701.csv',
  ],
  ['2026-11 lonen.csv', BOTH, '^(?<period>\\d{4}-\\d{2}) lonen\\.csv$', '2027-01 lonen.csv'],
  ['2026_11_MealVoucher.csv', BOTH, '^(?<period>\\d{4}_\\d{2})_MealVoucher\\.csv$', '2027_01_MealVoucher.csv'],
  ['a-202611-17.csv', BOTH, '^a-(?<period>\\d{6})-\\d+\\.csv$', 'a-202701-2345.csv'],
  ['a 202611 b 202612.csv', BOTH, '^a (?<period>\\d{6}) b \\d+\\.csv$', 'a 202701 b 7.csv'],
  ['(a) 0403019261.csv', ['enterpriseNumber'], '^\\(a\\) (?<enterpriseNumber>\\d{10})\\.csv$', '(a) 0403019261.csv'],
  // A wrong check number, a month that is none, years too far away, and what nobody wants.
  ['0403019262.csv', BOTH, null, ''],
  ['202613.csv', BOTH, null, ''],
  ['202600.csv', BOTH, null, ''],
  ['203212.csv', BOTH, null, ''],
  ['202012.csv', BOTH, null, ''],
  ['0403019261.csv', ['period'], null, ''],
  ['202611.csv', ['enterpriseNumber'], null, ''],
  ['lonen.csv', BOTH, null, ''],
])('%s, where %j are wanted', (name, wanted, pattern, next) => {
  const found = suggestName(name, wanted, '2026-12-01');
  expect(found?.pattern ?? null).toBe(pattern);
  if (found === null) return;
  expect(new RegExp(found.pattern).test(name)).toBe(true);
  expect(new RegExp(found.pattern).test(next)).toBe(true);
  expect(found.groups).toEqual([...found.pattern.matchAll(/\?<(\w+)>/g)].map(([, group]) => group));
});

test('a year five years away is a month still', () => {
  expect(suggestName('203101.csv', BOTH, '2026-12-01')?.groups).toEqual(['period']);
  expect(suggestName('202112.csv', BOTH, '2026-12-01')?.groups).toEqual(['period']);
});
