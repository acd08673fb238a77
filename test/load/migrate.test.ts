/** A schema that is newer than this Navette is left alone. */
import { sql } from 'kysely';
import { expect, test } from 'vitest';
import { ConfigError } from '../../src/errors.ts';
import { migrateSchema, pendingMigrations } from '../../src/load/migrate.ts';
import { openTestDatabase } from '../support/database.ts';

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
