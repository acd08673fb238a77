/** The roles that are shipped: the worker works and cannot alter, the report is written and cannot read who anybody is. */
import { readFileSync } from 'node:fs';
import { cp, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import pg from 'pg';
import { afterAll, beforeAll, expect, inject, test } from 'vitest';
import { migrateQueue } from '../src/load/queue.ts';
import { ROOT, runNavette } from './support/command.ts';
import { cloneDatabase } from './support/database.ts';
import { employerLine, employersJsonl } from './support/employer-lines.ts';
import { inventEnterpriseNumber } from './support/people.ts';
import { portalCsv, portalRow } from './support/portal-rows.ts';
import { openWorkerHome, until } from './support/worker-home.ts';

const ROLES = readFileSync(new URL('../docs/roles.sql', import.meta.url), 'utf8');
/** What the report role may read, all of it: a column of a later version is a decision, made here and in roles.sql. */
const READABLE: Readonly<Record<string, string>> = {
  bank_entry: 'amount booked_on currency format id reversal rule statement_id status value_on',
  bank_statement: 'closing_date currency file_id format id year',
  beneficiary: 'as_of cost_center enterprise_number id last_file_id secretariat_code status status_reason status_since',
  beneficiary_product: 'beneficiary_id enterprise_number face_value product_code removed valid_from',
  card: 'expires_on produced_on status',
  carry: 'beneficiary_id enterprise_number face_value order_id period product_code quantity reason',
  contract: 'enterprise_number fees product_code valid_from valid_to',
  cost_center: 'closed enterprise_number number',
  delivery_point: 'closed enterprise_number number',
  drop_file:
    'applied_at as_of by_hand counts crashes drop_id duplicate_of expected_rows id kind layout_id mode not_before proof raw_removed_on received_at received_on retries scope secretariat_code size size_known status',
  drop_visit: 'down_since drop_id reason seen_at',
  e_invoice: 'enterprise_number invoice_id status written_at',
  employer: 'enterprise_number language name status',
  entitlement:
    'added_quantity beneficiary_id enterprise_number face_value file_id period product_code quantity restated_as_of restated_quantity',
  entitlement_change:
    'after at before beneficiary_id enterprise_number face_value file_id id kind order_id period product_code',
  held_plan: 'counts decided_at decision expires_at file_id held_at id reasons',
  invoice:
    'cost_center due_on enterprise_number face_value_total fee_total id issued_on kind number order_id status total vat_total',
  invoice_notice: 'attempts enterprise_number invoice_id kind language not_before queued_at sent_at status',
  job_slot: 'claimed_until done_at job slot',
  mandate: 'enterprise_number secretariat_code valid_from valid_to',
  order_card: 'action cost_center delivery_point enterprise_number order_id',
  order_line: 'beneficiary_id cost_center enterprise_number face_value order_id period quantity',
  order_warning: 'acknowledged_at code enterprise_number order_id',
  outgoing_file: 'attempts drop_id file_id id kind order_id removed_on sent_at status',
  payment: 'amount at bank_entry_id enterprise_number id invoice_id status',
  product: 'code kind names sale_until validity',
  product_limit: 'max_face_value product_code valid_from yearly_max yearly_max_per_child',
  row_issue: 'code file_id id row_number severity',
  schema_migration: 'name timestamp',
  social_secretariat: 'code language name',
  standing_order:
    'closed confirm day_of_month enterprise_number from_period late months product_code quantity quantity_from shift to_period validity_start worked',
  voucher_order:
    'cancelled_on confirmed_on enterprise_number face_value_total fee_total id kind ordered_on paid_on product_code released_on run_period status total validity_start vat_total',
  worker: 'seen_at started_at',
};
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
    ['run', 'report'],
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
     where grantee = 'navette_report' and privilege_type = 'SELECT'`);
  const listed = Object.entries(READABLE).flatMap(([table, columns]) =>
    columns.split(' ').map((one) => `${table}.${one}`),
  );
  expect(rows.map((row: { column: string }) => row.column).sort()).toEqual(listed.sort());
  await client.query('select count(*), status from beneficiary group by status');
  for (const column of ['national_register_number', 'last_name', 'email', 'birth_date', '*']) {
    await expect(client.query(`select ${column} from beneficiary`), column).rejects.toMatchObject({ code: '42501' });
  }
  await expect(client.query('delete from carry')).rejects.toMatchObject({ code: '42501' });
});

test('reports are written by the report role, whose account can read no key and no password', {
  timeout: 60_000,
}, async () => {
  const folder = await mkdtemp(join(tmpdir(), 'navette-roles-'));
  afterAll(() => rm(folder, { recursive: true, force: true }));
  const config = join(folder, 'config');
  await cp(join(ROOT, 'config'), config, { recursive: true });
  const settings = readFileSync(join(config, 'navette.yaml'), 'utf8');
  const mail = 'notices: { channel: smtp, smtp: { host: mail.invalid, user: navette, passwordFile: unreadable } }';
  await writeFile(join(config, 'navette.yaml'), settings.replace('notices: { channel: folder }', mail));
  const drop = [
    'id: alpha-sftp',
    'secretariat: alpha',
    'layouts: [payroll-generic]',
    'kind: sftp',
    `sftp: { host: sftp.invalid, username: navette, privateKeyFile: unreadable, hostKeys: ["SHA256:${'A'.repeat(43)}"] }`,
    'paths: { in: /in, out: /out, archive: /archive, error: /error }',
    'pgp: { privateKeyFile: unreadable }',
  ];
  await writeFile(join(config, 'drops', 'alpha-sftp.yaml'), drop.join('\n'));
  const env = {
    DATABASE_URL: await as('navette_report'),
    NAVETTE_HOME: folder,
    NAVETTE_CONFIG: config,
    LOG_LEVEL: 'error',
  };
  const page = join(folder, 'report.html');
  const month = await runNavette(env, 'report', '--period', '2026-11', '-o', page);
  expect([month.code, month.err]).toEqual([0, '']);
  expect(readFileSync(page, 'utf8')).toContain('</html>');
  const quarter = await runNavette(env, 'report', '--quarter', '2026-Q4');
  expect([quarter.code, quarter.err]).toEqual([0, '']);
  expect((await runNavette(env, 'status')).code).toBe(2);
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
