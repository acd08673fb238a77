/** Debian's own PostgreSQL with its programs, on loopback and in a folder of its own: the server that an operator would have. */

import { execFile } from 'node:child_process';
import { readdir } from 'node:fs/promises';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { freePort } from './free-port.ts';

const run = promisify(execFile);
const PLACE = '/usr/lib/postgresql';
const USER = 'postgres';

export interface DebianPostgres {
  /** connection string of a database of this server */
  readonly url: (name: string) => string;
  /** one of its programs by its name, as the user that may do everything */
  readonly program: (name: string, ...words: string[]) => Promise<void>;
  /** a folder that this server's user may write in */
  readonly folder: string;
  readonly stop: () => Promise<void>;
}

async function newestPrograms(): Promise<string | null> {
  const versions = await readdir(PLACE).catch(() => []);
  const newest = versions
    .map(Number)
    .filter((version) => version >= 15)
    .sort((one, other) => other - one)[0];
  return newest === undefined ? null : join(PLACE, String(newest), 'bin');
}

/** Why it cannot be tried here, in one sentence; null when it can. */
export async function debianPostgresMissing(): Promise<string | null> {
  if (process.getuid?.() !== 0) return 'a dump is not tried: a server of its own needs root, to be started as postgres';
  return (await newestPrograms()) === null
    ? 'a dump is not tried: there is no PostgreSQL 15 or later (apt-get install postgresql)'
    : null;
}

export async function startDebianPostgres(): Promise<DebianPostgres> {
  const programs = await newestPrograms();
  if (programs === null) throw new Error('no PostgreSQL');
  const program = async (name: string, ...words: string[]) => {
    await run('setpriv', ['--reuid', USER, '--regid', USER, '--init-groups', join(programs, name), ...words], {
      cwd: '/',
    });
  };
  const made = await run('setpriv', [
    '--reuid',
    USER,
    '--regid',
    USER,
    '--init-groups',
    'mktemp',
    '-d',
    '/tmp/navette-debian-XXXXXX',
  ]);
  const folder = made.stdout.trim();
  const port = await freePort();
  const cluster = join(folder, 'cluster');
  await program('initdb', '-D', cluster, '-A', 'trust', '-E', 'UTF8', '--locale=C', '--no-sync');
  const settings = `-p ${port} -c listen_addresses=127.0.0.1 -c unix_socket_directories=${folder} -c fsync=off`;
  await program('pg_ctl', 'start', '-w', '-D', cluster, '-l', join(folder, 'log'), '-o', settings);
  return {
    url: (name) => `postgres://${USER}@127.0.0.1:${port}/${name}`,
    program,
    folder,
    async stop() {
      await program('pg_ctl', 'stop', '-w', '-m', 'immediate', '-D', cluster);
      await run('rm', ['-rf', folder]);
    },
  };
}
