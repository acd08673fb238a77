/** A database behind a connection that is dead on one side: the question ends in time, and the next one goes another way. */
import { sql } from 'kysely';
import { afterAll, expect, test } from 'vitest';
import { isAboutConnection } from '../../src/jobs/connection-errors.ts';
import { openDatabase } from '../../src/load/database.ts';
import { cloneDatabase } from '../support/database.ts';
import { openProxy } from '../support/tcp-proxy.ts';

test('fault 27: a half-open connection is given up, and the work goes on over a new one', async () => {
  const proxy = await openProxy();
  afterAll(() => proxy.close());
  const url = new URL(await cloneDatabase());
  proxy.target = Number(url.port);
  url.port = String(proxy.port);
  const database = await openDatabase(url.href, () => undefined, 1, 500);
  afterAll(() => database.close());
  const ask = () => sql<{ one: number }>`select 1 as one`.execute(database.db);
  expect((await ask()).rows).toEqual([{ one: 1 }]);
  proxy.silent = true;
  const error = await ask().catch((caught: unknown) => caught);
  expect(isAboutConnection(error)).toBe(true);
  const inSession = database.withSession(({ db }) => sql`select 1`.execute(db)).catch((caught: unknown) => caught);
  proxy.silent = false;
  await inSession;
  expect((await ask()).rows).toEqual([{ one: 1 }]);
});
