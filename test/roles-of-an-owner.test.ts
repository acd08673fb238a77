/** roles.sql run by a database's owner who is no superuser: whoever migrates, everything belongs to navette_migrate. */
import { readFileSync } from 'node:fs';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import pg from 'pg';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { type EmbeddedServer, openEmbeddedPostgres } from '../src/load/embedded-postgres.ts';
import { runNavette } from './support/command.ts';

const ROLES = readFileSync(new URL('../docs/roles.sql', import.meta.url), 'utf8');
let folder: string;
let server: EmbeddedServer;

const urlOf = (user: string, database: string): string => {
  const url = new URL(server.url);
  if (user !== 'navette') [url.username, url.password] = [user, 'x'];
  url.pathname = `/${database}`;
  return url.href;
};

async function ask(user: string, database: string, text: string): Promise<Record<string, unknown>[]> {
  const client = new pg.Client({ connectionString: urlOf(user, database) });
  await client.connect();
  try {
    const { rows } = (await client.query(text)) as { rows: Record<string, unknown>[] };
    return rows;
  } finally {
    await client.end();
  }
}

const migrate = async (user: string, database: string) => {
  const env = { DATABASE_URL: urlOf(user, database), NAVETTE_HOME: folder, LOG_LEVEL: 'error' };
  const { code, err } = await runNavette(env, 'migrate');
  return [code, err];
};

/** Everything in the database that does not belong to navette_migrate. */
const strays = (database: string) =>
  ask(
    'navette',
    database,
    `select n.nspname || '.' || c.relname as name, pg_get_userbyid(c.relowner) as owner
       from pg_class c join pg_namespace n on n.oid = c.relnamespace
      where n.nspname in ('public', 'pgboss') and pg_get_userbyid(c.relowner) <> 'navette_migrate'
      union all select nspname, pg_get_userbyid(nspowner) from pg_namespace
      where nspname = 'pgboss' and pg_get_userbyid(nspowner) <> 'navette_migrate'
      union all select p.proname, pg_get_userbyid(p.proowner) from pg_proc p join pg_namespace n on n.oid = p.pronamespace
      where n.nspname in ('public', 'pgboss') and pg_get_userbyid(p.proowner) <> 'navette_migrate'
      union all select t.typname, pg_get_userbyid(t.typowner) from pg_type t join pg_namespace n on n.oid = t.typnamespace
      where n.nspname in ('public', 'pgboss') and pg_get_userbyid(t.typowner) <> 'navette_migrate'`,
  );

beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'navette-owner-'));
  server = await openEmbeddedPostgres(folder, ['fsync=off']);
  await ask('navette', 'navette', `create role owner_of_test login createrole password 'x'`);
  for (const name of ['fresh', 'old']) await ask('navette', 'navette', `create database ${name} owner owner_of_test`);
}, 60_000);

afterAll(async () => {
  await server.release();
  await rm(folder, { recursive: true, force: true });
});

test('a member migrates, roles.sql is run again, another member alters, a worker works', {
  timeout: 120_000,
}, async () => {
  await ask('owner_of_test', 'fresh', ROLES);
  for (const name of ['first', 'second']) {
    await ask('owner_of_test', 'fresh', `create user ${name} password 'x' in role navette_migrate`);
  }
  await ask('owner_of_test', 'fresh', ROLES);
  expect(await migrate('first', 'fresh')).toEqual([0, '']);
  expect(await strays('fresh')).toEqual([]);
  await ask('owner_of_test', 'fresh', ROLES);
  await ask('second', 'fresh', 'alter table carry add column tried text; alter table pgboss.job add column tried text');
  await ask('first', 'fresh', 'alter table carry drop column tried; alter table pgboss.job drop column tried');
  expect(await migrate('second', 'fresh')).toEqual([0, '']);
  await ask('owner_of_test', 'fresh', `create user hand password 'x' in role navette_worker`);
  expect(await ask('hand', 'fresh', 'select count(*)::int as carried from carry')).toEqual([{ carried: 0 }]);
});

test('a database that was migrated by its owner is handed over', { timeout: 120_000 }, async () => {
  expect(await migrate('owner_of_test', 'old')).toEqual([0, '']);
  expect((await strays('old')).length).toBeGreaterThan(40);
  await ask('owner_of_test', 'old', ROLES);
  await ask('owner_of_test', 'old', ROLES);
  expect(await strays('old')).toEqual([]);
  await ask('owner_of_test', 'old', `create user third password 'x' in role navette_migrate`);
  await ask('owner_of_test', 'old', 'alter role third set role navette_migrate');
  expect(await migrate('third', 'old')).toEqual([0, '']);
  expect(await migrate('owner_of_test', 'old')).toEqual([0, '']);
});
