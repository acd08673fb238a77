/** Owns one lane in which a month is lived: folders, a server of files, a database, and what a child does that is killed. */
import { type ChildProcess, spawn } from 'node:child_process';
import { cpSync, existsSync, mkdirSync, readFileSync, rmSync, utimesSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { setTimeout as pause } from 'node:timers/promises';
import { sql } from 'kysely';
import pg from 'pg';
import { serveFolder } from '../../src/commands/demo/served-folder.ts';
import { newKeyPair, oneAccount, startSftpServer } from '../../src/commands/demo/sftp-server.ts';
import { type Db, openDatabase } from '../../src/load/database.ts';
import { ROOT } from './command.ts';

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
  /** of a worker, which is told to stop when this is so */
  readonly isDone?: (db: Db) => Promise<boolean>;
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
  /** as if what follows began a minute later: nobody has to wait until a claim of the dead runs out */
  readonly letTimePass: () => Promise<void>;
  readonly takeBack: (number: number) => Promise<void>;
  readonly close: () => Promise<void>;
}

/** An ordinary exit of a job: done, or something was held or rejected. */
const FINE = [0, 1];
const CHILD_SECONDS = 60;
const A_MINUTE_LATER = [
  `update job_slot set claimed_until = claimed_until - interval '1 minute' where claimed_until is not null`,
  `update drop_visit set not_before = not_before - interval '1 minute' where not_before is not null`,
  `update drop_file set not_before = not_before - interval '1 minute', received_at = received_at - interval '1 minute'
    where status = 'fetched'`,
  `update pgboss.job set heartbeat_on = heartbeat_on - interval '1 minute' where state = 'active'`,
];

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
      const began = performance.now();
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
          ...(crash !== undefined &&
            'milliseconds' in crash && {
              CRASH_AFTER: String(Math.max(1, Math.round(crash.milliseconds - (performance.now() - began)))),
            }),
          ...(crash?.victim === 'postgres' && { CRASH_POSTMASTER: String(server.postmaster()) }),
        };
        const { isDone } = step;
        const stopsWhen =
          isDone === undefined
            ? null
            : async () => existsSync(tombstone) || (await lane.ask(isDone).catch(() => false));
        const { code, signal, log } = await navette(words, env, stopsWhen);
        if (existsSync(tombstone)) {
          // Without its database a command says so; it does not crash on its own account, and seldom was done already.
          // A worker that is told to stop while it ends already dies of the signal.
          const stopped = stopsWhen !== null && signal === 'SIGTERM';
          if (crash?.victim === 'postgres' && !stopped && ![0, 1, 3].includes(code ?? -1)) {
            throw new Error(`${words.join(' ')} ended with ${code ?? signal} when PostgreSQL died\n${log}`);
          }
          return null;
        }
        if (!FINE.includes(code ?? -1)) throw new Error(`${words.join(' ')} ended with ${code ?? signal}\n${log}`);
      }
      return existsSync(trace) ? readFileSync(trace, 'utf8').trimEnd().split('\n') : [];
    },
    async keep(number) {
      await copy(database, `${database}_${number}`);
      cpSync(home, join(folder, name, String(number)), { recursive: true, preserveTimestamps: true });
    },
    letTimePass: () =>
      lane.ask(async (db) => {
        for (const statement of A_MINUTE_LATER) await sql.raw(statement).execute(db);
      }),
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
function navette(
  words: readonly string[],
  env: Readonly<Record<string, string>>,
  stopsWhen: (() => Promise<boolean>) | null,
) {
  const program = ['--import', join(ROOT, 'test/support/kill-at.ts'), join(ROOT, 'src/main.ts'), ...words];
  if (stopsWhen === null) program.push('--json');
  const child = spawn(process.execPath, program, {
    env: { ...process.env, LOG_FORMAT: 'json', ...env },
    stdio: ['ignore', 'ignore', 'pipe'],
    timeout: CHILD_SECONDS * 1000,
    killSignal: 'SIGKILL',
  });
  let log = '';
  child.stderr.on('data', (text: Buffer) => {
    log += text.toString();
  });
  if (stopsWhen !== null) void stopInTime(child, stopsWhen);
  return new Promise<{ code: number | null; signal: string | null; log: string }>((resolve, reject) => {
    child.on('error', reject);
    child.on('close', (code, signal) => resolve({ code, signal, log }));
  });
}

async function stopInTime(child: ChildProcess, stopsWhen: () => Promise<boolean>): Promise<void> {
  while (child.exitCode === null && child.signalCode === null) {
    if (await stopsWhen()) {
      child.kill('SIGTERM');
      return;
    }
    await pause(100);
  }
}

function writeConfig(home: string, privateKey: string, server: { port: number; hostKey: string }): void {
  const config = join(home, 'config');
  cpSync(join(ROOT, 'config'), config, { recursive: true });
  const settings = readFileSync(join(config, 'navette.yaml'), 'utf8');
  // One slot a year: it is due in the step of the worker and at no other time.
  const schedule = 'schedule:\n  pull: "*/5 * * * *"\n  leavers: "0 0 1 1 *"\n\n';
  writeFileSync(join(config, 'navette.yaml'), settings.replace(/^schedule:\n(?: .*\n)+\n/m, schedule));
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
