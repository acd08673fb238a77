/** Spans of time as a person writes them in the settings. */
import { expect, test } from 'vitest';
import { dayBefore } from '../../../src/transform/values/time-span.ts';

test.each([
  ['2026-12-01', '90 days', '2026-09-02'],
  ['2027-12-31', '13 months', '2026-11-30'],
  ['2028-02-29', '1 years', '2027-02-28'],
  ['2036-12-01', '10 years', '2026-12-01'],
])('%s less %s is %s', (today, span, expected) => {
  expect(dayBefore(today, span)).toBe(expected);
});
