/** Sleeping workers: who wakes them, and what ends their sleep. */

import { test } from 'vitest';
import { createBell } from '../../src/jobs/sleep.ts';

test('a sleeper is woken by its name and by the end; a wake before it sleeps is not lost', async () => {
  const ending = new AbortController();
  const bell = createBell(ending.signal);
  bell.wake('a');
  await bell.sleep('a', 3_600_000, true);
  const sleeping = bell.sleep('a', 3_600_000, true);
  bell.wake('b');
  bell.wake('a');
  await sleeping;
  const stubborn = bell.sleep('a', 3_600_000, false);
  bell.wake('a');
  ending.abort();
  await stubborn;
});
