/** Files that are refused before anything of them is read: larger than their drop may bring, or not what their sender said of them. */
import { readdir } from 'node:fs/promises';
import { join } from 'node:path';
import { sql } from 'kysely';
import { expect, test } from 'vitest';
import { FileError } from '../../../src/errors.ts';
import { refuseFile } from '../../../src/jobs/intake/refuse-file.ts';
import { getFile, listFiles } from '../../../src/load/files/ledger.ts';
import { openDropHome } from '../../support/drop-home.ts';

test('a file above the limit of its drop is rejected unread, told, and set aside; the one beside it is applied', async () => {
  const home = await openDropHome();
  const limits = { ...home.drop.limits, maxBytes: 2_000 };
  await home.send('large.csv', home.people(0, 30));
  await home.send('small.csv', home.people(30, 2));
  await home.visit(undefined, { limits });
  await home.visit(undefined, { limits });
  const ledger = await home.ledger();
  expect(ledger.find(({ name }) => name === 'large.csv')).toMatchObject({ status: 'rejected', codes: ['file.limit'] });
  expect(await home.active()).toBe(2);
  expect(await readdir(join(home.place.root, 'error'))).toHaveLength(1);
  const receipts = await readdir(join(home.place.root, 'out'));
  expect(receipts.filter((name) => name.startsWith('large.csv'))).toEqual([expect.stringContaining('.receipt.json')]);
  const names = async (status?: 'rejected' | 'parked') =>
    (await listFiles(home.db, status === undefined ? {} : { status })).map(({ name }) => name).sort();
  expect(await names()).toEqual(['employers.jsonl', 'large.csv', 'small.csv']);
  expect(await names('rejected')).toEqual(['large.csv']);
  expect(await names('parked')).toEqual([]);
});

test('a file that another visitor fetched meanwhile is not refused by the one who came late', async () => {
  const home = await openDropHome();
  await home.send('people.csv', home.people(0, 3));
  await home.visit();
  const found = await sql<{ id: number }>`select id from drop_file where name = 'people.csv'`.execute(home.db);
  const file = await getFile(home.db, found.rows[0]?.id ?? 0);
  if (file === undefined) throw new Error('this file was sent');
  const before = await home.ledger();
  const late = refuseFile(home.context(), file, new FileError('file.limit'));
  await expect(late).rejects.toMatchObject({ reason: 'claim_lost' });
  expect(await home.ledger()).toEqual(before);
});
