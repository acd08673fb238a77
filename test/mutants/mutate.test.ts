/** Mutants are built in without changing anything until one is switched on, and then change just that. */
import { readFileSync } from 'node:fs';
import { stripTypeScriptTypes } from 'node:module';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { EXPLAINED } from './explained.ts';
import { mutate } from './mutate.ts';

const SOURCE = `const LEAST = 3;
export function many(values: readonly number[]): number {
  let sum = 0;
  for (const value of values) if (value >= LEAST && value !== 5) sum += value;
  return sum;
}`;

/** What \`many\` gives with one mutant switched on, -1 for none; rounds counts how often a loop went round. */
function run(active: number): { readonly result: unknown; readonly rounds: number } {
  let rounds = 0;
  const tick = (): void => {
    rounds += 1;
  };
  const open = () => Object.assign((number: number) => number === active, { tick });
  const script = stripTypeScriptTypes(mutate(SOURCE, 'many.ts').code).replace('export function', 'return function');
  const many = new Function('globalThis', script)({ mutation: { open } }) as (values: readonly number[]) => unknown;
  return { result: many([1, 3, 5, 7]), rounds };
}

test('with no mutant switched on the source does what it did, and every line keeps its number', () => {
  expect(run(-1)).toEqual({ result: 10, rounds: 4 });
  expect(mutate(SOURCE, 'many.ts').code.split('\n')).toHaveLength(SOURCE.split('\n').length);
});

test('each mutant is told with its line and what it makes of what, and does that', () => {
  const { mutants } = mutate(SOURCE, 'many.ts');
  const results = mutants.map(({ line, from, to }, number) => `${line}: ${from} → ${to} = ${run(number).result}`);
  expect(results).toEqual([
    '3: 0 → 0 + 1 = 11',
    '3: 0 → 0 - 1 = 9',
    '4: value >= LEAST && value !== 5 → (value >= LEAST) || (value !== 5) = 16',
    '4: value >= LEAST && value !== 5 → true = 16',
    '4: value >= LEAST && value !== 5 → false = 0',
    '4: value >= LEAST → (value) > (LEAST) = 7',
    '4: value >= LEAST → (value) < (LEAST) = 1',
    '4: LEAST → 3 + 1 = 7',
    '4: LEAST → 3 - 1 = 10',
    '4: value !== 5 → (value) === (5) = 5',
    '4: 5 → 5 + 1 = 15',
    '4: 5 → 5 - 1 = 15',
    '4: sum += value; →  = 0',
    '5: sum → null = null',
  ]);
});

test('types, texts and what is nothing already stay', () => {
  expect(
    mutate(`export type A = 1 | 2;\nimport b from './b.ts';\nexport const c = (): null => null;`, 'a.ts').mutants,
  ).toEqual([]);
});

test('every explanation is about a line that is still there', () => {
  const isGone = ({ path, line }: (typeof EXPLAINED)[number]) =>
    !readFileSync(join(import.meta.dirname, '../../src/transform', path), 'utf8').includes(line);
  expect(EXPLAINED.filter(isGone)).toEqual([]);
});
