/** Long lives of an employer against a model of its books, and the lives that once went wrong. */
import fc from 'fast-check';
import { test } from 'vitest';
import { openBookDesk } from '../../support/book-desk.ts';
import { live } from '../../support/book-life/live.ts';
import { aLife, type Life } from '../../support/book-life/steps.ts';
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

test('a person without a card who moves while a draft waits: the card goes to the cost center of the lines', async () => {
  const [desk] = desks;
  const life: Life = {
    amount: null,
    fixed: 20,
    meal: 'restated',
    late: 'carry',
    confirm: 'never',
    percent: '1.15',
    cards: [false, false, false, false],
    values: [700, 800, 700, 700],
    steps: [
      { does: 'order', what: { product: 'meal', quantity: 1, value: 800 } },
      { does: 'leave', person: 3 },
      { does: 'confirm', which: 0 },
      { does: 'cancel', which: 0 },
      { does: 'order', what: { product: 'eco', quantity: 1, value: 5000 } },
      { does: 'leave', person: 1 },
      { does: 'confirm', which: 0 },
      { does: 'run', days: 5 },
      { does: 'cancel', which: 1 },
      { does: 'run', days: 23 },
      { does: 'move', person: 0 },
      { does: 'confirm', which: 0 },
      { does: 'run', days: 16 },
    ],
  };
  if (desk !== undefined) await live(desk, 190_000, life);
});
