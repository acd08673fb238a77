/** A sidecar that is no sidecar: its file stands in the ledger, waits for a better one, and is never decided anew because of it. */

import { utimes, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { openDropHome } from '../../support/drop-home.ts';
import { folderPlace } from '../../support/drop-places.ts';
import { sftpPlace } from '../../support/sftp-server.ts';

const TOO_LONG = '7'.repeat(4_097);

test.each([
  ['a folder', folderPlace],
  ['a server', () => sftpPlace()],
])('in %s: its file waits, is told, and is applied once the sidecar is one', async (_, place) => {
  const home = await openDropHome(place);
  await home.send('people.csv.count', TOO_LONG);
  await home.send('people.csv', home.people(0, 3));
  expect((await home.visit()).files).toEqual([]);
  expect(await home.ledger()).toMatchObject([{ name: 'people.csv', status: 'waiting' }]);
  expect(home.events('file.incomplete')).toMatchObject([{ reason: 'sidecar' }]);
  await home.send('people.csv.count', '3');
  await home.due();
  expect((await home.visit()).files).toMatchObject([{ result: { status: 'applied', counts: { created: 3 } } }]);
});

test('beside a file that stays where it is and was applied, changes nothing about it', async () => {
  const home = await openDropHome(folderPlace, { archive: 'none' });
  const age = Date.parse('2026-12-01T10:59:59Z') / 1000;
  await utimes(await home.send('people.csv', home.people(0, 3)), age, age);
  await home.visit();
  await writeFile(join(home.place.root, 'in', 'people.csv.sha256'), TOO_LONG);
  await home.visit();
  await home.visit('2026-12-01', { limits: { ...home.drop.limits, maxBytes: 10 } });
  expect(await home.ledger()).toMatchObject([{ status: 'applied', codes: [] }]);
});
