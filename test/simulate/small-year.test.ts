/** A small country lives a month twice: every promise is kept, and one seed gives one set of books, whatever was killed when. */
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { inventCountry } from './country.ts';
import { liveYear } from './live-year.ts';
import { proveYear } from './prove-year.ts';
import { tellYear } from './tell-year.ts';

const SMALL = { months: 1, employers: 6, secretariats: 6, kills: 1, seed: 3 };

async function live(): Promise<{ broken: readonly string[]; books: readonly string[] }> {
  const home = await mkdtemp(join(tmpdir(), 'navette-simulate-'));
  try {
    const year = await liveYear(home, inventCountry(SMALL), () => undefined);
    try {
      const proofs = await proveYear(year);
      return { broken: proofs.flatMap(({ broken }) => broken), books: tellYear(year, proofs) };
    } finally {
      await year.close();
    }
  } finally {
    await rm(home, { recursive: true, force: true });
  }
}

test('two lives of one seed keep every promise and have the same books', { timeout: 300_000 }, async () => {
  const first = await live();
  expect(first.broken).toEqual([]);
  expect((await live()).books).toEqual(first.books);
});
