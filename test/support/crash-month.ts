/** Owns one month in a lane of its own: senders, files, a database, the commands of each step, and what a child does that is killed. Long because a child that is killed and its parent must know the same month. */
import { spawn } from 'node:child_process';
import { cpSync, existsSync, mkdirSync, readFileSync, rmSync, utimesSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { sql } from 'kysely';
import pg from 'pg';
import { serveFolder } from '../../src/commands/demo/served-folder.ts';
import { newKeyPair, oneAccount, startSftpServer } from '../../src/commands/demo/sftp-server.ts';
import { type Db, openDatabase } from '../../src/load/database.ts';
import { writeCoda } from './coda.ts';
import { ROOT } from './command.ts';
import { employerLine, employersJsonl } from './employer-lines.ts';
import { inventStatement } from './invoiced-orders.ts';
import { inventEnterpriseNumber, inventPerson } from './people.ts';
import { portalCsv, portalRow } from './portal-rows.ts';

/** `postgres`: the server dies and the child lives on without it. */
type Victim = { readonly victim: 'navette' | 'postgres' };

/** Where a child ends: at a point by its name, how often it is passed before, on which side of the call; or after a time. */
export type Crash =
  | (Victim & { readonly point: string; readonly passes: number; readonly mode: 'before' | 'during' | 'after' })
  | (Victim & { readonly milliseconds: number });

/** Asked anew for every child: a server that died comes back on another port. */
export interface Server {
  readonly url: () => string;
  readonly postmaster: () => number;
}

export interface Step {
  readonly name: string;
  /** what senders and people do before it; once */
  readonly prepare?: (lane: Lane) => Promise<void>;
  /** the commands, which may be typed again after a crash */
  readonly commands: (lane: Lane) => Promise<readonly (readonly string[])[]>;
}

export interface Lane {
  readonly home: string;
  readonly database: string;
  /** asks the lane's database */
  readonly ask: <T>(work: (db: Db) => Promise<T>) => Promise<T>;
  /** a file from a sender, written as of a day */
  readonly send: (drop: 'issuer' | 'alpha' | 'bank', name: string, text: string, day: string) => void;
  /** runs a step to its end; with `crash` until it died there. @returns the points passed, or null when it died */
  readonly run: (step: Step, crash?: Crash) => Promise<readonly string[] | null>;
  /** keeps database and home as they are now, under a number */
  readonly keep: (number: number) => Promise<void>;
  readonly takeBack: (number: number) => Promise<void>;
  readonly close: () => Promise<void>;
}

const EMPLOYERS = [0, 1, 2].map((index) => inventEnterpriseNumber(5_200_000 + index));
const [FIRST = '', SECOND = '', THIRD = ''] = EMPLOYERS;
/** An ordinary exit of a job: done, or something was held or rejected. */
const FINE = [0, 1];
const CHILD_SECONDS = 60;

/** A lane under `folder` with a copy of the database `base`; its SFTP server serves only its own drop. */
export async function openLane(folder: string, name: string, server: Server, base: string): Promise<Lane> {
  const home = join(folder, name, 'home');
  const database = `crash_${name.replaceAll('-', '_')}`;
  const keys = { host: newKeyPair(), navette: newKeyPair() };
  mkdirSync(home, { recursive: true });
  const sftp = await startSftpServer({
    hostKey: keys.host.privateKey,
    authenticate: oneAccount({ username: 'navette', publicKey: keys.navette.publicKey }),
    folder: serveFolder(join(home, 'drops')),
  });
  writeConfig(home, keys.navette.privateKey, { port: sftp.port, hostKey: keys.host.fingerprint });
  const urlOf = (database: string) => server.url().replace(/\/[^/]*$/, `/${database}`);
  const admin = async (...statements: readonly string[]): Promise<void> => {
    const client = new pg.Client({ connectionString: server.url() });
    await client.connect();
    for (const statement of statements) await client.query(statement);
    await client.end();
  };
  const copy = (from: string, to: string) =>
    admin(`drop database if exists ${to} with (force)`, `create database ${to} template ${from} strategy file_copy`);
  await copy(base, database);
  const tombstone = join(folder, name, 'died');
  const trace = join(folder, name, 'trace');

  const lane: Lane = {
    home,
    database,
    ask: async (work) => {
      const opened = await openDatabase(urlOf(database), () => undefined);
      return work(opened.db).finally(() => opened.close());
    },
    send: (drop, file, text, day) => {
      const path = join(home, 'drops', drop, 'in', file);
      writeFileSync(path, text, drop === 'bank' ? 'latin1' : 'utf8');
      const written = Date.parse(`${day}T07:00:00Z`) / 1000;
      utimesSync(path, written, written);
    },
    async run(step, crash) {
      rmSync(tombstone, { force: true });
      rmSync(trace, { force: true });
      for (const words of await step.commands(lane)) {
        const env = {
          DATABASE_URL: urlOf(database),
          NAVETTE_HOME: home,
          NAVETTE_CONFIG: join(home, 'config'),
          // As the starter script sets it: a child starts in two thirds of the time.
          NODE_COMPILE_CACHE: join(ROOT, 'node_modules/.cache/navette'),
          CRASH_TRACE: trace,
          CRASH_TOMBSTONE: tombstone,
          ...(crash !== undefined && 'point' in crash && { CRASH_AT: `${crash.point}|${crash.passes}|${crash.mode}` }),
          ...(crash !== undefined && 'milliseconds' in crash && { CRASH_AFTER: String(crash.milliseconds) }),
          ...(crash?.victim === 'postgres' && { CRASH_POSTMASTER: String(server.postmaster()) }),
        };
        const { code, log } = await navette(words, env);
        if (existsSync(tombstone)) {
          // Without its database a command says so; it does not crash on its own account, and seldom was done already.
          if (crash?.victim === 'postgres' && ![0, 1, 3].includes(code ?? -1)) {
            throw new Error(`${words.join(' ')} ended with ${code} when PostgreSQL died\n${log}`);
          }
          return null;
        }
        if (!FINE.includes(code ?? -1)) throw new Error(`${words.join(' ')} ended with ${code}\n${log}`);
      }
      return existsSync(trace) ? readFileSync(trace, 'utf8').trimEnd().split('\n') : [];
    },
    async keep(number) {
      await copy(database, `${database}_${number}`);
      cpSync(home, join(folder, name, String(number)), { recursive: true, preserveTimestamps: true });
    },
    async takeBack(number) {
      await copy(`${database}_${number}`, database);
      rmSync(home, { recursive: true, force: true });
      cpSync(join(folder, name, String(number)), home, { recursive: true, preserveTimestamps: true });
    },
    close: () => sftp.close(),
  };
  return lane;
}

/** Node itself and not the starter script: the signal must reach the process that does the work. */
function navette(words: readonly string[], env: Readonly<Record<string, string>>) {
  const program = ['--import', join(ROOT, 'test/support/kill-at.ts'), join(ROOT, 'src/main.ts'), ...words, '--json'];
  const child = spawn(process.execPath, program, {
    env: { ...process.env, ...env },
    stdio: ['ignore', 'ignore', 'pipe'],
    timeout: CHILD_SECONDS * 1000,
    killSignal: 'SIGKILL',
  });
  let log = '';
  child.stderr.on('data', (text: Buffer) => {
    log += text.toString();
  });
  return new Promise<{ code: number | null; log: string }>((resolve, reject) => {
    child.on('error', reject);
    child.on('close', (code) => resolve({ code, log }));
  });
}

function writeConfig(home: string, privateKey: string, server: { port: number; hostKey: string }): void {
  const config = join(home, 'config');
  cpSync(join(ROOT, 'config'), config, { recursive: true });
  writeFileSync(join(config, 'navette.key'), privateKey, { mode: 0o600 });
  const folders = (root: string) =>
    `paths: { in: ${root}/in, out: ${root}/out, archive: ${root}/archive, error: ${root}/error }`;
  const drops: Record<string, readonly string[]> = {
    issuer: ['secretariat: issuer', 'kind: folder', folders('drops/issuer'), 'layouts: [employers]'],
    alpha: [
      'secretariat: alpha',
      'kind: sftp',
      `sftp: { host: 127.0.0.1, port: ${server.port}, username: navette, privateKeyFile: navette.key, hostKeys: ["${server.hostKey}"] }`,
      folders('/alpha'),
      'layouts: [beneficiaries-portal, payroll-generic]',
      'scope: full',
    ],
    bank: ['secretariat: bank', 'kind: folder', folders('drops/bank'), 'layouts: [bank-coda]'],
  };
  for (const [id, lines] of Object.entries(drops)) {
    writeFileSync(join(config, 'drops', `${id}.yaml`), [`id: ${id}`, 'settled: rename', ...lines, ''].join('\n'));
    for (const folder of ['in', 'out', 'archive', 'error']) {
      mkdirSync(join(home, 'drops', id, folder), { recursive: true });
    }
  }
}

const nrn = (index: number): string => inventPerson(index).nationalRegisterNumber;

function payroll(
  rows: readonly (readonly [employer: string, person: number, period: string, quantity: number, end?: string])[],
) {
  const header = 'enterpriseNumber;nationalRegisterNumber;period;product;quantity;faceValue;employmentEnd';
  const lines = rows.map(([employer, person, period, quantity, end = '']) =>
    [employer, nrn(person), period, 'meal', quantity, '8,00', end].join(';'),
  );
  return [header, ...lines, ''].join('\r\n');
}

const people = (from: number, count: number) => Array.from({ length: count }, (_, index) => portalRow(from + index));

/** Each job of Navette at work at least once: first files, orders, money, corrections, a held file, leavers, and years later. */
export const MONTH: readonly Step[] = [
  {
    name: 'first files',
    async prepare(lane) {
      const fees = { service: { percent: '3' }, cardProduction: 450, cardDelivery: 300 };
      const contracts = [{ product: 'meal', from: '2026-01-01', to: null, fees }];
      const lines = EMPLOYERS.map((employer) => employerLine(employer, { contracts }));
      lane.send('issuer', 'employers.jsonl', employersJsonl(lines), '2026-11-30');
      lane.send(
        'alpha',
        `${FIRST}_1.csv`,
        portalCsv([...people(100, 5), portalRow(105, { email: 'no-address' })]),
        '2026-12-01',
      );
      lane.send('alpha', `${SECOND}_1.csv`, portalCsv(people(110, 3)), '2026-12-01');
      lane.send('alpha', `${THIRD}_1.csv`, portalCsv(people(120, 2)), '2026-12-01');
    },
    commands: async () => [['run', 'pull', '--date', '2026-12-01']],
  },
  {
    name: 'payroll',
    async prepare(lane) {
      const rows = [100, 101, 102, 103, 104].map((person) => [FIRST, person, '2026-11', person - 82] as const);
      const others = [110, 111, 112].map((person) => [SECOND, person, '2026-11', person - 90] as const);
      const last = [120, 121].map((person) => [THIRD, person, '2026-11', person - 100] as const);
      lane.send(
        'alpha',
        'payroll.csv',
        payroll([...rows, ...others, ...last, [FIRST, 199, '2026-11', 3]]),
        '2026-12-02',
      );
    },
    commands: async () => [['run', 'pull', '--date', '2026-12-02']],
  },
  { name: 'orders', commands: async () => [['run', 'orders', '--date', '2026-12-07']] },
  {
    name: 'confirmation',
    commands: async (lane) =>
      (await listOrders(lane, 'draft')).map((id) => [
        ...['order', 'confirm', String(id), '--by', 'Anne', '--acknowledge', 'all', '--date', '2026-12-07'],
      ]),
  },
  { name: 'notices', commands: async () => [['run', 'notices', '--date', '2026-12-07']] },
  {
    name: 'statement, correction, held file',
    async prepare(lane) {
      const invoices = await lane.ask((db) =>
        sql<{ number: string; communication: string; total: number; employer: string }>`
          select number, structured_communication as communication, total, enterprise_number as employer
            from invoice order by number`.execute(db),
      );
      const paid = invoices.rows.filter(({ employer }) => employer !== THIRD);
      const entries = paid.map(({ communication, total }) => ({
        amount: total,
        structuredCommunication: communication,
      }));
      const statement = inventStatement([...entries, { amount: 700, freeText: 'divers' }], { statementNumber: '001' });
      lane.send('bank', 'statement.cod', writeCoda(statement), '2026-12-14');
      lane.send(
        'alpha',
        'payroll-2.csv',
        payroll([
          [FIRST, 100, '2026-11', 20],
          [FIRST, 102, '2026-11', 20, '31/12/2026'],
        ]),
        '2026-12-14',
      );
      lane.send('alpha', `${FIRST}_2.csv`, portalCsv([portalRow(100), portalRow(102)]), '2026-12-14');
      lane.send('alpha', `${SECOND}_2.csv`, portalCsv([...people(111, 2), portalRow(113)]), '2026-12-14');
    },
    commands: async () => [['run', 'pull', '--date', '2026-12-14']],
  },
  {
    name: 'decision',
    commands: async (lane) => {
      const plans = await lane.ask((db) =>
        sql<{ hash: string }>`select plan_hash as hash from held_plan where decision is null`.execute(db),
      );
      const approvals = plans.rows.map(({ hash }) => [
        ...['approve', hash, '--by', 'Anne', '--why', 'seen', '--date', '2026-12-15'],
      ]);
      // What an approval could not return any more, the next visit of the drop does.
      return [...approvals, ['run', 'pull', '--date', '2026-12-15']];
    },
  },
  { name: 'release', commands: async () => [['run', 'release', '--date', '2026-12-15']] },
  { name: 'payments', commands: async () => [['run', 'payments', '--date', '2027-01-04']] },
  {
    name: 'cancellation',
    commands: async (lane) =>
      (await listOrders(lane, 'invoiced')).map((id) => [
        ...['order', 'cancel', String(id), '--by', 'Anne', '--why', 'closed', '--date', '2027-01-05'],
      ]),
  },
  { name: 'more notices', commands: async () => [['run', 'notices', '--date', '2027-01-05']] },
  { name: 'leavers', commands: async () => [['run', 'leavers', '--date', '2027-01-05']] },
  {
    name: 'December',
    async prepare(lane) {
      lane.send(
        'alpha',
        'payroll-3.csv',
        payroll([
          [FIRST, 100, '2026-12', 18],
          [SECOND, 111, '2026-12', 19],
        ]),
        '2027-01-05',
      );
    },
    commands: async () => [
      ['run', 'pull', '--date', '2027-01-05'],
      ['run', 'orders', '--date', '2027-01-06'],
    ],
  },
  { name: 'renewals', commands: async () => [['run', 'renewals', '--date', '2031-11-10']] },
  { name: 'retention', commands: async () => [['run', 'retention', '--date', '2040-01-10']] },
];

async function listOrders(lane: Lane, status: string): Promise<number[]> {
  const found = await lane.ask((db) =>
    sql<{ id: number }>`select id from voucher_order where status = ${status} order by id`.execute(db),
  );
  return found.rows.map(({ id }) => id);
}
