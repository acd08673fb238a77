/** A schema that is newer than this Navette is left alone, and so is one that is none of Navette's. */
import { sql } from 'kysely';
import { expect, test } from 'vitest';
import { ConfigError } from '../../src/errors.ts';
import { migrateSchema, pendingMigrations } from '../../src/load/migrate.ts';
import { cloneDatabase, onDatabase, openTestDatabase } from '../support/database.ts';

const { db } = await openTestDatabase();

test('a schema that is up to date has nothing to run; a newer one is refused with both names', async () => {
  expect(await pendingMigrations(db)).toEqual([]);
  expect(await migrateSchema(db)).toEqual([]);
  await sql`insert into schema_migration (name, timestamp) values ('9999-of-tomorrow', now()::text)`.execute(db);
  const refused = await migrateSchema(db).catch((error: unknown) => error);
  expect(refused).toBeInstanceOf(ConfigError);
  expect(String(refused)).toMatch(/9999-of-tomorrow.*\d{4}-\w+/);
  await expect(pendingMigrations(db)).rejects.toThrow('9999-of-tomorrow');
});

test('a database in which something else has the name of a table says so, and is left as it was', async () => {
  const url = await cloneDatabase('postgres://localhost/template0');
  await onDatabase(url, async (theirs) => {
    await sql`create table employer (theirs text)`.execute(theirs);
    await expect(migrateSchema(theirs)).rejects.toThrow('"employer" already exists');
    const tables = await sql<{ name: string }>`
      select tablename as name from pg_tables where schemaname = 'public' and tablename not like 'schema_migration%'`.execute(
      theirs,
    );
    expect(tables.rows).toEqual([{ name: 'employer' }]);
  });
});
