/** The faults of intake: each has a number, and a test whose title opens with it. `vitest run -t 'fault 22:'` runs one of them. */
import { readdir, readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { expect, test } from 'vitest';

const ROOT = import.meta.dirname;

/** Numbers of what goes wrong while files come in, and while workers, databases and drops fail under them. */
const NUMBERS = [...range(1, 28), ...range(53, 60)];

test('every fault has a test whose title tells its number', async () => {
  const files = (await readdir(ROOT, { recursive: true })).filter(
    (name) => name.endsWith('.test.ts') && name !== 'faults.test.ts',
  );
  const texts = await Promise.all(files.map((name) => readFile(join(ROOT, name), 'utf8')));
  const told = new Set(
    texts.flatMap((text) => [...text.matchAll(/\bfault (\d+):/g)].map(([, number]) => Number(number))),
  );
  expect(NUMBERS.filter((number) => !told.has(number))).toEqual([]);
});

function range(first: number, last: number): number[] {
  return Array.from({ length: last - first + 1 }, (_, index) => first + index);
}
