/** A million payroll rows of 25,000 employers from file to applied, and the floor under it, on one server in one run. */
import { execFileSync } from 'node:child_process';
import { createReadStream } from 'node:fs';
import { mkdtemp, rm, stat } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { pipeline } from 'node:stream/promises';
import { sql } from 'kysely';
import { from as copyFrom } from 'pg-copy-streams';
import { readEnvironment } from '../src/config/environment.ts';
import { loadConfig } from '../src/config.ts';
import { type Database, openDatabase } from '../src/load/database.ts';
import { openEmbeddedPostgres } from '../src/load/embedded-postgres.ts';
import { migrateSchema } from '../src/load/migrate.ts';
import { syncReference } from '../src/load/reference/reference.ts';
import { secondsOf } from './bench.ts';
import { fillCountry, writePayroll } from './payroll-world.ts';

export interface CountryTimes {
  readonly rows: number;
  readonly floor: number;
  readonly fresh: number;
  readonly again: number;
  readonly peakMegabytes: number;
}

const TIMES = 3;
/** `fsync` stays on; the server is otherwise as a small company would set it. */
const SETTINGS = ['shared_buffers=1GB', 'max_wal_size=8GB'];

/** Medians of three; `BENCH_ROWS` makes it smaller for a first look. */
export async function measureCountry(): Promise<CountryTimes> {
  const rows = Number(process.env['BENCH_ROWS'] ?? 1_000_000);
  const home = await mkdtemp(join(tmpdir(), 'navette-bench-'));
  const server = await openEmbeddedPostgres(home, SETTINGS);
  try {
    const database = await openDatabase(server.url, () => undefined);
    try {
      const config = loadConfig(
        readEnvironment({ NAVETTE_HOME: home, NAVETTE_CONFIG: join(import.meta.dirname, '../config') }),
      );
      await migrateSchema(database.db);
      await syncReference(database.db, config);
      await fillCountry(database.db, rows);
      const first = join(home, 'first.csv');
      const second = join(home, 'second.csv');
      await writePayroll(first, rows, 0);
      await writePayroll(second, rows, 100);
      const { size } = await stat(first);
      console.error(`${rows} rows, ${Math.round(size / 1e6)} MB, ${SETTINGS.join(', ')}, fsync on`);
      return { rows, ...(await measure(database, server.url, home, first, second)) };
    } finally {
      await database.close();
    }
  } finally {
    await server.release();
    await rm(home, { recursive: true, force: true });
  }
}

async function measure(database: Database, url: string, home: string, first: string, second: string) {
  const floors: number[] = [];
  const freshes: number[] = [];
  const agains: number[] = [];
  let peakMegabytes = 0;
  for (let time = 0; time < TIMES; time += 1) {
    floors.push(await measureFloor(database, first));
    await sql`truncate entitlement, entitlement_change, confirmed_entitlement, row_issue, held_plan, outgoing_file, drop_file`.execute(
      database.db,
    );
    await sql`checkpoint`.execute(database.db);
    for (const [file, times] of [
      [first, freshes],
      [second, agains],
    ] as const) {
      const words = [join(import.meta.dirname, 'import-once.ts'), home, url, file];
      const { seconds, peak } = JSON.parse(execFileSync(process.execPath, words, { encoding: 'utf8' })) as {
        seconds: number;
        peak: number;
      };
      times.push(seconds);
      peakMegabytes = Math.max(peakMegabytes, peak);
      await sql`vacuum (analyze) entitlement`.execute(database.db);
      await sql`checkpoint`.execute(database.db);
    }
    console.error(`floor ${floors.at(-1)} s, fresh ${freshes.at(-1)} s, again ${agains.at(-1)} s`);
  }
  return { floor: median(floors), fresh: median(freshes), again: median(agains), peakMegabytes };
}

/** COPY of the file as text, and one upsert into a table with the columns and the key of `entitlement`. */
async function measureFloor(database: Database, file: string): Promise<number> {
  return database.withSession(async ({ db, client }) => {
    await sql`drop table if exists floor_text, floor_entitlement`.execute(db);
    await sql`create unlogged table floor_text (a text, b text, c text, d text, e text, f text, g text, h text)`.execute(
      db,
    );
    await sql`create table floor_entitlement (like entitlement including defaults including generated including indexes)`.execute(
      db,
    );
    const seconds = await secondsOf(async () => {
      const target = client.query(copyFrom(`copy floor_text from stdin with (format csv, delimiter ';', header true)`));
      await pipeline(createReadStream(file), target);
      await sql`
        insert into floor_entitlement (enterprise_number, beneficiary_id, product_code, period, face_value, restated_quantity,
                                       restated_as_of, file_id, row_number)
        select a, 1000000 + row_number() over (), d, c, replace(f, ',', '')::int, e::int, now(), 1, row_number() over ()
          from floor_text
        on conflict (enterprise_number, beneficiary_id, product_code, period, face_value)
          do update set restated_quantity = excluded.restated_quantity`.execute(db);
    });
    await sql`drop table floor_text, floor_entitlement`.execute(db);
    return seconds;
  });
}

function median(values: readonly number[]): number {
  return values.toSorted((a, b) => a - b)[Math.floor(values.length / 2)] ?? 0;
}
