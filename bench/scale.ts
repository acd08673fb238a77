/** One, two and four workers on the same files, `fsync` on: files a second, and what they wait for, the processors or the database. */
import { type ChildProcess, execFileSync, spawn } from 'node:child_process';
import { once } from 'node:events';
import { cp, mkdir, mkdtemp, readdir, readFile, rm, writeFile } from 'node:fs/promises';
import { availableParallelism, tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as wait } from 'node:timers/promises';
import { sql } from 'kysely';
import { readEnvironment } from '../src/config/environment.ts';
import { loadConfig } from '../src/config.ts';
import { type Database, openDatabase } from '../src/load/database.ts';
import { openEmbeddedPostgres } from '../src/load/embedded-postgres.ts';
import { migrateSchema } from '../src/load/migrate.ts';
import { migrateQueue } from '../src/load/queue.ts';
import { syncReference } from '../src/load/reference/reference.ts';
import { type BenchResult, peakMegabytesOf, ratioOf, secondsOf } from './bench.ts';
import { inventPeople, writePayrollFile } from './payroll-files.ts';

const ROOT = join(import.meta.dirname, '..');
const WORKERS = [1, 2, 4];
const ROWS = 20;
/** As many secretariats, each with an employer of its own: files of one drop, and files of one employer, are applied one after the other. */
const DROPS = 12;
const SAMPLED_MILLISECONDS = 500;

interface Run {
  readonly workers: number;
  readonly seconds: number;
  /** processors busy on average, of which the machine has `availableParallelism()` */
  readonly workerProcessors: number;
  readonly databaseProcessors: number;
  /** of the largest worker */
  readonly peakMegabytes: number;
  /** what working connections waited for, in parts of all samples, the largest first */
  readonly waits: readonly string[];
}

/** A line on stderr for each number of workers. `seconds` is that of the fastest, `referenceSeconds` that of one worker. */
export async function bench(size: number): Promise<BenchResult> {
  const files = Math.round(2_000 * size);
  const home = await mkdtemp(join(tmpdir(), 'navette-bench-scale-'));
  const server = await openEmbeddedPostgres(home);
  try {
    await createDatabase(server.url, 'world', 'template1');
    const first = await openWorld(databaseOf(server.url, 'world'), home);
    for (let drop = 0; drop < DROPS; drop += 1) {
      const people = await inventPeople(first, ROWS);
      const folder = join(home, 'files', String(drop));
      await mkdir(folder, { recursive: true });
      for (let index = drop; index < files; index += DROPS) await writePayrollFile(folder, index, people);
    }
    await first.close();
    const runs: Run[] = [];
    for (const workers of WORKERS) {
      const run = await runWith(workers, files, server.url, home);
      runs.push(run);
      console.error(lineOf(run, files));
    }
    const [one] = runs;
    const best = runs.toSorted((a, b) => a.seconds - b.seconds)[0];
    if (one === undefined || best === undefined) throw new Error('nothing was run');
    return {
      name: 'scale',
      size: files,
      seconds: best.seconds,
      referenceSeconds: one.seconds,
      ratio: ratioOf(best.seconds, one.seconds),
      peakMegabytes: Math.max(...runs.map((run) => run.peakMegabytes)),
      goal: 'two workers no slower than one (the reference)',
      met: (runs[1]?.seconds ?? 0) <= one.seconds * 1.05,
    };
  } finally {
    await server.release();
    await rm(home, { recursive: true, force: true });
  }
}

/** The database that every run begins with a copy of. */
async function openWorld(url: string, home: string): Promise<Database> {
  const config = join(home, 'config');
  await cp(join(ROOT, 'config'), config, { recursive: true });
  const settings = await readFile(join(config, 'navette.yaml'), 'utf8');
  await writeFile(join(config, 'navette.yaml'), settings.replace(/^schedule:\n(?: {2}.*\n)*/m, 'schedule: {}\n'));
  for (let index = 0; index < DROPS; index += 1) {
    const paths = Object.fromEntries(['in', 'out', 'archive', 'error'].map((name) => [name, `drop-${index}/${name}`]));
    const drop = [
      `id: drop-${index}`,
      'secretariat: alpha',
      'kind: folder',
      `paths: ${JSON.stringify(paths)}`,
      'settled: rename',
      'layouts: [payroll-generic]',
    ];
    await writeFile(join(config, 'drops', `drop-${index}.yaml`), `${drop.join('\n')}\n`);
  }
  const database = await openDatabase(url, () => undefined, 2);
  await migrateSchema(database.db);
  await migrateQueue(url);
  await syncReference(database.db, loadConfig(readEnvironment({ NAVETTE_HOME: home, NAVETTE_CONFIG: config })));
  return database;
}

async function runWith(workers: number, files: number, url: string, home: string): Promise<Run> {
  const name = `run_${workers}`;
  await createDatabase(url, name, 'world');
  const own = databaseOf(url, name);
  for (let index = 0; index < DROPS; index += 1) {
    await rm(join(home, `drop-${index}`), { recursive: true, force: true });
    for (const folder of ['in', 'out', 'archive', 'error']) {
      await mkdir(join(home, `drop-${index}`, folder), { recursive: true });
    }
    await cp(join(home, 'files', String(index)), join(home, `drop-${index}`, 'in'), { recursive: true });
  }
  const environment = { ...process.env, DATABASE_URL: own, NAVETTE_HOME: home, NAVETTE_CONFIG: join(home, 'config') };
  const children = Array.from({ length: workers }, () =>
    spawn(join(ROOT, 'bin/navette'), ['start'], { env: { ...environment, LOG_LEVEL: 'error' }, stdio: 'ignore' }),
  );
  const watcher = await openDatabase(own, () => undefined, 1);
  const waits = new Map<string, number>();
  try {
    // The start of the processes is not what is measured.
    while ((await archived(watcher)) === 0) await wait(20);
    const before = await busySeconds(children);
    const done = await archived(watcher);
    const seconds = await secondsOf(async () => {
      while ((await archived(watcher)) < files) {
        await sample(watcher, waits);
        await wait(SAMPLED_MILLISECONDS);
      }
    });
    const after = await busySeconds(children);
    const whole = (seconds * files) / (files - done);
    return {
      workers,
      seconds: Math.round(whole * 1000) / 1000,
      workerProcessors: (after.workers - before.workers) / seconds,
      databaseProcessors: (after.database - before.database) / seconds,
      peakMegabytes: Math.max(...children.map(({ pid }) => peakMegabytesOf(pid ?? 'self'))),
      waits: shares(waits),
    };
  } finally {
    await watcher.close();
    for (const child of children) child.kill('SIGTERM');
    await Promise.all(children.map((child) => child.exitCode ?? once(child, 'exit')));
  }
}

function databaseOf(url: string, name: string): string {
  return url.replace(/\/navette$/, `/${name}`);
}

async function createDatabase(url: string, name: string, template: string): Promise<void> {
  const admin = await openDatabase(url, () => undefined, 1);
  await sql`create database ${sql.ref(name)} template ${sql.ref(template)}`.execute(admin.db);
  await admin.close();
}

async function archived({ db }: Database): Promise<number> {
  const found = await sql<{ n: number }>`select count(*)::int as n from drop_file where status = 'archived'`.execute(
    db,
  );
  return found.rows[0]?.n ?? 0;
}

/** What each connection that works right now does: runs, or waits for what. */
async function sample({ db }: Database, waits: Map<string, number>): Promise<void> {
  const found = await sql<{ what: string; n: number }>`
    select coalesce(wait_event_type || ' ' || wait_event, 'running') as what, count(*)::int as n from pg_stat_activity
     where datname = current_database() and pid <> pg_backend_pid() and state = 'active' group by 1`.execute(db);
  for (const { what, n } of found.rows) waits.set(what, (waits.get(what) ?? 0) + n);
}

function shares(waits: ReadonlyMap<string, number>): string[] {
  const all = [...waits.values()].reduce((sum, n) => sum + n, 0);
  return [...waits]
    .sort(([, one], [, other]) => other - one)
    .slice(0, 4)
    .map(([what, n]) => `${Math.round((n * 100) / all)} % ${what}`);
}

/** Processor seconds used so far by the workers, and by PostgreSQL including what its ended processes used. */
async function busySeconds(children: readonly ChildProcess[]): Promise<{ workers: number; database: number }> {
  const ticks = Number(execFileSync('getconf', ['CLK_TCK']).toString());
  const pids = new Set(children.map(({ pid }) => String(pid)));
  let [workers, database] = [0, 0];
  for (const pid of (await readdir('/proc')).filter((name) => /^\d+$/.test(name))) {
    const stat = await readFile(`/proc/${pid}/stat`, 'utf8').catch(() => '');
    const fields = stat.slice(stat.lastIndexOf(')') + 2).split(' ');
    const own = Number(fields[11]) + Number(fields[12]);
    if (pids.has(pid)) workers += own;
    else if (stat.includes('(postgres)')) {
      // The postmaster inherits the time of the connections that have ended.
      database += own + (fields[1] === '1' ? Number(fields[13]) + Number(fields[14]) : 0);
    }
  }
  return { workers: workers / ticks, database: database / ticks };
}

function lineOf({ workers, seconds, workerProcessors, databaseProcessors, waits }: Run, files: number): string {
  const busy = workerProcessors + databaseProcessors;
  const limit = busy > 0.85 * availableParallelism() ? 'the processors' : 'the database and its disk';
  return [
    `${workers} workers: ${Math.round(files / seconds)} files/s;`,
    `of ${availableParallelism()} processors ${workerProcessors.toFixed(2)} in workers and ${databaseProcessors.toFixed(2)} in PostgreSQL;`,
    `connections: ${waits.join(', ')}; limited by ${limit}`,
  ].join(' ');
}
