/** Kept bytes that are gone from the store while their file still stands in the inbox: it is fetched once more. */
import { rm } from 'node:fs/promises';
import { sql } from 'kysely';
import { expect, test } from 'vitest';
import { importKept } from '../../../src/jobs/import/import-kept.ts';
import { keptPath } from '../../../src/jobs/intake/keep-file.ts';
import { newLooks } from '../../../src/jobs/intake/looks.ts';
import { pullDrop } from '../../../src/jobs/intake/pull-drop.ts';
import { openDropHome } from '../../support/drop-home.ts';

test('a power cut takes the kept file and not the ledger: it is fetched again and applied', async () => {
  const home = await openDropHome();
  await home.send('people.csv', home.people(0, 3));
  let id = 0;
  const enqueue = async (_: unknown, fetched: number) => {
    id = fetched;
  };
  await pullDrop(home.context(), home.drop, { looks: newLooks(), pause: null, enqueue, most: 10 });
  const kept = await sql<{ sha256: string }>`select sha256 from drop_file where id = ${id}`.execute(home.db);
  await rm(keptPath(home.context().config.storage, kept.rows[0]?.sha256 ?? ''));
  await expect(importKept(home.context(), id)).rejects.toMatchObject({ reason: 'store_failed' });
  expect(await home.ledger()).toMatchObject([{ status: 'waiting' }]);
  expect(home.events('file.bytes_lost')).toMatchObject([{ fileId: id }]);
  await home.due();
  expect((await home.visit()).files).toMatchObject([{ result: { status: 'applied', counts: { created: 3 } } }]);
  expect(await home.ledger()).toMatchObject([{ status: 'archived' }]);
});
