/** COPY into a real table: every value arrives as it was given, whatever stands in its text. */
import { sql } from 'kysely';
import { expect, test } from 'vitest';
import { copyRows } from '../../src/load/copy-rows.ts';
import { openTestDatabase } from '../support/database.ts';

const database = await openTestDatabase();
const COLUMNS = ['n', 'text', 'words', 'yes'];

const copied = (batches: Parameters<typeof copyRows>[3]) =>
  database.withSession(async (session) => {
    await sql`drop table if exists pg_temp.copied`.execute(session.db);
    await sql`create temporary table copied (n integer, text text, words text[], yes boolean)`.execute(session.db);
    await copyRows(session, 'copied', COLUMNS, batches);
    const found = await sql`select n, text, words, yes from copied order by n`.execute(session.db);
    return found.rows.map((row) => Object.values(row as object));
  });

test('tabs, line ends, backslashes, quotes and what looks like a null arrive as they were', async () => {
  const rows = [
    [1, 'a\tb\nc\rd\\e', ['"', '\\', 'a,b', '{}', '\t', 'null'], true],
    [2, '\\N', [], false],
    [3, '', [''], true],
    [4, null, null, null],
  ];
  expect(await copied([rows])).toEqual(rows);
});

test('a batch without rows writes nothing, and the ones after it are written', async () => {
  expect(await copied([[], [[1, 'a', null, null]], []])).toEqual([[1, 'a', null, null]]);
  expect(await copied([])).toEqual([]);
});
