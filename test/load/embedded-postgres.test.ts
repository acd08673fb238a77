/** The embedded PostgreSQL in a folder of its own: made once, shared while somebody is here, stopped by the last one out. */
import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import pg from 'pg';
import { afterAll, expect, test } from 'vitest';
import { RetryableError } from '../../src/errors.ts';
import { openEmbeddedPostgres } from '../../src/load/embedded-postgres.ts';

const folder = await mkdtemp(join(tmpdir(), 'navette-embedded-'));
afterAll(() => rm(folder, { recursive: true, force: true }));

async function ask(url: string, statement: string): Promise<unknown> {
  const client = new pg.Client({ connectionString: url });
  await client.connect();
  try {
    return Object.values((await client.query(statement)).rows[0] ?? {})[0];
  } finally {
    await client.end();
  }
}

test('two commands share one server; what one wrote is there the next time', { timeout: 120_000 }, async () => {
  // Left by a process that is no more.
  await writeFile(join(folder, 'postgres.lock'), '999999999');
  const first = await openEmbeddedPostgres(folder, ['fsync=off']);
  expect(first.started).toBe(true);
  const second = await openEmbeddedPostgres(folder);
  expect([second.started, second.url]).toEqual([false, first.url]);
  await ask(first.url, 'create table kept as select 7 as n');
  expect(await first.release()).toBe(false);
  expect(await ask(second.url, 'select n from kept')).toBe(7);
  expect(await second.release()).toBe(true);
  await expect(ask(second.url, 'select 1')).rejects.toThrow();
  const again = await openEmbeddedPostgres(folder);
  expect(again.started).toBe(true);
  expect(await ask(again.url, 'select n from kept')).toBe(7);
  expect(await again.release()).toBe(true);
});

test('a server that does not start is tried again later, and its log is named', { timeout: 60_000 }, async () => {
  const refused = await openEmbeddedPostgres(folder, ['shared_buffers=nonsense']).catch((error: unknown) => error);
  expect(refused).toBeInstanceOf(RetryableError);
  expect(String(refused)).toContain(join(folder, 'postgres', 'server.log'));
  expect(await readFile(join(folder, 'postgres', 'server.log'), 'utf8')).toContain('shared_buffers');
});

test('two commands at the same moment start one server', { timeout: 120_000 }, async () => {
  const home = join(folder, 'at-once');
  const [one, two] = await Promise.all([openEmbeddedPostgres(home), openEmbeddedPostgres(home)]);
  expect([one.started, two.started].sort()).toEqual([false, true]);
  expect(two.url).toBe(one.url);
  await one.release();
  await two.release();
});

test('a server that was killed is started again, also when its number is that of another process now', {
  timeout: 120_000,
}, async () => {
  const home = join(folder, 'killed');
  const first = await openEmbeddedPostgres(home, ['fsync=off']);
  const pidFile = join(home, 'postgres', 'postmaster.pid');
  const left = await readFile(pidFile, 'utf8');
  expect(await first.release()).toBe(true);
  for (const text of [left, left.replace(/^\d+/, String(process.pid))]) {
    // As a server leaves it that had no time to remove it.
    await writeFile(pidFile, text);
    const again = await openEmbeddedPostgres(home, ['fsync=off']);
    expect(again.started).toBe(true);
    expect(await again.release()).toBe(true);
  }
});

test('what a loss of power or a reused number leaves holds nobody for ever', { timeout: 120_000 }, async () => {
  const home = join(folder, 'left');
  const first = await openEmbeddedPostgres(home, ['fsync=off']);
  const pidFile = join(home, 'postgres', 'postmaster.pid');
  const ready = await readFile(pidFile, 'utf8');
  expect(await first.release()).toBe(true);
  // A lock of a process that had our number before us, and a server that had it while it started.
  await writeFile(join(home, 'postgres.lock'), `${process.pid} 1`);
  await writeFile(pidFile, ready.replace(/^\d+/, String(process.pid)).replace('ready', 'starting'));
  const again = await openEmbeddedPostgres(home, ['fsync=off']);
  expect(again.started).toBe(true);
  // The server itself, which says for too long that it is stopping.
  const running = await readFile(pidFile, 'utf8');
  await writeFile(pidFile, running.replace('ready', 'stopping'));
  const short = { lockMilliseconds: 10_000, serverMilliseconds: 200 };
  const refused = await openEmbeddedPostgres(home, [], short).catch((error: unknown) => error);
  expect(refused).toMatchObject({ reason: 'embedded_postgres', message: expect.stringContaining(`remove ${pidFile}`) });
  await writeFile(pidFile, running);
  expect(await again.release()).toBe(true);
});
