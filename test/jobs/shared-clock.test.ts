/** The clock of a worker beside the one of the database. */

import { expect, test } from 'vitest';
import { now } from '../../src/clock.ts';
import { warnSkew } from '../../src/jobs/shared-clock.ts';
import { openDropHome } from '../support/drop-home.ts';

test('fault 21: a clock that differs from the database’s is told; due times are the database’s own', async () => {
  const home = await openDropHome();
  await warnSkew({ ...home.context(), now: now() });
  expect(home.events('clock.skew')).toEqual([]);
  await warnSkew({ ...home.context(), now: now() - 60_000 });
  expect(home.events('clock.skew')).toMatchObject([{ level: 'warn', milliseconds: expect.any(Number) }]);
});
