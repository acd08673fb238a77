/** Two workers share a drop, one of them is killed, and everything is done once. */
import { expect, test } from 'vitest';
import { cloneDatabase } from '../../support/database.ts';
import { openWorkerHome, until } from '../../support/worker-home.ts';

const FILES = Number(process.env['WORKER_FILES'] ?? (process.env['LONG'] === '1' ? 2_000 : 60));

test('fault 19: two workers and many files, one worker killed half way: each file is applied once, all are archived, no job is left', async () => {
  const home = await openWorkerHome({ url: await cloneDatabase() });
  for (let sequence = 1; sequence <= FILES; sequence += 1) await home.grantOne(sequence);
  const workers = [home.start(), home.start()];
  await until(home.granted, (granted) => granted >= FILES / 3);
  workers[0]?.child.kill('SIGKILL');
  await until(home.statuses, ({ archived = 0 }) => archived === FILES, 120 + FILES / 10);
  expect(await home.granted()).toBe(FILES);
  expect(await home.statuses()).toEqual({ archived: FILES });
  expect(await home.names('in')).toEqual([]);
  expect(await home.names('archive')).toHaveLength(FILES);
  await until(home.jobsLeft, (jobs) => jobs === 0, 60);
  await until(
    () => home.names('out'),
    (names) => names.length === FILES,
    30,
  );
  workers[1]?.child.kill('SIGTERM');
  expect(await workers[1]?.ended).toBe(0);
}, 900_000);
