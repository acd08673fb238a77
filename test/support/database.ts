/** A database of its own for a test file, cloned from the migrated template. */
import { randomBytes } from 'node:crypto';
import pg from 'pg';
import { afterAll, inject } from 'vitest';
import { type Database, type Db, openDatabase } from '../../src/load/database.ts';

/**
 * Clones the migrated template, or a database given by its connection string that nobody is connected to; returns the
 * connection string of the clone, which is dropped after the test file.
 */
export async function cloneDatabase(of?: string): Promise<string> {
  const server = inject('postgres');
  const name = `test_${randomBytes(6).toString('hex')}`;
  const admin = new pg.Client({ connectionString: server });
  await admin.connect();
  try {
    // Two files that clone at once would disturb each other: a template may have no other session.
    await admin.query(`select pg_advisory_lock(7241)`);
    const template = of === undefined ? 'navette_template' : new URL(of).pathname.slice(1);
    await admin.query(`create database ${name} template ${template}`);
    await admin.query(`select pg_advisory_unlock(7241)`);
  } finally {
    await admin.end();
  }
  afterAll(async () => {
    const last = new pg.Client({ connectionString: server });
    await last.connect();
    await last.query(`drop database if exists ${name} with (force)`);
    await last.end();
  });
  return server.replace(/\/[^/]*$/, `/${name}`);
}

/** Clones the template and opens it; closed after the test file. */
export async function openTestDatabase(): Promise<Database> {
  const database = await openDatabase(await cloneDatabase(), () => undefined);
  afterAll(() => database.close());
  return database;
}

/** Opens the database of a connection string for one piece of work. */
export async function onDatabase<T>(url: string, work: (db: Db) => Promise<T>): Promise<T> {
  const database = await openDatabase(url, () => undefined);
  try {
    return await work(database.db);
  } finally {
    await database.close();
  }
}
