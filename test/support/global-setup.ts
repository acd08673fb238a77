/** One PostgreSQL for the whole test run, with a migrated template database that every test file clones. */
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import pg from 'pg';
import type { TestProject } from 'vitest/node';
import { openDatabase } from '../../src/load/database.ts';
import { openEmbeddedPostgres } from '../../src/load/embedded-postgres.ts';
import { migrateSchema } from '../../src/load/migrate.ts';

declare module 'vitest' {
  interface ProvidedContext {
    /** connection string of the server's database `navette`, from which others are cloned by name */
    postgres: string;
  }
}

const TEMPLATE = 'navette_template';
// Tests prove behaviour, not durability: crash tests start servers of their own with fsync on.
const FAST = ['fsync=off', 'synchronous_commit=off', 'full_page_writes=off', 'max_connections=200'];

export default async function setup(project: TestProject): Promise<() => Promise<void>> {
  const given = process.env['TEST_DATABASE_URL'];
  const folder = given === undefined ? await mkdtemp(join(tmpdir(), 'navette-test-')) : null;
  const server = folder === null ? null : await openEmbeddedPostgres(folder, FAST);
  const url = server?.url ?? given ?? '';
  const admin = new pg.Client({ connectionString: url });
  await admin.connect();
  await admin.query(`drop database if exists ${TEMPLATE}`);
  await admin.query(`create database ${TEMPLATE}`);
  const template = await openDatabase(url.replace(/\/[^/]*$/, `/${TEMPLATE}`), () => undefined);
  await migrateSchema(template.db);
  await template.close();
  await admin.end();
  project.provide('postgres', url);
  return async () => {
    await server?.release();
    if (folder !== null) await rm(folder, { recursive: true, force: true });
  };
}
