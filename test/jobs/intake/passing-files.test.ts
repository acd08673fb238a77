/** What a killed process left half arrived or readable is removed, and what a living one works on is not. */
import { spawnSync } from 'node:child_process';
import { mkdtemp, readdir, rm, utimes, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { basename, dirname, join } from 'node:path';
import { sql } from 'kysely';
import { afterAll, expect, test } from 'vitest';
import { now } from '../../../src/clock.ts';
import {
  clearOwnPassingFiles,
  clearPassingFiles,
  passingPath,
  sweepPassingFiles,
} from '../../../src/jobs/intake/passing-files.ts';
import { openWorkplace } from '../../support/job-context.ts';

const storage = await mkdtemp(join(tmpdir(), 'navette-passing-'));
afterAll(() => rm(storage, { recursive: true, force: true }));
const UUID = '00000000-0000-4000-8000-000000000000';
const OLD = '00000000-0000-4000-8000-000000000001';
const NOW = Date.parse('2026-12-05T09:00:00Z');

test('files of dead processes go at once, those of other machines after a day', async () => {
  const mine = await passingPath(storage, 'arriving');
  const [host, pid, run] = basename(mine).split('~');
  const dead = spawnSync(process.execPath, ['--version']).pid;
  const others = [
    `${host}~${dead}~${run}~${UUID}.part`,
    // The same number in an earlier life, as in a container that was started again.
    `${host}~${pid}~${UUID}~${UUID}`,
    `.elsewhere~1~${UUID}~${OLD}`,
    `.elsewhere~1~${UUID}~${UUID}`,
  ].map((name) => join(storage, 'arriving', name));
  await writeFile(join(storage, 'arriving', 'not-ours'), 'x');
  for (const path of [mine, ...others]) await writeFile(path, 'x');
  for (const path of [mine, ...others]) await utimes(path, NOW / 1000, NOW / 1000);
  const yesterday = NOW / 1000 - 25 * 3600;
  await utimes(others[2] ?? '', yesterday, yesterday);
  await clearPassingFiles(storage, NOW);
  expect((await readdir(join(storage, 'arriving'))).sort()).toEqual(
    ['not-ours', basename(mine), `.elsewhere~1~${UUID}~${UUID}`].sort(),
  );
});

test('those of a worker of another machine that was lost go at the next sweep, those of one that lives or may live stay', async () => {
  const place = await openWorkplace();
  const context = place.on('2026-12-05');
  const arriving = await passingPath(context.config.storage, 'plain').then(dirname);
  const name = (process: string) => `.${process.replace(':', '~')}~${UUID}~${UUID}`;
  for (const process of ['lost:1', 'alive:1', 'back:1', 'command:7'])
    await writeFile(join(arriving, name(process)), 'x');
  await sql`
    insert into worker (id, host, started_at, seen_at)
    select process || ':' || life, split_part(process, ':', 1), now(), now() - missed * interval '1 second'
      from (values ('lost:1', 'a', 60), ('alive:1', 'a', 10), ('back:1', 'a', 60), ('back:1', 'b', 5)) as w (process, life, missed)`.execute(
    context.database.db,
  );
  await sweepPassingFiles(context, now());
  expect((await readdir(arriving)).sort()).toEqual(['alive:1', 'back:1', 'command:7'].map(name));
});

test('a store that is not there yet holds nothing to remove', async () => {
  await expect(clearPassingFiles(join(storage, 'none'), NOW)).resolves.toBeUndefined();
});

test('a process that ends takes along what it has there, and nothing of others', async () => {
  const store = join(storage, 'ending');
  const mine = await Promise.all([passingPath(store, 'arriving'), passingPath(store, 'plain')]);
  const others = ['.elsewhere~1~', '.part-of-nobody~'].map((start) =>
    join(store, 'arriving', `${start}${UUID}~${OLD}`),
  );
  for (const path of [...mine, ...others]) await writeFile(path, 'x');
  await clearOwnPassingFiles(store);
  expect((await readdir(join(store, 'arriving'))).sort()).toEqual(others.map((path) => basename(path)).sort());
  expect(await readdir(join(store, 'plain'))).toEqual([]);
});
