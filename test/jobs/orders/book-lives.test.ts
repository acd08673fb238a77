import fc from 'fast-check';
import { test } from 'vitest';
import { openBookDesk } from '../../support/book-desk.ts';
import { aLife, live } from '../../support/book-life.ts';
import { fuzzRuns, fuzzTimeout } from '../../support/fuzz-runs.ts';

const lives = fuzzRuns(8);
const desk = await openBookDesk(7_200_000);
let people = 200_000;

test(
  'whatever payroll, secretariats and operations do over some months, the books are those of the rules',
  async () => {
    await fc.assert(
      fc.asyncProperty(aLife, async (life) => {
        people += 10;
        await live(desk, people, life);
      }),
      { numRuns: lives, endOnFailure: process.env['SHRINK'] === undefined },
    );
  },
  fuzzTimeout(10_000, lives),
);
