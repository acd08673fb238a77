/** Quarters: their months, the day they are due, and the days on which that is soon. */
import { expect, test } from 'vitest';
import { isQuarter, monthsOfQuarter, quarterDueOn, quarterSoonDue } from '../../../src/transform/orders/quarter.ts';

test('a quarter has three months and is due a month after its last', () => {
  expect(['2026-Q1', '2026-Q4'].map(monthsOfQuarter)).toEqual([
    { first: '2026-01', last: '2026-03' },
    { first: '2026-10', last: '2026-12' },
  ]);
  expect(['2026-Q1', '2026-Q2', '2026-Q3', '2026-Q4'].map(quarterDueOn)).toEqual([
    '2026-04-30',
    '2026-07-31',
    '2026-10-31',
    '2027-01-31',
  ]);
});

test('it is soon due from 15 days before until that day', () => {
  const days = ['2026-12-31', '2027-01-15', '2027-01-16', '2027-01-31', '2027-02-01', '2026-04-15', '2026-05-20'];
  expect(days.map(quarterSoonDue)).toEqual([null, null, '2026-Q4', '2026-Q4', null, '2026-Q1', null]);
});

test.each(['2026-Q5', '2026Q1', '2026-q1', ' 2026-Q1'])('"%s" is no quarter', (text) => {
  expect(isQuarter(text)).toBe(false);
});
