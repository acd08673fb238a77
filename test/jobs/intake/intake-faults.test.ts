/** What goes wrong with files that come in, really caused: what is applied, what is left for later, and what the ledger says. */
import { createHash } from 'node:crypto';
import { appendFile, mkdir, readdir, rename, rm, stat, utimes, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { sql } from 'kysely';
import { describe, expect, test } from 'vitest';
import { newLooks } from '../../../src/jobs/intake/looks.ts';
import { pullDrop } from '../../../src/jobs/intake/pull-drop.ts';
import { openDropHome } from '../../support/drop-home.ts';
import { folderPlace } from '../../support/drop-places.ts';
import { type FaultyPlace, sftpPlace } from '../../support/sftp-server.ts';

const sha256 = (bytes: string): string => createHash('sha256').update(bytes).digest('hex');

describe('what a sender says of a file', () => {
  test('fault 1: a partial upload whose writer pauses is not applied, and is when it is whole', async () => {
    const home = await openDropHome();
    const whole = home.people(0, 6);
    await home.send('people.csv.sha256', `${sha256(whole)}  people.csv\n`);
    const path = await home.send('people.csv', whole.slice(0, -300));
    expect((await home.visit()).files).toEqual([]);
    expect(await home.ledger()).toMatchObject([{ status: 'waiting' }]);
    expect(home.events('file.incomplete')).toMatchObject([{ level: 'warn', reason: 'sidecar' }]);
    await appendFile(path, whole.slice(-300));
    const { files } = await home.visit();
    expect(files).toMatchObject([{ result: { status: 'applied', counts: { created: 6 } } }]);
    expect(await readdir(join(home.place.root, 'in'))).toEqual([]);
  });

  test('listings that agree within the pause of a writer settle nothing, however many there are', async () => {
    const home = await openDropHome(folderPlace, { settled: 'stable' });
    const whole = home.people(0, 6);
    const path = await home.send('people.csv', whole.slice(0, -100));
    for (const seconds of [0, 0, 1, 1, 0.9]) {
      home.pass(seconds);
      expect((await home.visit()).more).toBe('soon');
    }
    await appendFile(path, whole.slice(-100));
    // Unchanged from now on, and not from the first listing.
    for (const seconds of [0.1, 2.9]) {
      home.pass(seconds);
      expect((await home.visit()).files).toEqual([]);
    }
    home.pass(0.1);
    expect((await home.visit()).files).toMatchObject([{ result: { status: 'applied', counts: { created: 6 } } }]);
  });

  test('a drop may ask for longer until its files are taken', async () => {
    const home = await openDropHome(folderPlace, { settled: 'stable', stableSeconds: 60 });
    await home.send('people.csv', home.people(0, 1));
    for (const seconds of [0, 59.9]) {
      home.pass(seconds);
      expect((await home.visit()).files).toEqual([]);
    }
    home.pass(0.1);
    expect((await home.visit()).files).toHaveLength(1);
  });

  test.each([
    ['marker', 'people.csv', 'marker'],
    ['stable', 'people.csv', 'changing'],
    ['rename', 'people.csv.part', 'temporary'],
  ] as const)(
    'under %s a file that is never finished is told once, by whoever sees it for an hour',
    async (settled, name, reason) => {
      const home = await openDropHome(folderPlace, { settled });
      const path = join(home.place.root, 'in', name);
      await writeFile(path, home.people(0, 1));
      await writeFile(join(home.place.root, 'in', '.keep'), '');
      const look = async (seconds: number) => {
        home.pass(seconds);
        if (settled === 'stable') await appendFile(path, '\n');
        await home.visit();
      };
      for (const seconds of [0, 3599]) await look(seconds);
      expect(home.events('file.unfinished')).toEqual([]);
      for (const seconds of [1, 1, 7200]) await look(seconds);
      expect(home.events('file.unfinished')).toMatchObject([{ level: 'warn', drop: 'drop', file: name, reason }]);
      expect(await home.ledger()).toEqual([]);
    },
  );

  test('fault 2: what stays partial is rejected in the end, and others go on', async () => {
    const home = await openDropHome();
    await home.send('partial.csv', home.people(0, 6).slice(0, -300));
    await home.send('partial.csv.count', '6\n');
    await home.send('good.csv', home.people(10, 2));
    await home.visit();
    expect(await home.active()).toBe(2);
    await home.due();
    await home.visit('2026-12-03');
    const partial = (await home.ledger()).find(({ name }) => name === 'partial.csv');
    expect(partial).toMatchObject({ status: 'rejected', codes: ['file.truncated'] });
    expect(await readdir(join(home.place.root, 'error'))).toHaveLength(1);
    expect(await readdir(join(home.place.root, 'in'))).toEqual([]);
    expect(await home.active()).toBe(2);
  });

  test('a count of rows that is wrong keeps the file waiting; a right one proves a full file', async () => {
    const home = await openDropHome(folderPlace, { settled: 'stable', scope: 'full' });
    const twice = async () => {
      await home.visit();
      home.pass(3);
      await home.visit();
    };
    await home.send('people.csv', home.people(0, 10));
    await twice();
    const nine = home.people(0, 9);
    await home.send('people-2.csv', nine);
    await home.send('people-2.csv.count', '10');
    await twice();
    expect((await home.ledger()).map(({ status }) => status)).toEqual(['archived', 'waiting']);
    await home.due();
    await home.send('people-2.csv.count', '9');
    await twice();
    expect((await home.ledger()).map(({ status }) => status)).toEqual(['archived', 'archived']);
    expect(await home.active()).toBe(9);
  });
});

describe('the same again', () => {
  test.each([
    ['fault 3: a file that comes twice', 'people.csv'],
    ['fault 4: the same bytes under another name', 'others.csv'],
  ])('%s: a duplicate, that changes nothing and is archived', async (_, again) => {
    const home = await openDropHome();
    for (const [index, name] of ['people.csv', again].entries()) {
      await home.send(name, home.people(0, 3));
      await home.visit(`2026-12-0${index + 1}`);
    }
    expect((await home.ledger()).map(({ status }) => status)).toEqual(['archived', 'duplicate']);
    expect(await readdir(join(home.place.root, 'archive'))).toHaveLength(2);
    expect(await home.active()).toBe(3);
  });

  test('a copy that came while another version was late counts as a new delivery once that one is applied', async () => {
    const home = await openDropHome();
    const send = async (name: string, lastName: string, minute: number) => {
      const age = Date.parse(`2026-11-20T10:0${minute}:00Z`) / 1000;
      await utimes(await home.send(name, home.people(0, 3, { lastName })), age, age);
    };
    await send('first.csv', 'Maes', 0);
    await home.visit();
    await send('late.csv', 'Peeters', 1);
    const enqueue = async () => undefined;
    await pullDrop(home.context(), home.drop, { looks: newLooks(), pause: null, enqueue, most: 10 });
    await sql`update drop_file set not_before = now() + interval '1 hour' where name = 'late.csv'`.execute(home.db);
    await send('again.csv', 'Maes', 2);
    await home.visit();
    expect((await home.ledger()).map(({ status }) => status)).toEqual(['archived', 'fetched', 'duplicate']);
    await home.due();
    await home.visit();
    expect((await home.ledger()).map(({ status }) => status)).toEqual(['archived', 'archived', 'archived']);
    const names = await sql`select distinct last_name from beneficiary`.execute(home.db);
    expect(names.rows).toEqual([{ last_name: 'Maes' }]);
  });

  test('fault 5: the same name with new content is a new version', async () => {
    const home = await openDropHome();
    await home.send('people.csv', home.people(0, 3));
    await home.visit();
    await home.send('people.csv', home.people(0, 4));
    expect((await home.visit()).files).toMatchObject([{ result: { status: 'applied', counts: { created: 1 } } }]);
  });

  test('fault 6: another content of the same name, size and second is found in a drop that is only read', async () => {
    const home = await openDropHome(folderPlace, { archive: 'none' });
    const first = home.people(0, 2);
    const second = home.people(2, 2).replace('person2@', 'person8@');
    const age = Date.parse('2026-12-01T10:59:59Z') / 1000;
    const size = Math.max(Buffer.byteLength(first), Buffer.byteLength(second));
    const filled = (text: string) => text + ' '.repeat(size - Buffer.byteLength(text));
    const path = await home.send('people.csv', filled(first));
    await utimes(path, age, age);
    await home.visit();
    expect((await home.visit()).files).toEqual([]);
    expect(await home.ledger()).toHaveLength(1);
    const other = await openDropHome(folderPlace, { archive: 'none' });
    const again = await other.send('people.csv', filled(first));
    await utimes(again, age, age);
    await other.visit();
    await other.send('people.csv', filled(second));
    await utimes(again, age, age);
    await other.visit();
    expect((await other.ledger()).map(({ status }) => status)).toEqual(['applied', 'applied']);
    expect(await other.active()).toBe(4);
    expect((await stat(again)).size).toBe(size);
  });
});

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
    const count = 300;
    for (let index = 0; index < count; index += 1) {
      const path = join(folder, `file-${index}.csv`);
      await writeFile(path, '');
      await utimes(path, 1_780_000_000 - index, 1_780_000_000 - index);
    }
    const visit = { looks: newLooks(), pause: null, enqueue: async () => undefined, most: 5 };
    expect(await pullDrop(home.context(), home.drop, visit)).toMatchObject({ more: 'now' });
    expect((await home.ledger()).map(({ name }) => name)).toEqual(
      [299, 298, 297, 296, 295].map((n) => `file-${n}.csv`),
    );
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
