/** The roles that are shipped: the worker works and cannot alter, the report is written and cannot read who anybody is. */
import { readFileSync } from 'node:fs';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import pg from 'pg';
import { afterAll, beforeAll, expect, inject, test } from 'vitest';
import { migrateQueue } from '../src/load/queue.ts';
import { runNavette } from './support/command.ts';
import { cloneDatabase } from './support/database.ts';
import { employerLine, employersJsonl } from './support/employer-lines.ts';
import { inventEnterpriseNumber } from './support/people.ts';
import { portalCsv, portalRow } from './support/portal-rows.ts';
import { openWorkerHome, until } from './support/worker-home.ts';

const ROLES = readFileSync(new URL('../docs/roles.sql', import.meta.url), 'utf8');
const PEOPLE =
  /register_number|last_name|first_name|other_name|birth_date|gender|email|recipient|free_text|account|street/;
let url: string;
let owner: pg.Client;

/** The database's connection string as a member of one of the roles. */
async function as(role: string): Promise<string> {
  const user = `${role}_of_test`;
  await owner.query(
    `do $$ begin create user ${user} password 'x' in role ${role}; exception when duplicate_object then null; end $$`,
  );
  const login = new URL(url);
  login.username = user;
  login.password = 'x';
  return login.href;
}

async function connected(role: string): Promise<pg.Client> {
  const client = new pg.Client({ connectionString: await as(role) });
  await client.connect();
  afterAll(() => client.end());
  return client;
}

beforeAll(async () => {
  url = await cloneDatabase();
  owner = new pg.Client({ connectionString: url });
  await owner.connect();
  await migrateQueue(url);
  await owner.query(ROLES);
  await owner.query(ROLES);
});
afterAll(async () => {
  for (const role of ['navette_worker', 'navette_report', 'navette_migrate']) {
    await owner.query(`drop owned by ${role} cascade`);
    await owner.query(`drop user if exists ${role}_of_test`);
  }
  await owner.end();
});

test('a worker works as a member of its role, and cannot change a table', { timeout: 120_000 }, async () => {
  const login = await as('navette_worker');
  const home = await openWorkerHome({ url });
  await home.grantOne(1);
  const worker = home.start({ DATABASE_URL: login });
  await until(home.granted, (granted) => granted === 1);
  await until(home.jobsLeft, (jobs) => jobs === 0);
  worker.child.kill('SIGTERM');
  expect(await worker.ended).toBe(0);
  const refused = worker.lines().filter((line) => JSON.stringify(line).includes('42501'));
  expect(refused).toEqual([]);

  const client = await connected('navette_worker');
  const attempts = [
    'alter table beneficiary add column more text',
    'drop table carry',
    'truncate carry',
    'create table mine (a int)',
    `insert into schema_migration (name, timestamp) values ('9999-none', '')`,
    'drop table pgboss.job',
  ];
  for (const attempt of attempts) {
    await expect(client.query(attempt), attempt).rejects.toMatchObject({ code: '42501' });
  }
});

test('people, files and orders of a command need no more than the worker has', { timeout: 120_000 }, async () => {
  const folder = await mkdtemp(join(tmpdir(), 'navette-roles-'));
  afterAll(() => rm(folder, { recursive: true, force: true }));
  const employer = inventEnterpriseNumber(8_800_001);
  await writeFile(join(folder, 'employers.jsonl'), employersJsonl([employerLine(employer)]));
  await writeFile(join(folder, `${employer}_people.csv`), portalCsv([portalRow(1), portalRow(2)]));
  const env = { DATABASE_URL: await as('navette_worker'), NAVETTE_HOME: folder, LOG_LEVEL: 'error' };
  const words = [
    ['import', join(folder, 'employers.jsonl'), '--layout', 'employers', '--secretariat', 'issuer'],
    ['import', join(folder, `${employer}_people.csv`), '--layout', 'beneficiaries-portal', '--secretariat', 'alpha'],
    ['run', 'orders'],
    ['run', 'retention'],
    ['status'],
  ];
  for (const command of words) {
    const { code, out, err } = await runNavette(env, ...command);
    expect([code, err], `${command.join(' ')}\n${out}`).toEqual([0, '']);
  }
});

test('the report role reads sums and codes, and nothing that says who somebody is', async () => {
  const client = await connected('navette_report');
  const { rows } = await client.query(`
    select table_name || '.' || column_name as "column" from information_schema.column_privileges
     where grantee = 'navette_report' and privilege_type = 'SELECT' order by 1`);
  const readable = rows.map((row: { column: string }) => row.column);
  expect(readable.length).toBeGreaterThan(100);
  expect(readable.filter((column) => PEOPLE.test(column))).toEqual([]);
  await client.query('select count(*), status from beneficiary group by status');
  for (const column of ['national_register_number', 'last_name', 'email', 'birth_date', '*']) {
    await expect(client.query(`select ${column} from beneficiary`), column).rejects.toMatchObject({ code: '42501' });
  }
  await expect(client.query('delete from carry')).rejects.toMatchObject({ code: '42501' });
});

test('the report is written by the report role', { timeout: 60_000 }, async () => {
  const folder = await mkdtemp(join(tmpdir(), 'navette-roles-'));
  afterAll(() => rm(folder, { recursive: true, force: true }));
  const env = { DATABASE_URL: await as('navette_report'), NAVETTE_HOME: folder, LOG_LEVEL: 'error' };
  const page = join(folder, 'report.html');
  const { code, err } = await runNavette(env, 'report', '--period', '2026-11', '-o', page);
  expect([code, err]).toEqual([0, '']);
  expect(readFileSync(page, 'utf8')).toContain('</html>');
});

test('the roles are made anew in a database that has no tables yet', async () => {
  const admin = new pg.Client({ connectionString: inject('postgres') });
  await admin.connect();
  await admin.query('drop database if exists navette_roles_empty');
  await admin.query('create database navette_roles_empty template template0');
  const empty = new URL(inject('postgres'));
  empty.pathname = '/navette_roles_empty';
  const client = new pg.Client({ connectionString: empty.href });
  await client.connect();
  await client.query(ROLES);
  await client.end();
  await admin.query('drop database navette_roles_empty with (force)');
  await admin.end();
});
