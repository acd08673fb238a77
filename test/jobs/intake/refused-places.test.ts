/** Our own disk, or one file of a drop, that refuses: told as what it is, with its file, and nobody else is called down. */
import { mkdir, rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { sql } from 'kysely';
import { afterAll, describe, expect, test } from 'vitest';
import { importKept } from '../../../src/jobs/import/import-kept.ts';
import { newLooks } from '../../../src/jobs/intake/looks.ts';
import { pullDrop } from '../../../src/jobs/intake/pull-drop.ts';
import { openDatabase } from '../../../src/load/database.ts';
import { openDropHome } from '../../support/drop-home.ts';
import { closeGate } from '../../support/gate.ts';
import { type FaultyPlace, sftpPlace } from '../../support/sftp-server.ts';
import { mountSmallDisk } from '../../support/small-disk.ts';
import { openProxy } from '../../support/tcp-proxy.ts';

type Home = Awaited<ReturnType<typeof openDropHome>>;

const counts = async ({ db }: Home) => {
  const found = await sql<{ status: string; crashes: number; retries: number }>`
    select status, crashes, retries from drop_file where drop_id = 'drop' order by id`.execute(db);
  return found.rows;
};

/** Visits with another store; answers the ids that were put into the queue. */
async function visitInto(home: Home, storage: string): Promise<number[]> {
  const given = home.context();
  const context = { ...given, config: { ...given.config, storage } };
  const queued: number[] = [];
  const enqueue = async (_: unknown, id: number) => void queued.push(id);
  await pullDrop(context, home.drop, { looks: newLooks(), pause: null, enqueue, most: 100 });
  return queued;
}

const smallDisk = await mountSmallDisk();
if (typeof smallDisk !== 'string') afterAll(() => smallDisk.unmount());

describe('a store', () => {
  test('that cannot be written: the file waits, with its row; after three the visit tries no more', async () => {
    const home = await openDropHome();
    const blocked = join(home.home, 'blocked');
    await writeFile(blocked, '');
    for (let index = 0; index < 5; index += 1) await home.send(`file-${index}.csv`, home.people(index, 1));
    expect(await visitInto(home, join(blocked, 'store'))).toEqual([]);
    expect(home.events('file.postponed')).toMatchObject(
      Array(3).fill({ level: 'warn', reason: 'store_failed', fileId: expect.any(Number) }),
    );
    expect(await counts(home)).toEqual([
      ...Array(3).fill({ status: 'waiting', crashes: 0, retries: 1 }),
      ...Array(2).fill({ status: 'seen', crashes: 0, retries: 0 }),
    ]);
    await home.due();
    await home.visit();
    expect(await home.active()).toBe(5);
  });

  test('fault 22: that is full: the file waits', async () => {
    if (typeof smallDisk === 'string') {
      if (process.env.CI) throw new Error(smallDisk);
      console.log(smallDisk);
      return;
    }
    const home = await openDropHome();
    await home.send('large.csv', Buffer.alloc(200_000, 'x'));
    expect(await visitInto(home, smallDisk.path)).toEqual([]);
    expect(home.events('file.postponed')).toMatchObject([{ level: 'warn', reason: 'disk_full' }]);
  });

  test('that is empty when its files are imported: they are fetched again, and nothing counts against them', async () => {
    const home = await openDropHome();
    await home.send('people.csv', home.people(0, 2));
    const { storage } = home.context().config;
    const [id = 0] = await visitInto(home, storage);
    await rm(storage, { recursive: true });
    await mkdir(storage);
    await expect(importKept(home.context(), id)).rejects.toMatchObject({ reason: 'store_failed' });
    expect(await counts(home)).toEqual([{ status: 'waiting', crashes: 0, retries: 1 }]);
    expect(home.events('file.failed')).toEqual([]);
  });
});

test.each([
  ['people.csv', 'denied'],
  ['people.csv.count', 'sidecar_denied'],
])('a drop that lets nobody read %s: the file waits, is told as %s, and comes when it may', async (name, reason) => {
  const home = await openDropHome(() => sftpPlace());
  const { faults } = home.place as FaultyPlace;
  await home.send('people.csv', home.people(0, 2));
  await home.send('people.csv.count', '2');
  faults.denyName = name;
  await home.visit();
  expect(home.events('file.postponed')).toMatchObject([
    { level: 'warn', file: 'people.csv', reason, fileId: expect.any(Number) },
  ]);
  delete faults.denyName;
  await home.due();
  await home.visit();
  expect(await home.active()).toBe(2);
});

test('fault 25: a database connection that dies in the middle of a transaction counts nothing against the file', async () => {
  const home = await openDropHome();
  await home.send('people.csv', home.people(0, 2));
  const [id = 0] = await visitInto(home, home.context().config.storage);
  const proxy = await openProxy();
  afterAll(() => proxy.close());
  const url = new URL(home.url);
  proxy.target = Number(url.port);
  url.port = String(proxy.port);
  const database = await openDatabase(url.href, () => undefined);
  afterAll(() => database.close());
  const gate = await closeGate(home.url, 'before update of layout_id on drop_file');
  const refused = expect(importKept({ ...home.context(), database }, id)).rejects.toThrow();
  await gate.reached();
  proxy.cut();
  await gate.open();
  await refused;
  expect(await counts(home)).toEqual([{ status: 'fetched', crashes: 0, retries: 1 }]);
  expect(home.events('file.postponed')).toHaveLength(1);
});
