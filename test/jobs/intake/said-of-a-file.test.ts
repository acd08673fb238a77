/** What a sender says of a file: until it is whole and proven it waits, and what never becomes whole is rejected. */
import { createHash } from 'node:crypto';
import { appendFile, readdir, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { openDropHome } from '../../support/drop-home.ts';
import { folderPlace } from '../../support/drop-places.ts';

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
