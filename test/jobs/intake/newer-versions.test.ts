/** A newer version that comes while the one before it is moved out: nothing of it is taken away, and it is read. */
import { createHash } from 'node:crypto';
import { readdir, stat, utimes } from 'node:fs/promises';
import { join } from 'node:path';
import { sql } from 'kysely';
import { expect, test } from 'vitest';
import { openDrop } from '../../../src/ingest/drops/drop.ts';
import { importKept } from '../../../src/jobs/import/import-kept.ts';
import { archiveFiles } from '../../../src/jobs/intake/archive-files.ts';
import { newLooks } from '../../../src/jobs/intake/looks.ts';
import { pullDrop } from '../../../src/jobs/intake/pull-drop.ts';
import { createReturns } from '../../../src/jobs/intake/returns.ts';
import { listToArchive } from '../../../src/load/files/arrivals.ts';
import { openDropHome } from '../../support/drop-home.ts';
import { folderPlace } from '../../support/drop-places.ts';
import { sftpPlace } from '../../support/sftp-server.ts';

type Home = Awaited<ReturnType<typeof openDropHome>>;

const PLACES = [
  ['a folder', folderPlace],
  ['a server', () => sftpPlace()],
] as const;
const sha256 = (bytes: string): string => createHash('sha256').update(bytes).digest('hex');

/** Fetches and applies what is there; it stays in the inbox. Answers what the archive then knows of the inbox. */
async function applyInPlace(home: Home) {
  const ids: number[] = [];
  const enqueue = async (_: unknown, id: number) => void ids.push(id);
  await pullDrop(home.context(), home.drop, { looks: newLooks(), pause: null, enqueue, most: 10 });
  for (const id of ids) await importKept(home.context(), id);
  const opened = await openDrop(home.place.drop);
  const returns = createReturns(home.drop, async () => opened);
  returns.listing = new Map((await opened.list()).map((file) => [file.name, file]));
  const archive = async () => {
    await archiveFiles(home.context(), returns, opened, await listToArchive(home.db, home.drop.id, 50, []));
    await opened.close();
  };
  return { archive };
}

test.each(PLACES)('in %s: its marker and its sidecar stay with it', async (_, place) => {
  const home = await openDropHome(place, { settled: 'marker' });
  await home.send('people.csv', home.people(0, 2));
  await home.send('GO.people.csv', '');
  await home.send('people.csv.count', '2');
  const { archive } = await applyInPlace(home);
  await home.send('people.csv', home.people(0, 3));
  await home.send('people.csv.count', '3');
  await archive();
  expect((await readdir(join(home.place.root, 'in'))).sort()).toEqual([
    'GO.people.csv',
    'people.csv',
    'people.csv.count',
  ]);
  expect((await home.visit()).files).toMatchObject([{ result: { status: 'applied', counts: { created: 1 } } }]);
  expect(await readdir(join(home.place.root, 'in'))).toEqual([]);
});

test.each(PLACES)('in %s: a sidecar that is there before its version stays', async (_, place) => {
  const home = await openDropHome(place);
  const [older, newer] = [home.people(0, 2), home.people(0, 3)];
  await home.send('people.csv.sha256', sha256(older));
  await home.send('people.csv', older);
  const { archive } = await applyInPlace(home);
  await home.send('people.csv.sha256', `${sha256(newer)} people.csv`);
  await archive();
  expect(await readdir(join(home.place.root, 'in'))).toEqual(['people.csv.sha256']);
  await home.send('people.csv', newer);
  expect((await home.visit()).files).toMatchObject([{ result: { status: 'applied', counts: { created: 1 } } }]);
});

test.each(PLACES)('fault 6: in %s: of the same size and the same second, it is left and read', async (_, place) => {
  const home = await openDropHome(place);
  const [older, newer] = ['Maes', 'Bens'].map((lastName) => home.people(0, 2, { lastName }));
  const path = await home.send('people.csv', older ?? '');
  const { atime, mtime } = await stat(path);
  const { archive } = await applyInPlace(home);
  await home.send('people.csv', newer ?? '');
  await utimes(path, atime, mtime);
  await archive();
  expect(home.events('file.replaced')).toHaveLength(1);
  expect(await readdir(join(home.place.root, 'archive'))).toEqual([]);
  expect((await home.visit()).files).toMatchObject([{ result: { status: 'applied', counts: { updated: 2 } } }]);
});

test('fault 6: in a drop that is only read, whatever the clock of its server says: until its second is over, and no longer', async () => {
  const home = await openDropHome(folderPlace, { archive: 'none' });
  const [older, newer] = ['Maes', 'Bens'].map((lastName) => home.people(0, 2, { lastName }));
  const path = await home.send('people.csv', older ?? '');
  const behind = Date.parse('2026-12-01T09:00:00Z') / 1000;
  await utimes(path, behind, behind);
  await home.visit();
  await home.send('people.csv', newer ?? '');
  await utimes(path, behind, behind);
  expect((await home.visit()).files).toMatchObject([{ result: { status: 'applied', counts: { updated: 2 } } }]);
  const passed = async () => {
    const found = await sql<{ passed: boolean }>`
      select second_passed as passed from drop_file where drop_id = 'drop' order by id desc limit 1`.execute(home.db);
    return found.rows[0]?.passed;
  };
  await home.visit();
  expect(await passed()).toBe(false);
  await sql`update drop_file set seen_at = seen_at - interval '3 seconds'`.execute(home.db);
  await home.visit();
  expect(await passed()).toBe(true);
  expect(await home.ledger()).toHaveLength(2);
});
