import fc from 'fast-check';
import { test } from 'vitest';
import { openBookDesk } from '../../support/book-desk.ts';
import { aLife, live } from '../../support/book-life.ts';
import { fuzzRuns, fuzzTimeout } from '../../support/fuzz-runs.ts';

/** As many databases: most of the time of a life is spent waiting for one. */
const DESKS = 3;
const lives = fuzzRuns(100);
const desks = await Promise.all(Array.from({ length: DESKS }, () => openBookDesk(7_200_000)));

test(
  'whatever payroll, secretariats and operations do over some months, the books are those of the rules',
  async () => {
    await Promise.all(
      desks.map(async (desk) => {
        let people = 200_000;
        await fc.assert(
          fc.asyncProperty(aLife, async (life) => {
            people += 10;
            await live(desk, people, life);
          }),
          { numRuns: Math.ceil(lives / DESKS), endOnFailure: process.env['SHRINK'] === undefined },
        );
      }),
    );
  },
  fuzzTimeout(10_000, lives),
);
