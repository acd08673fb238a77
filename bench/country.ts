/** A small payroll file in a country of people: next to an empty database, and while a file of a million rows is applied. */
import { execFile } from 'node:child_process';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { sql } from 'kysely';
import { readEnvironment } from '../src/config/environment.ts';
import { loadConfig } from '../src/config.ts';
import { type Database, openDatabase } from '../src/load/database.ts';
import { openEmbeddedPostgres } from '../src/load/embedded-postgres.ts';
import { migrateSchema } from '../src/load/migrate.ts';
import { syncReference } from '../src/load/reference/reference.ts';
import { type BenchResult, COUNTRY_SERVER, ratioOf } from './bench.ts';
import { fillCountry, writePayroll } from './payroll-world.ts';

const run = promisify(execFile);
const COUNTRY = 2_500_000;
const PEOPLE_PER_EMPLOYER = 50;
const LARGE = 1_000_000;
const SMALL = 5_000;
const GOAL = 2;
const GOAL_BESIDE = 5;
const TIMES = 5;

export async function bench(size: number): Promise<BenchResult> {
  const home = await mkdtemp(join(tmpdir(), 'navette-bench-'));
  const server = await openEmbeddedPostgres(home, COUNTRY_SERVER);
  try {
    const empty = await filled(server.url, home, 'empty', SMALL);
    const country = await filled(server.url, home, 'country', Math.max(SMALL, COUNTRY * size));
    const small: string[] = [];
    for (let index = 0; index <= 2 * TIMES; index += 1) {
      small.push(join(home, `small-${index}.csv`));
      await writePayroll(small[index] ?? '', SMALL, 2 + index, PEOPLE_PER_EMPLOYER);
    }
    const large = join(home, 'large.csv');
    await writePayroll(large, LARGE * size, 0, PEOPLE_PER_EMPLOYER);
    const peaks: number[] = [];
    const take = async (url: string, file: string): Promise<number> => {
      const { seconds, peak } = await importOnce(home, url, file);
      peaks.push(peak);
      return seconds;
    };
    const alone = await median(small.slice(0, TIMES), (file) => take(empty, file));
    const seconds = await median(small.slice(0, TIMES), (file) => take(country, file));
    let running = true;
    const applied = importOnce(home, country, large).finally(() => {
      running = false;
    });
    const staging: number[] = [];
    const applying: number[] = [];
    const watcher = await openDatabase(country, () => undefined, 1);
    for (const file of small.slice(TIMES)) {
      if (!running) break;
      const before = await isStaging(watcher);
      const took = await take(country, file);
      (before && (await isStaging(watcher)) ? staging : applying).push(took);
    }
    await applied;
    await watcher.close();
    if (staging.length + applying.length === 0)
      throw new Error('the large file was applied before a small one came beside it');
    const ratio = ratioOf(seconds, alone);
    const slowest = ratioOf(Math.max(...staging, ...applying), seconds);
    return {
      name: 'country',
      size: SMALL,
      seconds,
      referenceSeconds: alone,
      ratio,
      peakMegabytes: Math.max(...peaks),
      goal: `less than ${GOAL} times an empty database, less than ${GOAL_BESIDE} times beside a large file for the same employers (while it is read ${staging.join(', ')} s, from its end to its commit ${applying.join(', ')} s: ${slowest})`,
      met: ratio < GOAL && slowest < GOAL_BESIDE,
    };
  } finally {
    await server.release();
    await rm(home, { recursive: true, force: true });
  }
}

/** Whether the large file is still being read; afterwards its employers are locked until it is applied. */
async function isStaging({ db }: Database): Promise<boolean> {
  const found = await sql<{ staging: boolean }>`
    select exists (select from pg_stat_activity
                    where datname = current_database() and query like 'copy stage_payroll%' and state = 'active') as staging`.execute(
    db,
  );
  return found.rows[0]?.staging === true;
}

/** A database of its own on the server, with so many people; @returns its connection string */
async function filled(url: string, home: string, name: string, people: number): Promise<string> {
  const first = await openDatabase(url, () => undefined, 1);
  await sql`create database ${sql.id(name)}`.execute(first.db);
  await first.close();
  const own = url.replace(/\/navette$/, `/${name}`);
  const database = await openDatabase(own, () => undefined);
  const config = loadConfig(
    readEnvironment({ NAVETTE_HOME: home, NAVETTE_CONFIG: join(import.meta.dirname, '../config') }),
  );
  await migrateSchema(database.db);
  await syncReference(database.db, config);
  await fillCountry(database.db, people, PEOPLE_PER_EMPLOYER);
  await database.close();
  return own;
}

/** In a process of its own: its seconds, and its peak in megabytes. */
async function importOnce(home: string, url: string, file: string): Promise<{ seconds: number; peak: number }> {
  const { stdout } = await run(process.execPath, [join(import.meta.dirname, 'import-once.ts'), home, url, file]);
  return JSON.parse(stdout) as { seconds: number; peak: number };
}

async function median(files: readonly string[], measure: (file: string) => Promise<number>): Promise<number> {
  const times: number[] = [];
  for (const file of files) times.push(await measure(file));
  return times.toSorted((a, b) => a - b)[Math.floor(times.length / 2)] ?? 0;
}
