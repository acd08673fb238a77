/** Fault 56 taken to its end: a worker that may not finish what it has in hand gives it back, and nobody counts it as lost. */
import { readdir, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { sql } from 'kysely';
import { expect, test } from 'vitest';
import { importKept } from '../../src/jobs/import/import-kept.ts';
import { passingPath } from '../../src/jobs/intake/passing-files.ts';
import { letGo } from '../../src/jobs/let-go.ts';
import { OWNER } from '../../src/jobs/owner.ts';
import { startWorker } from '../../src/jobs/worker.ts';
import { claimSlot } from '../../src/load/job-slots.ts';
import { migrateQueue, openQueue } from '../../src/load/queue.ts';
import { openDropHome } from '../support/drop-home.ts';
import { closeGate } from '../support/gate.ts';
import { until } from '../support/worker-home.ts';

test('fault 56: a worker that is cut off releases its file, its turns and what it decrypted; the next owner counts no loss', async () => {
  const home = await openDropHome();
  await migrateQueue(home.url);
  const queue = await openQueue(home.url, () => undefined);
  const context = () => {
    const given = home.context();
    return { ...given, config: { ...given.config, navette: { ...given.config.navette, schedule: {} } } };
  };
  const { storage } = context().config;
  await home.send('people.csv', home.people(0, 3));
  const gate = await closeGate(home.url, 'after update of layout_id on drop_file', 'row');
  const worker = await startWorker(context, queue, { drainMilliseconds: 200, letGo: () => letGo(home.url, storage) });
  await gate.reached();
  await writeFile(await passingPath(storage, 'plain'), 'as if it were decrypted');
  await claimSlot(home.db, 'visit', 'another drop', `${OWNER}:99`, 60);
  await claimSlot(home.db, 'visit', 'not ours', 'another worker', 60);

  expect(await worker.stop()).toBe(false);
  expect(home.events('worker.stopped')).toMatchObject([{ status: 'cut off' }]);
  const file = () =>
    sql<{ id: number; status: string; crashes: number; owner: string | null }>`
      select id, status, crashes, claimed_by as owner from drop_file where drop_id = 'drop'`
      .execute(home.db)
      .then(({ rows }) => rows[0]);
  expect(await file()).toMatchObject({ status: 'fetched', crashes: 0, owner: null });
  const claims = await sql`select claimed_by from job_slot where claimed_by is not null`.execute(home.db);
  expect(claims.rows).toEqual([{ claimed_by: 'another worker' }]);
  expect((await sql`select from worker`.execute(home.db)).rows).toEqual([]);
  expect(await readdir(join(storage, 'plain'))).toEqual([]);

  await gate.open();
  const id = (await file())?.id ?? 0;
  const taken = async () => {
    await home.due();
    return importKept(home.context(), id).then(
      ({ status }) => status,
      ({ reason }) => String(reason),
    );
  };
  expect(await until(taken, (word) => !['claimed', 'not_due'].includes(word))).toBe('applied');
  expect(await file()).toMatchObject({ crashes: 0 });
  expect(home.events('file.taken_over')).toEqual([]);
});
