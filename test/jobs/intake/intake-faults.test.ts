/** What goes wrong between a drop and its archive, really caused: what is applied, what is left for later, and what the ledger says. */
import { createHash } from 'node:crypto';
import { utimesSync, writeFileSync } from 'node:fs';
import { appendFile, mkdir, readdir, rename, rm, utimes } from 'node:fs/promises';
import { join } from 'node:path';
import { sql } from 'kysely';
import { describe, expect, test } from 'vitest';
import { newLooks } from '../../../src/jobs/intake/looks.ts';
import { pullDrop } from '../../../src/jobs/intake/pull-drop.ts';
import { openDropHome } from '../../support/drop-home.ts';
import { folderPlace } from '../../support/drop-places.ts';
import { type FaultyPlace, sftpPlace } from '../../support/sftp-server.ts';

const sha256 = (bytes: string): string => createHash('sha256').update(bytes).digest('hex');

describe('on the way from a server', () => {
  const open = async () => {
    const home = await openDropHome(() => sftpPlace());
    return { ...home, faults: (home.place as FaultyPlace).faults };
  };

  test('fault 7: a file that changes while it is read is left, and applied when it stands still', async () => {
    const home = await open();
    const path = await home.send('people.csv', home.people(0, 3));
    home.faults.onFirstRead = () => appendFile(path, home.people(3, 1).split('\r\n').slice(1).join('\r\n'));
    expect((await home.visit()).files).toEqual([]);
    expect(home.events('file.changed_while_reading')).toHaveLength(1);
    expect((await home.visit()).files).toMatchObject([{ result: { counts: { created: 4 } } }]);
  });

  test('fault 8: a file that vanishes before it is fetched is told as gone, and the others come', async () => {
    const home = await open();
    const path = await home.send('a.csv', home.people(0, 1));
    await utimes(path, 1_700_000_000, 1_700_000_000);
    await home.send('b.csv', home.people(1, 1));
    home.faults.onFirstRead = () => rm(path);
    expect((await home.visit()).files.map(({ name }) => name)).toEqual(['b.csv']);
    expect(home.events('file.changed_while_reading')).toMatchObject([{ level: 'info', reason: 'gone' }]);
  });

  test('fault 9: a server that drops loses the visit, leaves nothing half, and is visited anew', async () => {
    const home = await open();
    await home.send('people.csv', home.people(0, 3));
    home.faults.dropAfter = 0;
    await expect(home.visit()).rejects.toMatchObject({ reason: 'drop_down' });
    delete home.faults.dropAfter;
    expect(await readdir(join(home.context().config.storage, 'arriving'))).toEqual([]);
    expect((await home.visit()).files).toMatchObject([{ result: { status: 'applied' } }]);
    expect(await home.ledger()).toHaveLength(1);
  });

  test('fault 11: a read that ends early is never staged', async () => {
    const home = await open();
    await home.send('people.csv', home.people(0, 2000));
    home.faults.endAfter = 100_000;
    expect((await home.visit()).files).toEqual([]);
    expect(home.events('file.changed_while_reading')).toMatchObject([{ reason: 'short_read' }]);
    expect(await home.active()).toBe(0);
  });

  test('fault 12: where a server tells no sizes, only a file that is proven is applied', async () => {
    const home = await open();
    home.faults.reportedSize = 0;
    await home.send('people.csv', home.people(0, 3));
    await home.visit();
    expect(await home.ledger()).toMatchObject([{ status: 'waiting' }]);
    await home.due();
    await home.send('people.csv.sha256', sha256(home.people(0, 3)));
    expect((await home.visit()).files).toMatchObject([{ result: { status: 'applied', counts: { created: 3 } } }]);
  });
});

describe('the archive', () => {
  test('fault 18: an archive that cannot be written is tried again, and the data stays applied', async () => {
    const home = await openDropHome();
    const archive = join(home.place.root, 'archive');
    await rename(archive, `${archive}-away`);
    await home.send('people.csv', home.people(0, 3));
    await home.visit();
    await home.visit();
    expect(home.events('file.archive_failed').length).toBeGreaterThan(1);
    expect(await home.ledger()).toMatchObject([{ status: 'applied', archived: null }]);
    await rename(`${archive}-away`, archive);
    expect((await home.visit()).files).toEqual([]);
    expect(await home.ledger()).toMatchObject([{ status: 'archived' }]);
    expect(await home.active()).toBe(3);
  });

  test('an object that is no longer the one that was applied is left, and is a new file', async () => {
    const home = await openDropHome();
    const archive = join(home.place.root, 'archive');
    await rename(archive, `${archive}-away`);
    await home.send('people.csv', home.people(0, 3));
    await home.visit();
    await home.send('people.csv', home.people(0, 5));
    await rename(`${archive}-away`, archive);
    expect((await home.visit()).files).toMatchObject([{ result: { status: 'applied', counts: { created: 2 } } }]);
    expect(home.events('file.replaced')).toHaveLength(1);
    expect(await readdir(archive)).toHaveLength(1);
  });

  test('markers and sidecars leave with their file', async () => {
    const home = await openDropHome(folderPlace, { settled: 'marker' });
    await home.send('people.csv', home.people(0, 1));
    await home.send('people.csv.count', '1');
    await home.visit();
    expect(await home.ledger()).toEqual([]);
    await home.send('GO.people.csv', '');
    await home.visit();
    expect(await readdir(join(home.place.root, 'in'))).toEqual([]);
    expect(await home.active()).toBe(1);
  });
});

describe('many files', () => {
  test('fault 24: one bad file among good ones stops nobody', async () => {
    const home = await openDropHome();
    await home.send('a.csv', home.people(0, 1));
    await home.send('b.csv', '%PDF-1.7 no table');
    await home.send('c.csv', home.people(1, 1));
    await home.visit();
    const statuses = (await home.ledger()).map(({ name, status }) => [name, status]);
    expect(statuses.sort()).toEqual([
      ['a.csv', 'archived'],
      ['b.csv', 'rejected'],
      ['c.csv', 'archived'],
    ]);
  });

  test('fault 57: a visit takes the oldest, no more than its share, and the next one goes on', async () => {
    const home = await openDropHome();
    const folder = join(home.place.root, 'in');
    const count = 30_000;
    for (let index = 0; index < count; index += 1) {
      const path = join(folder, `file-${index}.csv`);
      writeFileSync(path, '');
      utimesSync(path, 1_780_000_000 - index, 1_780_000_000 - index);
    }
    const visit = { looks: newLooks(), pause: null, enqueue: async () => undefined, most: 5 };
    expect(await pullDrop(home.context(), home.drop, visit)).toMatchObject({ more: 'now' });
    expect((await home.ledger()).map(({ name }) => name)).toEqual([1, 2, 3, 4, 5].map((n) => `file-${count - n}.csv`));
    await pullDrop(home.context(), home.drop, visit);
    expect(await home.ledger()).toHaveLength(10);
  });

  test('a name that cannot be used gets one line in the ledger, and the file stays where it is', async () => {
    const home = await openDropHome();
    await home.send('pay\u202Efdp.csv', home.people(0, 1));
    await home.visit();
    await home.visit();
    expect(await home.ledger()).toMatchObject([{ name: 'pay?fdp.csv', status: 'rejected', codes: ['file.name'] }]);
    expect(await readdir(join(home.place.root, 'in'))).toHaveLength(1);
  });
});

test('fault 53: a drop that is configured anew holds what would deactivate, and nothing else', async () => {
  const home = await openDropHome(folderPlace, { scope: 'full' });
  await home.send('people.csv', home.people(0, 10));
  await home.visit();
  await home.send('more.csv', home.people(0, 11));
  expect((await home.visit('2026-12-02', { hash: 'anew' })).files).toMatchObject([{ result: { status: 'applied' } }]);
  await home.send('fewer.csv', home.people(0, 10));
  expect((await home.visit('2026-12-03', { hash: 'once more' })).files).toMatchObject([{ result: { status: 'held' } }]);
  const held = await sql<{ gates: string[] }>`
    select array(select r ->> 'gate' from jsonb_array_elements(reasons) r) as gates from held_plan`.execute(home.db);
  expect(held.rows).toEqual([{ gates: ['configuration.changed'] }]);
  expect(await home.active()).toBe(11);
});

test('fault 58: an inbox that is not there is down, not empty; back again, its files are found', async () => {
  const home = await openDropHome();
  const inbox = join(home.place.root, 'in');
  await home.send('people.csv', home.people(0, 2));
  await rename(inbox, `${inbox}-unmounted`);
  await expect(home.visit()).rejects.toMatchObject({ reason: 'drop_down' });
  await mkdir(inbox);
  await rm(inbox, { recursive: true });
  await rename(`${inbox}-unmounted`, inbox);
  expect((await home.visit()).files).toMatchObject([{ result: { status: 'applied' } }]);
});
