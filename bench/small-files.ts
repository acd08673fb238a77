/** Ten thousand small files over loopback SFTP: one worker, a transaction a file, `fsync` on; beside it OpenSSH's own `sftp -b`. */
import { execFile } from 'node:child_process';
import { mkdir, mkdtemp, readdir, rename, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as wait } from 'node:timers/promises';
import { promisify } from 'node:util';
import { sql } from 'kysely';
import { brusselsDay, now } from '../src/clock.ts';
import { readEnvironment } from '../src/config/environment.ts';
import { type Config, type Drop, loadConfig } from '../src/config.ts';
import { startWorker } from '../src/jobs/worker.ts';
import { type Database, openDatabase } from '../src/load/database.ts';
import { openEmbeddedPostgres } from '../src/load/embedded-postgres.ts';
import { migrateSchema } from '../src/load/migrate.ts';
import { migrateQueue, openQueue } from '../src/load/queue.ts';
import { syncReference } from '../src/load/reference/reference.ts';
import { sshdPlace } from '../test/support/sshd.ts';
import { type BenchResult, peakMegabytes, ratioOf, secondsOf } from './bench.ts';
import { inventPeople, writePayrollFile } from './payroll-files.ts';

const ROWS = 20;
const GOAL = 8;
/** Of the worker to its database; its queue has one more. */
const CONNECTIONS = 3;

/** `BENCH_FILES` makes it smaller for a first look. */
export async function bench(): Promise<BenchResult> {
  const files = Number(process.env['BENCH_FILES'] ?? 10_000);
  const home = await mkdtemp(join(tmpdir(), 'navette-bench-small-'));
  const place = await sshdPlace();
  const server = await openEmbeddedPostgres(home);
  try {
    const database = await openDatabase(server.url, () => undefined, CONNECTIONS);
    const shipped = loadConfig(
      readEnvironment({ NAVETTE_HOME: home, NAVETTE_CONFIG: join(import.meta.dirname, '../config') }),
    );
    await migrateSchema(database.db);
    await migrateQueue(server.url);
    await syncReference(database.db, shipped);
    const people = await inventPeople(database, ROWS);
    for (let index = 0; index < files; index += 1) await writePayrollFile(join(place.root, 'in'), index, people);
    const referenceSeconds = await secondsOf(() => fetchAndRename(home, place));
    await putBack(place.root);
    const { sftp } = place.drop;
    if (sftp === undefined) throw new Error('no SFTP place');
    const drop: Drop = {
      id: 'small',
      enabled: true,
      secretariat: 'alpha',
      kind: 'sftp',
      sftp: { ...sftp, password: null, privateKey: sftp.privateKey ?? null },
      paths: place.drop.paths,
      settled: 'rename',
      layouts: ['payroll-generic'],
      limits: shipped.navette.limits,
      scope: null,
      mode: 'upsert',
      set: {},
      hash: 'small',
    };
    const config: Config = { ...shipped, drops: [drop], navette: { ...shipped.navette, schedule: {} } };
    const seconds = await secondsOf(() => workAll(database, config, server.url, home, files));
    await database.close();
    const ratio = ratioOf(seconds, referenceSeconds);
    return {
      name: 'small-files',
      size: files,
      seconds,
      referenceSeconds,
      ratio,
      peakMegabytes: peakMegabytes(),
      goal: `at most ${GOAL} times sftp -b`,
      met: ratio <= GOAL,
    };
  } finally {
    await server.release();
    await place.stop();
    await rm(home, { recursive: true, force: true });
  }
}

async function fetchAndRename(home: string, place: Awaited<ReturnType<typeof sshdPlace>>): Promise<void> {
  const { sftp } = place.drop;
  if (sftp === undefined) throw new Error('no SFTP place');
  const key = join(home, 'key');
  const to = join(home, 'fetched');
  await writeFile(key, sftp.privateKey ?? '', { mode: 0o600 });
  await mkdir(to);
  const names = await readdir(join(place.root, 'in'));
  const batch = names.flatMap((name) => [`get /in/${name} ${to}/${name}`, `rename /in/${name} /archive/${name}`]);
  await writeFile(join(home, 'batch'), `${batch.join('\n')}\n`);
  const options = ['StrictHostKeyChecking=no', 'UserKnownHostsFile=/dev/null', 'LogLevel=ERROR'].flatMap((one) => [
    '-o',
    one,
  ]);
  const address = `${sftp.username}@${sftp.host}`;
  const words = ['-q', '-b', join(home, 'batch'), '-i', key, '-P', String(sftp.port), ...options, address];
  await promisify(execFile)('sftp', words, { maxBuffer: 64 * 1024 * 1024 });
}

async function putBack(root: string): Promise<void> {
  for (const name of await readdir(join(root, 'archive')))
    await rename(join(root, 'archive', name), join(root, 'in', name));
}

/** Until all of them are applied and moved out of the inbox. */
async function workAll(database: Database, config: Config, url: string, home: string, files: number): Promise<void> {
  const queue = await openQueue(url, () => undefined);
  const log = () => undefined;
  const worker = await startWorker(() => {
    const moment = now();
    return { config, database, log, today: brusselsDay(moment), now: moment, home };
  }, queue);
  for (;;) {
    const found = await sql<{ archived: number; told: number }>`
      select (select count(*)::int from drop_file where status = 'archived') as archived,
             (select count(*)::int from outgoing_file where status = 'sent') as told`.execute(database.db);
    if ((found.rows[0]?.archived ?? 0) >= files && (found.rows[0]?.told ?? 0) >= files) break;
    await wait(200);
  }
  await worker.stop();
}
