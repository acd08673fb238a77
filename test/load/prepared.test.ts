/** Statements that the server has planned before: what becomes of them when a migration alters their table. */
import { sql } from 'kysely';
import { expect, test } from 'vitest';
import { retryTransaction } from '../../src/jobs/retry-transaction.ts';
import { openTestDatabase } from '../support/database.ts';

test('a table that is altered under a prepared statement is read as it is now', async () => {
  const database = await openTestDatabase();
  await sql`create table altered (one integer)`.execute(database.db);
  await sql`insert into altered values (1)`.execute(database.db);
  await database.withSession(async ({ prepared }) => {
    const read = async () => {
      const found: unknown[] = [];
      await retryTransaction(prepared, async (db) => {
        found.push(...(await sql`select * from altered`.execute(db)).rows);
      });
      return found;
    };
    expect(await read()).toEqual([{ one: 1 }]);
    await sql`alter table altered add column two integer default 2`.execute(database.db);
    expect(await read()).toEqual([{ one: 1, two: 2 }]);
  });
});

test('a prepared statement is planned once on its connection', async () => {
  const database = await openTestDatabase();
  await database.withSession(async ({ prepared, db }) => {
    for (const one of [1, 2, 3]) await sql`select ${one}::integer as prepared_once`.execute(prepared);
    const found = await sql`
      select count(*)::int as known from pg_prepared_statements where statement like '%prepared_once%' and name <> ''`.execute(
      db,
    );
    expect(found.rows).toEqual([{ known: 1 }]);
  });
});
