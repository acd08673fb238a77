/** Every messy file of the comparison comes out of Navette as it should, and the page says of each what happens today. */
import { readFileSync } from 'node:fs';
import { beforeAll, expect, test } from 'vitest';
import { TODAY } from '../bench/compare/messy-world.ts';
import { navetteCells } from '../bench/compare/page.ts';
import { MESSY_CASES, messyByNavette, type Outcome } from '../bench/compare/run-messy.ts';
import { openWorkplace } from './support/job-context.ts';

const work = await openWorkplace();
const page = readFileSync(new URL('../docs/comparison.md', import.meta.url), 'utf8');
let outcomes: readonly Outcome[] = [];

beforeAll(async () => {
  outcomes = await messyByNavette(work.on(TODAY));
});

test.each(MESSY_CASES.map((one, index) => ({ ...one, index })))('$file', ({ index }) => {
  const [one, outcome] = [MESSY_CASES[index]!, outcomes[index]!];
  expect(outcome.wrong).toEqual([]);
  expect(page, 'run npm run compare').toContain(navetteCells(one, outcome));
});
