/** Names that can be fetched and not given back: refused when they come, and never in the way of the other files of their drop. */
import { readdir, rename } from 'node:fs/promises';
import { join } from 'node:path';
import { sql } from 'kysely';
import { expect, test } from 'vitest';
import { importKept } from '../../../src/jobs/import/import-kept.ts';
import { newLooks } from '../../../src/jobs/intake/looks.ts';
import { pullDrop } from '../../../src/jobs/intake/pull-drop.ts';
import { openDropHome } from '../../support/drop-home.ts';

const named = (bytes: number) => `${'a'.repeat(bytes - 4)}.csv`;

test.each([
  ['161 bytes', named(161)],
  ['a name that ends in a dot', 'people.'],
])('%s: one line in the ledger, and the others come and go', async (_, name) => {
  const home = await openDropHome();
  await home.send(name, home.people(0, 1));
  await home.send('others.csv', home.people(5, 2));
  await home.visit();
  await home.visit();
  const ledger = await home.ledger();
  expect(ledger.find((file) => file.name === name)).toMatchObject({ status: 'rejected', codes: ['file.name'] });
  expect(ledger.find((file) => file.name === 'others.csv')).toMatchObject({ status: 'archived' });
  expect(ledger).toHaveLength(2);
  expect(await readdir(join(home.place.root, 'in'))).toEqual([name]);
  expect(await readdir(join(home.place.root, 'out'))).toHaveLength(1);
});

test('160 bytes, with a sidecar and a marker: applied, archived, and told with its rejects', async () => {
  const home = await openDropHome(undefined, { settled: 'marker' });
  const name = named(160);
  const people = home.people(0, 6).replace('person1@', 'person1 ');
  await home.send(`${name}.count`, '6');
  await home.send(name, people);
  await home.send(`GO.${name}`, '');
  expect((await home.visit()).files).toMatchObject([{ result: { status: 'applied', counts: { rejected: 1 } } }]);
  expect(await home.ledger()).toMatchObject([{ name, status: 'archived', codes: ['email.invalid'] }]);
  expect(await readdir(join(home.place.root, 'in'))).toEqual([]);
  expect(await readdir(join(home.place.root, 'archive'))).toHaveLength(1);
  expect(await readdir(join(home.place.root, 'out'))).toHaveLength(2);
});

test('what cannot be given back under its name all the same is told once, and the others go back', async () => {
  const home = await openDropHome();
  await home.send('people.csv', home.people(0, 1));
  let id = 0;
  const enqueue = async (_: unknown, fetched: number) => {
    id = fetched;
  };
  const visit = { looks: newLooks(), pause: null, enqueue, most: 10 };
  await pullDrop(home.context(), home.drop, visit);
  const long = named(190);
  await rename(join(home.drop.paths.in, 'people.csv'), join(home.drop.paths.in, long));
  await sql`update drop_file set name = ${long}, path = replace(path, 'people.csv', ${long}) where drop_id = 'drop'`.execute(
    home.db,
  );
  await importKept(home.context(), id);
  await home.send('others.csv', home.people(5, 2));
  await home.visit();
  await home.visit();
  const ledger = await home.ledger();
  expect(ledger.find((file) => file.name === 'others.csv')).toMatchObject({ status: 'archived' });
  expect(await readdir(join(home.place.root, 'in'))).toEqual([long]);
  expect(await readdir(join(home.place.root, 'out'))).toEqual([expect.stringMatching(/^others[.]csv/)]);
  expect(home.events('file.archive_failed').map(({ reason }) => reason)).toEqual(['name', 'name']);
});
