/** Files that are taken away before they were read: told once, and waited for no longer. */
import { rm } from 'node:fs/promises';
import { join } from 'node:path';
import { sql } from 'kysely';
import { describe, expect, test } from 'vitest';
import { findOldRawFiles } from '../../../src/load/files/retention.ts';
import { openDropHome } from '../../support/drop-home.ts';

describe.each(['move', 'none'] as const)('with archive: %s', (archive) => {
  const open = () => openDropHome(undefined, { archive });

  test('fault 8: one that was removed is gone, told once, and a new delivery when it comes again', async () => {
    const home = await open();
    const path = await home.send('people.csv', home.people(0, 3));
    await home.send('people.csv.count', '4');
    await home.visit();
    expect(await home.ledger()).toMatchObject([{ status: 'waiting' }]);
    await rm(path);
    await home.visit();
    await home.visit();
    expect(await home.ledger()).toMatchObject([{ status: 'gone', archived: '' }]);
    expect(home.events('file.gone')).toMatchObject([{ level: 'info' }]);
    await home.send('people.csv.count', '3');
    await home.send('people.csv', home.people(0, 3));
    expect((await home.visit()).files).toMatchObject([{ result: { status: 'applied' } }]);
  });

  test('one that was replaced is gone, and its newer version is read', async () => {
    const home = await open();
    await home.send('people.csv', home.people(0, 3));
    await home.send('people.csv.count', '4');
    await home.visit();
    await home.send('people.csv', home.people(0, 4));
    expect((await home.visit()).files).toMatchObject([{ result: { status: 'applied', counts: { created: 4 } } }]);
    expect((await home.ledger())[0]).toMatchObject({ status: 'gone' });
  });

  test('one that still stands there, or was decided, is not', async () => {
    const home = await open();
    await home.send('applied.csv', home.people(5, 1));
    await home.send('people.csv', home.people(0, 3));
    await home.send('people.csv.count', '4');
    await home.visit();
    if (archive === 'none') await rm(join(home.place.root, 'in', 'applied.csv'));
    await home.visit();
    expect(home.events('file.gone')).toEqual([]);
    const [applied, waiting] = await home.ledger();
    expect(applied?.status).toBe(archive === 'none' ? 'applied' : 'archived');
    expect(waiting?.status).toBe('waiting');
  });
});

test('an inbox that cannot be listed closes nothing', async () => {
  const home = await openDropHome();
  await home.send('people.csv', home.people(0, 3));
  await home.send('people.csv.count', '4');
  await home.visit();
  await rm(join(home.place.root, 'in'), { recursive: true });
  await expect(home.visit()).rejects.toMatchObject({ reason: 'drop_down' });
  expect(await home.ledger()).toMatchObject([{ status: 'waiting' }]);
});

test('the kept bytes of one that is gone are removed in time', async () => {
  const home = await openDropHome();
  const path = await home.send('people.csv', home.people(0, 3));
  await home.send('people.csv.count', '4');
  await home.visit();
  await sql`update drop_file set sha256 = repeat('ab', 32) where drop_id = 'drop'`.execute(home.db);
  expect(await findOldRawFiles(home.db, '2030-01-01', 100)).not.toContain('ab'.repeat(32));
  await rm(path);
  await home.visit();
  expect(await findOldRawFiles(home.db, '2030-01-01', 100)).toContain('ab'.repeat(32));
});
