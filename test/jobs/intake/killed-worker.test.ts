/** A worker that is killed or stopped between two steps, or loses its database: another one finishes, and nothing is done twice. */
import { mkdtemp, rename, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { sql } from 'kysely';
import { afterAll, describe, expect, test } from 'vitest';
import { openDatabase } from '../../../src/load/database.ts';
import { openEmbeddedPostgres } from '../../../src/load/embedded-postgres.ts';
import { migrateSchema } from '../../../src/load/migrate.ts';
import { cloneDatabase } from '../../support/database.ts';
import { closeGate } from '../../support/gate.ts';
import { openProxy } from '../../support/tcp-proxy.ts';
import { openWorkerHome, until } from '../../support/worker-home.ts';

const MINUTES = 180_000;

/** One file is granted, archived, and has no job left. */
async function expectDoneOnce(home: Awaited<ReturnType<typeof openWorkerHome>>, vouchers = 1): Promise<void> {
  await until(home.statuses, ({ archived }) => archived === 1, 120);
  expect(await home.granted()).toBe(vouchers);
  expect(await home.statuses()).toEqual({ archived: 1 });
  expect([await home.names('in'), (await home.names('archive')).length]).toEqual([[], 1]);
  await until(home.jobsLeft, (jobs) => jobs === 0, 60);
}

// Homes are made before the tests: hooks that clean up belong to the file, and the tests run at the same time.
const homes = await Promise.all(Array.from({ length: 6 }, async () => openWorkerHome({ url: await cloneDatabase() })));
const home = (index: number) => {
  const one = homes[index];
  if (one === undefined) throw new Error('no home');
  return one;
};

describe.concurrent('killed', () => {
  test.each([
    [0, 'fault 13: after the fetch and before staging', 'before update of claimed_by on drop_file'],
    [1, 'fault 15: in the apply, nothing is visible', 'before insert on entitlement'],
    [2, 'fault 17: after the move and before it is marked', 'before update of archived_as on drop_file'],
  ])(
    '%i %s: the file is applied once and archived',
    async (index, _, step) => {
      const place = home(index);
      const gate = await closeGate(place.url, step);
      await place.grantOne(1);
      const first = place.start();
      await gate.reached();
      const before = await place.granted();
      first.child.kill('SIGKILL');
      await first.ended;
      await gate.open();
      expect(before).toBe(index === 2 ? 1 : 0);
      place.start();
      await expectDoneOnce(place);
    },
    MINUTES,
  );

  test(
    'fault 14: in staging, the file is staged anew and applied once',
    async () => {
      const place = home(3);
      const lines = 60_000;
      const text = place.grantText(1).split('\n');
      const many = [
        ...text.slice(0, 3),
        ...Array.from({ length: lines }, () => text[3]),
        `999${String(lines + 3).padStart(7, '0')}`,
        '',
      ];
      await place.giveFile('grant.txt', many.join('\n'));
      const first = place.start();
      await until(
        async () =>
          (
            await sql`select from pg_stat_activity where datname = current_database() and query ilike 'copy%'`.execute(
              place.db,
            )
          ).rows.length,
        (copying) => copying > 0,
      );
      first.child.kill('SIGKILL');
      await first.ended;
      place.start();
      await expectDoneOnce(place, lines);
    },
    MINUTES,
  );

  test(
    'fault 16: killed after commit and before the move, the file is not applied again and is archived',
    async () => {
      const place = home(4);
      const archive = join(place.home, 'drop', 'archive');
      await rename(archive, `${archive}-away`);
      await place.grantOne(1);
      const first = place.start();
      await until(place.statuses, ({ applied }) => applied === 1);
      await until(first.lines, (lines) => lines.some(({ event }) => event === 'file.archive_failed'));
      first.child.kill('SIGKILL');
      await first.ended;
      await rename(`${archive}-away`, archive);
      const second = place.start();
      await expectDoneOnce(place);
      expect(second.lines().filter(({ event }) => event === 'file.applied')).toEqual([]);
    },
    MINUTES,
  );

  test(
    'fault 56: told to stop in the middle of a file, it finishes that one, takes no other, and ends with 0',
    async () => {
      const place = home(5);
      const gate = await closeGate(place.url, 'before insert on entitlement');
      await place.grantOne(1);
      const worker = place.start();
      await gate.reached();
      worker.child.kill('SIGTERM');
      await until(worker.lines, (lines) => lines.some(({ event }) => event === 'worker.stopping'));
      await place.grantOne(2);
      await gate.open();
      expect(await worker.ended).toBe(0);
      expect(worker.lines().at(-1)).toMatchObject({ event: 'worker.stopped', status: 'drained' });
      expect(await place.granted()).toBe(1);
      expect(await place.names('in')).toContain('grant-00002.txt');
    },
    MINUTES,
  );
});

test(
  'fault 25: a database that is restarted in the middle of a file, and fault 26: that is away at start: it is waited for; the worker lives',
  async () => {
    const folder = await mkdtemp(join(tmpdir(), 'navette-own-'));
    afterAll(() => rm(folder, { recursive: true, force: true }));
    const proxy = await openProxy();
    afterAll(() => proxy.close());
    let server = await openEmbeddedPostgres(folder);
    const portOf = (url: string) => Number(new URL(url).port);
    const own = new URL(server.url);
    own.port = String(proxy.port);
    proxy.target = portOf(server.url);
    const migrating = await openDatabase(server.url, () => undefined);
    await migrateSchema(migrating.db);
    await migrating.close();
    const place = await openWorkerHome({ url: own.href });
    const gate = await closeGate(own.href, 'before insert on entitlement');
    await place.grantOne(1);

    proxy.target = null;
    const worker = place.start();
    await until(worker.lines, (lines) => lines.some(({ event }) => event === 'database.down'));
    proxy.target = portOf(server.url);
    await gate.reached();
    expect(await server.release()).toBe(true);
    server = await openEmbeddedPostgres(folder);
    afterAll(() => server.release());
    proxy.target = portOf(server.url);
    await gate.open();
    await expectDoneOnce(place);
    expect(worker.child.exitCode).toBeNull();
    expect(worker.lines().filter(({ event }) => event === 'stderr')).toEqual([]);
    const downs = worker.lines().filter(({ event }) => event === 'database.down');
    expect(downs.filter(({ reason }) => reason === undefined)).toEqual([]);
    worker.child.kill('SIGTERM');
    expect(await worker.ended).toBe(0);
  },
  MINUTES,
);
