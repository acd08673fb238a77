/** Every fault has a test whose title opens with its number, and docs/faults.md names those tests and no others. */
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { FAULTS } from './support/fault-list.ts';
import { findFaultTitles, readFaultPage, renderFaultPage } from './support/fault-page.ts';

const titles = findFaultTitles();
const page = readFileSync(join(import.meta.dirname, '../docs/faults.md'), 'utf8');
const numbers = FAULTS.map(({ number }) => number);

test('every fault has a test, and no test names a fault that is none', () => {
  const told = new Set(titles.map(({ number }) => number));
  expect(numbers.filter((number) => !told.has(number))).toEqual([]);
  expect([...told].filter((number) => !numbers.includes(number))).toEqual([]);
});

test('the page has a row for every fault, with the tests that there are', () => {
  const rows = readFaultPage(page);
  const named = ({ number, tests }: (typeof rows)[number]) => ({ number, tests });
  expect(rows.map(named)).toEqual(readFaultPage(renderFaultPage(titles, [], '2026-12-01')).map(named));
  expect(rows.map(({ number }) => number)).toEqual(numbers);
  expect(rows.filter(({ tests }) => tests.length === 0)).toEqual([]);
});

test('the page is of a run in which every fault was caused and none failed', () => {
  const rows = readFaultPage(page);
  expect(rows.filter(({ result }) => !/^passed [1-9]\d*$/.test(result))).toEqual([]);
});

test('a fault without a test and a test that failed stand out', () => {
  const some = titles.filter(({ number }) => number !== 7);
  const result = { number: 1, file: 'a.test.ts', passed: 2, failed: 1 };
  const written = renderFaultPage(some, [result], '2026-12-01');
  expect(written).toMatch(/^\| 1 \|.*\| \*\*failed 1\*\* of 3 \|$/m);
  expect(written).toMatch(/^\| 7 \|.*\| {2}\| \*\*not run\*\* \|$/m);
});
