/** A million rows of 25,000 employers from file to applied, and the floor under it, on one server in one run. */
import { execFileSync } from 'node:child_process';
import { createReadStream } from 'node:fs';
import { cp, mkdtemp, readFile, rm, stat, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { pipeline } from 'node:stream/promises';
import { type RawBuilder, sql } from 'kysely';
import { from as copyFrom } from 'pg-copy-streams';
import { readEnvironment } from '../src/config/environment.ts';
import { loadConfig } from '../src/config.ts';
import { type Database, type Db, openDatabase } from '../src/load/database.ts';
import { openEmbeddedPostgres } from '../src/load/embedded-postgres.ts';
import { migrateSchema } from '../src/load/migrate.ts';
import { syncReference } from '../src/load/reference/reference.ts';
import { COUNTRY_SERVER, secondsOf } from './bench.ts';
import { COUNTRY_LAYOUT, countryLayout } from './payroll-world.ts';

export interface CountryTimes {
  readonly rows: number;
  readonly floor: number;
  readonly fresh: number;
  readonly again: number;
  readonly peakMegabytes: number;
}

const TIMES = 3;

/** One kind of file of a country: how it and its world are made, and the plainest way to bring it in. */
export interface CountryFile {
  readonly layout: string;
  readonly fill: (db: Db, people: number) => Promise<void>;
  readonly write: (path: string, rows: number, changedEvery: number) => Promise<void>;
  /** what an import writes, beside the ledger */
  readonly tables: readonly string[];
  /** the floor: `floor_text` with columns c1, c2, … and the table that has the columns and keys of the real one */
  readonly columns: number;
  readonly like: string;
  readonly insert: RawBuilder<unknown>;
}

/** Medians of three. */
export async function measureCountry(rows: number, kind: CountryFile): Promise<CountryTimes> {
  const home = await mkdtemp(join(tmpdir(), 'navette-bench-'));
  const server = await openEmbeddedPostgres(home, COUNTRY_SERVER);
  try {
    const database = await openDatabase(server.url, () => undefined);
    try {
      const folder = join(home, 'config');
      await cp(join(import.meta.dirname, '../config'), folder, { recursive: true });
      const portal = await readFile(join(folder, 'layouts', 'beneficiaries-portal.yaml'), 'utf8');
      await writeFile(join(folder, 'layouts', `${COUNTRY_LAYOUT}.yaml`), countryLayout(portal));
      const config = loadConfig(readEnvironment({ NAVETTE_HOME: home, NAVETTE_CONFIG: folder }));
      await migrateSchema(database.db);
      await syncReference(database.db, config);
      await kind.fill(database.db, rows);
      const first = join(home, 'first.csv');
      const second = join(home, 'second.csv');
      await kind.write(first, rows, 0);
      await kind.write(second, rows, 100);
      const { size } = await stat(first);
      console.error(`${rows} rows, ${Math.round(size / 1e6)} MB, ${COUNTRY_SERVER.join(', ')}, fsync on`);
      return { rows, ...(await measure(database, kind, { url: server.url, home, folder, first, second })) };
    } finally {
      await database.close();
    }
  } finally {
    await server.release();
    await rm(home, { recursive: true, force: true });
  }
}

interface Place {
  readonly url: string;
  readonly home: string;
  readonly folder: string;
  readonly first: string;
  readonly second: string;
}

async function measure(database: Database, kind: CountryFile, place: Place) {
  const { url, home, folder, first, second } = place;
  const tables = sql.raw(kind.tables.join(', '));
  const floors: number[] = [];
  const freshes: number[] = [];
  const agains: number[] = [];
  let peakMegabytes = 0;
  for (let time = 0; time < TIMES; time += 1) {
    floors.push(await measureFloor(database, kind, first));
    await sql`truncate ${tables}, row_issue, held_plan, outgoing_file, drop_file cascade`.execute(database.db);
    await sql`checkpoint`.execute(database.db);
    for (const [file, times] of [
      [first, freshes],
      [second, agains],
    ] as const) {
      const once = join(import.meta.dirname, 'import-once.ts');
      // With the options that `navette` starts with, which this run has too.
      const words = [...process.execArgv, once, home, url, file, kind.layout, 'delta', folder];
      const { seconds, peak } = JSON.parse(execFileSync(process.execPath, words, { encoding: 'utf8' })) as {
        seconds: number;
        peak: number;
      };
      times.push(seconds);
      peakMegabytes = Math.max(peakMegabytes, peak);
      await sql`vacuum (analyze) ${tables}`.execute(database.db);
      await sql`checkpoint`.execute(database.db);
    }
    console.error(`floor ${floors.at(-1)} s, fresh ${freshes.at(-1)} s, again ${agains.at(-1)} s`);
  }
  return { floor: median(floors), fresh: median(freshes), again: median(agains), peakMegabytes };
}

/** COPY of the file as text, and one upsert into a table with the columns and the keys of the real one. */
async function measureFloor(database: Database, kind: CountryFile, file: string): Promise<number> {
  const columns = Array.from({ length: kind.columns }, (_, at) => `c${at + 1} text`).join(', ');
  return database.withSession(async ({ db, client }) => {
    await sql`drop table if exists floor_text, floor_table`.execute(db);
    await sql`create unlogged table floor_text (${sql.raw(columns)})`.execute(db);
    await sql`create table floor_table (like ${sql.table(kind.like)} including defaults including generated including indexes)`.execute(
      db,
    );
    const seconds = await secondsOf(async () => {
      const target = client.query(copyFrom(`copy floor_text from stdin with (format csv, delimiter ';', header true)`));
      await pipeline(createReadStream(file), target);
      await sql`insert into floor_table ${kind.insert}`.execute(db);
    });
    await sql`drop table floor_text, floor_table`.execute(db);
    return seconds;
  });
}

function median(values: readonly number[]): number {
  return values.toSorted((a, b) => a - b)[Math.floor(values.length / 2)] ?? 0;
}
