/** Two workers share a drop, one of them is killed, and everything is done once. */
import { sql } from 'kysely';
import { expect, test } from 'vitest';
import { cloneDatabase } from '../../support/database.ts';
import { openWorkerHome, until } from '../../support/worker-home.ts';

const FILES = Number(process.env['WORKER_FILES'] ?? (process.env['LONG'] === '1' ? 2_000 : 60));

/** What the promise allows between the loss of a worker and the moment when another one has what it had in hand. */
const TAKEN_OVER_MILLISECONDS = 60_000;

// Made before the test: hooks that clean up belong to the file.
const home = await openWorkerHome({ url: await cloneDatabase() });

test('fault 19: two workers and many files, one worker killed half way: each file is applied once, all are archived, no job is left', async () => {
  for (let sequence = 1; sequence <= FILES; sequence += 1) await home.grantOne(sequence);
  const workers = [home.start(), home.start()];
  await until(home.granted, (granted) => granted >= FILES / 3);
  workers[0]?.child.kill('SIGKILL');
  const killedAt = Date.now();
  await workers[0]?.ended;
  const owned = `%:${workers[0]?.child.pid}:%`;
  const inHand = await sql<{ id: number; fence: number }>`
    select id, fence from drop_file where status = 'fetched' and claimed_by like ${owned}`.execute(home.db);
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
  // What the server still did of what the killed one had asked for was nobody's to take over.
  const left = await sql<{ id: number }>`
    select f.id from drop_file f join unnest(${inHand.rows.map(({ id }) => id)}::bigint[], ${inHand.rows.map(({ fence }) => fence)}::int[])
      as was (id, fence) on was.id = f.id and f.fence > was.fence`.execute(home.db);
  const survivor = workers[1]?.lines() ?? [];
  const takenOver = survivor.filter(({ event }) => event.endsWith('.taken_over'));
  expect(takenOver.map((line) => line['fileId'])).toEqual(expect.arrayContaining(left.rows.map(({ id }) => id)));
  const waited = takenOver.map((line) => Date.parse(String(line['time'])) - killedAt);
  if (FILES > 1000)
    console.log(`taken over: ${takenOver.map(({ event }) => event).join(', ')} after ${waited.join(', ')} ms`);
  expect(Math.max(0, ...waited)).toBeLessThan(TAKEN_OVER_MILLISECONDS);
  workers[1]?.child.kill('SIGTERM');
  expect(await workers[1]?.ended).toBe(0);
}, 900_000);
