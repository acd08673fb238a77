/** Every fault has a test whose title opens with its number, and docs/faults.md names those tests and no others. */
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { FAULTS } from './support/fault-list.ts';
import { faultResults, findFaultTitles, readFaultPage, renderFaultPage } from './support/fault-page.ts';

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
  expect(rows.map(named)).toEqual(readFaultPage(renderFaultPage(titles, [], [], '2026-12-01')).map(named));
  expect(rows.map(({ number }) => number)).toEqual(numbers);
  expect(rows.filter(({ tests }) => tests.length === 0)).toEqual([]);
});

test('the page is of a run in which every fault was caused and none failed', () => {
  const rows = readFaultPage(page);
  expect(
    rows.filter(({ result }) => !/^passed [1-9]\d*(, of which \d+ only when run again alone)?$/.test(result)),
  ).toEqual([]);
});

test('a fault without a test and a test that failed stand out', () => {
  const some = titles.filter(({ number }) => number !== 7);
  const cases = [true, false, true].map((passed) => ({ file: 'a.test.ts', title: 'fault 1: one', passed }));
  const written = renderFaultPage(some, faultResults(cases), faultResults(cases), '2026-12-01');
  expect(written).toMatch(/^\| 1 \|.*\| \*\*failed 1 of 3\*\*, and again alone \|$/m);
  expect(written).toMatch(/^\| 7 \|.*\| {2}\| \*\*not run\*\* \|$/m);
});

test('a test that failed and passed when it was run again alone is told as that', () => {
  const all = [
    { number: 1, file: 'a.test.ts', passed: 2, failed: 1 },
    { number: 1, file: 'b.test.ts', passed: 4, failed: 0 },
  ];
  const page = (alone: number) =>
    renderFaultPage(titles, all, [{ number: 1, file: 'a.test.ts', passed: alone, failed: 0 }], '2026-12-01');
  expect(page(3)).toMatch(/^\| 1 \|.*\| passed 7, of which 1 only when run again alone \|$/m);
  // Cases that did not run again prove nothing.
  expect(page(0)).toMatch(/^\| 1 \|.*\| \*\*failed 1 of 7\*\*, and again alone \|$/m);
});
