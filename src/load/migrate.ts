/** The schema: runs the numbered migrations forward, and refuses a schema that is newer than this Navette. */
import { type Kysely, sql } from 'kysely';
import { type Migration, Migrator } from 'kysely/migration';
import { ConfigError } from '../errors.ts';
import { onlyRow } from './answers.ts';
import type { Db } from './database.ts';
import * as reference from './migrations/0001-reference.ts';
import * as people from './migrations/0002-people.ts';
import * as counts from './migrations/0003-counts.ts';
import * as money from './migrations/0004-money.ts';
import * as files from './migrations/0005-files.ts';

const MIGRATIONS: Record<string, Migration> = {
  '0001-reference': reference,
  '0002-people': people,
  '0003-counts': counts,
  '0004-money': money,
  '0005-files': files,
};

/** The newest schema this Navette knows. */
const NEWEST_SCHEMA = Object.keys(MIGRATIONS).sort().at(-1);

/**
 * Brings the schema up to date; several at once wait for each other.
 * @returns the names of the migrations that were run
 * @throws ConfigError when the schema is newer than this Navette
 */
export async function migrateSchema(db: Db): Promise<string[]> {
  await refuseNewerSchema(db);
  const migrator = new Migrator({
    db: db as unknown as Kysely<unknown>,
    provider: { getMigrations: async () => MIGRATIONS },
    migrationTableName: 'schema_migration',
    migrationLockTableName: 'schema_migration_lock',
  });
  const { error, results } = await migrator.migrateToLatest();
  if (error !== undefined || results === undefined) throw error;
  return results.map((result) => result.migrationName);
}

/** @returns migrations that are still to be run, in their order */
export async function pendingMigrations(db: Db): Promise<string[]> {
  const done = new Set(await refuseNewerSchema(db));
  return Object.keys(MIGRATIONS).filter((name) => !done.has(name));
}

async function refuseNewerSchema(db: Db): Promise<string[]> {
  const exists = await sql<{ there: boolean }>`select to_regclass('schema_migration') is not null as there`.execute(db);
  if (!onlyRow(exists).there) return [];
  const found = await sql<{ name: string }>`select name from schema_migration order by name`.execute(db);
  const names = found.rows.map((row) => row.name);
  const unknown = names.filter((name) => !(name in MIGRATIONS));
  if (unknown.length > 0) {
    throw new ConfigError(
      `The database has the schema ${names.at(-1)}, which is newer than this Navette knows (${NEWEST_SCHEMA}). Use a newer Navette.`,
    );
  }
  return names;
}
