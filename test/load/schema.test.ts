/** The schema that people review is the one that the migrations make. */
import { readFile, writeFile } from 'node:fs/promises';
import { expect, test } from 'vitest';
import { migrateSchema, pendingMigrations } from '../../src/load/migrate.ts';
import { openTestDatabase } from '../support/database.ts';
import { dumpSchema } from '../support/schema-dump.ts';

const database = await openTestDatabase();
const CHECKED_IN = new URL('../schema.sql', import.meta.url);
const HEAD = '-- The schema, for everyone who reads these tables with SQL. Made by: npm run schema\n\n';

test('the checked-in schema is what the migrations make', async () => {
  const made = HEAD + (await dumpSchema(database.db));
  if (process.env['UPDATE_SCHEMA'] === '1') await writeFile(CHECKED_IN, made);
  expect(made).toBe(await readFile(CHECKED_IN, 'utf8'));
});

test('migrating again does nothing', async () => {
  expect(await pendingMigrations(database.db)).toEqual([]);
  expect(await migrateSchema(database.db)).toEqual([]);
});
