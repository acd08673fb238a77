/** The drills of docs/restore.md: a database that is lost comes back from its dump, the worker goes on, and nothing is done twice. */
import { execFileSync } from 'node:child_process';
import { mkdtemp, rename, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { sql } from 'kysely';
import pg from 'pg';
import { afterAll, expect, test } from 'vitest';
import { openDatabase } from '../../src/load/database.ts';
import { migrateSchema } from '../../src/load/migrate.ts';
import { runNavette } from '../support/command.ts';
import { debianPostgresMissing, startDebianPostgres } from '../support/debian-postgres.ts';
import { openWorkerHome, until, type WorkerChild } from '../support/worker-home.ts';

const BEFORE = 6;
const AFTER = 4;

const missing = await debianPostgresMissing();

if (missing !== null) {
  test('a dump and its restore', () => {
    if (process.env['CI']) throw new Error(missing);
    console.log(missing);
  });
} else {
  const server = await startDebianPostgres();
  afterAll(() => server.stop());
  await admin(server.url('postgres'), 'create database navette');
  const url = server.url('navette');
  const first = await openDatabase(url, () => undefined);
  await migrateSchema(first.db);
  await first.close();
  const home = await openWorkerHome({ url });

  test('dump, work on, drop, restore, put back what came since: the worker goes on, and nothing is there twice', async () => {
    await sql`update standing_order set worked = 'this-month', day_of_month = 1`.execute(home.db);
    for (let sequence = 1; sequence <= BEFORE; sequence += 1) await home.grantOne(sequence);
    const worker = home.start();
    await until(home.statuses, ({ archived = 0 }) => archived === BEFORE);
    expect((await runNavette(home.environment, 'run', 'orders')).code).toBe(0);
    expect(await countOrders(url)).toBe(1);
    const dump = join(server.folder, 'navette.dump');
    await server.program('pg_dump', '--format=custom', '--file', dump, url);

    // What comes after the dump is done, and then lost with the database.
    for (let sequence = BEFORE + 1; sequence <= BEFORE + AFTER; sequence += 1) await home.grantOne(sequence);
    await until(home.statuses, ({ archived = 0 }) => archived === BEFORE + AFTER);
    const archived = await home.names('archive');
    await stopWorker(worker);
    await admin(server.url('postgres'), 'drop database navette with (force)');
    await admin(server.url('postgres'), 'create database navette');
    await server.program('pg_restore', '--exit-on-error', '--dbname', url, dump);
    expect(await home.granted()).toBe(BEFORE);

    // Everything that was archived goes back to the inbox: what the dump knows is a duplicate, what it does not know is applied.
    for (const name of archived) {
      await rename(join(home.home, 'drop/archive', name), join(home.home, 'drop/in', sentName(name)));
    }
    const second = home.start();
    await until(home.statuses, ({ archived: done = 0, duplicate = 0 }) => done + duplicate === 2 * BEFORE + AFTER, 60);
    expect(await home.statuses()).toEqual({ archived: BEFORE + AFTER, duplicate: BEFORE });
    expect(await home.granted()).toBe(BEFORE + AFTER);
    expect((await runNavette(home.environment, 'run', 'orders')).code).toBe(0);
    expect(await countOrders(url)).toBe(1);
    await stopWorker(second);
    expect(second.lines().filter(({ event }) => event === 'stderr')).toEqual([]);
  }, 180_000);
}

const embedded = await mkdtemp(join(tmpdir(), 'navette-cold-'));
afterAll(() => rm(embedded, { recursive: true, force: true }));

test('the embedded database: a copy of its home while nothing runs is a backup, and goes on from where it was made', async () => {
  const home = join(embedded, 'home');
  const files = async () => JSON.parse((await runNavette({ NAVETTE_HOME: home }, 'files', '--json')).out) as Status[];
  const employers = join(import.meta.dirname, '../../fixtures/employers/input.jsonl');
  const words = ['--layout', 'employers', '--secretariat', 'issuer'];
  expect((await runNavette({ NAVETTE_HOME: home }, 'migrate')).code).toBe(0);
  await runNavette({ NAVETTE_HOME: home }, 'import', employers, ...words);
  const known = await files();
  expect(known).toHaveLength(1);
  execFileSync('cp', ['-a', home, join(embedded, 'backup')]);
  await rm(home, { recursive: true });
  execFileSync('cp', ['-a', join(embedded, 'backup'), home]);
  expect(await files()).toEqual(known);
  await runNavette({ NAVETTE_HOME: home }, 'import', employers, ...words);
  expect((await files()).map(({ status }) => status).sort()).toEqual(['applied', 'duplicate']);
}, 120_000);

interface Status {
  readonly status: string;
}

/** The name under which a file was sent: the archive puts the moment and the hash before its ending. */
function sentName(archived: string): string {
  return archived.replace(/\.\d{8}T\d{6}Z\.[0-9a-f]{8}(?=\.|$)/, '');
}

async function admin(url: string, statement: string): Promise<void> {
  const client = new pg.Client({ connectionString: url });
  await client.connect();
  await client.query(statement);
  await client.end();
}

async function countOrders(url: string): Promise<number> {
  const database = await openDatabase(url, () => undefined);
  try {
    const found = await sql<{ n: number }>`
      select count(*)::int as n from voucher_order where status <> 'cancelled'`.execute(database.db);
    return found.rows[0]?.n ?? -1;
  } finally {
    await database.close();
  }
}

async function stopWorker(worker: WorkerChild): Promise<void> {
  worker.child.kill('SIGTERM');
  expect(await worker.ended).toBe(0);
}
