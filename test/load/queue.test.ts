/** The queue of imports in a real database: its schema, jobs that are carried once, given back, or put off. */
import { type AddressInfo, createServer } from 'node:net';
import { sql } from 'kysely';
import { expect, test } from 'vitest';
import { ConfigError } from '../../src/errors.ts';
import { isAboutConnection } from '../../src/jobs/connection-errors.ts';
import { openDatabase } from '../../src/load/database.ts';
import { countJobs, isQueueReady, migrateQueue, openQueue, type Worked } from '../../src/load/queue.ts';
import { cloneDatabase } from '../support/database.ts';

const nobodyListens = (): void => undefined;

test('without its schema it is refused and nothing waits; the schema may be made twice', async () => {
  const url = await cloneDatabase();
  const database = await openDatabase(url, nobodyListens);
  try {
    expect(await countJobs(database.db)).toEqual({ waiting: 0, active: 0 });
    await expect(openQueue(url, nobodyListens)).rejects.toThrow(ConfigError);
    await migrateQueue(url);
    await sql`delete from pgboss.queue`.execute(database.db);
    // Killed between the schema and the queue in it.
    await expect(openQueue(url, nobodyListens)).rejects.toThrow(ConfigError);
    await migrateQueue(url);
    await migrateQueue(url);
    const queue = await openQueue(url, nobodyListens);
    expect(await countJobs(database.db)).toEqual({ waiting: 0, active: 0 });
    await queue.stop(1000);
  } finally {
    await database.close();
  }
});

test('whether a worker could begin is found without a word in the database', async () => {
  const url = await cloneDatabase();
  const database = await openDatabase(url, nobodyListens);
  try {
    expect(await isQueueReady(url)).toBe(false);
    await migrateQueue(url);
    await sql`delete from pgboss.instance`.execute(database.db);
    expect(await isQueueReady(url)).toBe(true);
    expect((await sql`select from pgboss.instance`.execute(database.db)).rows).toEqual([]);
    await sql`update pgboss.version set version = version - 1`.execute(database.db);
    expect(await isQueueReady(url)).toBe(false);
    await sql`update pgboss.version set version = version + 1`.execute(database.db);
    await sql`delete from pgboss.queue`.execute(database.db);
    expect(await isQueueReady(url)).toBe(false);
  } finally {
    await database.close();
  }
});

test('a database that is away is told as that, and not as an old schema', async () => {
  const failure = await openQueue('postgres://nobody@127.0.0.1:1/nothing', nobodyListens).catch((error) => error);
  expect(failure).not.toBeInstanceOf(ConfigError);
  expect(failure).toHaveProperty('code', 'ECONNREFUSED');
});

test('a database that hangs up is told as that too', async () => {
  const server = createServer((socket) => socket.destroy());
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  try {
    const { port } = server.address() as AddressInfo;
    const failure = await openQueue(`postgres://nobody@127.0.0.1:${port}/nothing`, nobodyListens).catch(
      (error) => error,
    );
    expect(failure).not.toBeInstanceOf(ConfigError);
    expect(isAboutConnection(failure)).toBe(true);
  } finally {
    server.close();
  }
});

test('a job comes with its transaction, is worked on, and comes again when it is given back', async () => {
  const url = await cloneDatabase();
  await migrateQueue(url);
  const database = await openDatabase(url, nobodyListens);
  const queue = await openQueue(url, nobodyListens);
  try {
    await queue.enqueue(database.db, 1);
    await queue.enqueue(database.db, 2, '2999-01-01T00:00:00Z');
    const undone = database.db.transaction().execute(async (db) => {
      await queue.enqueue(db, 3);
      throw new Error('rolled back');
    });
    await expect(undone).rejects.toThrow('rolled back');
    expect(await countJobs(database.db)).toEqual({ waiting: 2, active: 0 });
    const taken: number[] = [];
    const twice = Promise.withResolvers<void>();
    await queue.work(async (fileId): Promise<Worked> => {
      taken.push(fileId);
      if (taken.length === 1) return 'again';
      twice.resolve();
      return 'done';
    });
    await twice.promise;
    expect(taken).toEqual([1, 1]);
    await queue.stop(5000);
    // The one of a far day is still there.
    expect(await countJobs(database.db)).toEqual({ waiting: 1, active: 0 });
  } finally {
    await database.close();
  }
});
