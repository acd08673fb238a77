/** Owns the example files of the layouts: found in their folders, imported into a small world, compared by what they change. */
import { readdirSync, readFileSync, statSync } from 'node:fs';
import { copyFile, mkdir, mkdtemp, rm, utimes } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { sql } from 'kysely';
import { afterAll } from 'vitest';
import { loadConfig } from '../../src/config.ts';
import type { JobContext } from '../../src/jobs/context.ts';
import { importByHand } from '../../src/jobs/import/import-by-hand.ts';
import type { ImportResult } from '../../src/jobs/import/import-file.ts';
import type { Db } from '../../src/load/database.ts';
import { syncReference } from '../../src/load/reference/reference.ts';
import { openLog } from '../../src/log.ts';
import type { FileCounts, Severity } from '../../src/model.ts';
import { openTestDatabase } from './database.ts';

export const FIXTURES = 'fixtures';
/** The day on which every example is imported; the files are of the day before. */
export const TODAY = '2026-12-05';
const NOW = Date.parse(`${TODAY}T09:00:00Z`);

/** How one input is given to `navette import`. */
export interface GivenInput {
  /** its name when it is sent, where the layout reads something from the name */
  readonly name?: string;
  readonly secretariat: string;
  readonly set?: Readonly<Record<string, string>>;
}

/** `expected.json` of a layout: the same comes of every input, whatever its format. */
export interface ExpectedImport {
  readonly inputs: Readonly<Record<string, GivenInput>>;
  readonly status: string;
  readonly counts: FileCounts;
  readonly issues: readonly {
    readonly row: number | null;
    readonly column: string | null;
    readonly code: string;
    readonly severity: Severity;
  }[];
}

export const CONFIG = loadConfig({
  config: 'config',
  home: join(tmpdir(), 'navette-layouts'),
  databaseUrl: null,
  logLevel: 'debug',
  logFormat: 'json',
  http: null,
  secret: () => undefined,
});

/** Ids of the folders that hold an example of a layout. */
export function fixtureFolders(): string[] {
  return readdirSync(FIXTURES).filter((name) => name !== 'setup' && name !== 'demo');
}

export function inputsOf(layout: string): string[] {
  return readdirSync(join(FIXTURES, layout)).filter((name) => name.startsWith('input.'));
}

export function expectedOf(layout: string): ExpectedImport {
  return JSON.parse(readFileSync(join(FIXTURES, layout, 'expected.json'), 'utf8')) as ExpectedImport;
}

export interface LayoutWorld {
  readonly context: JobContext;
  /** lines that the log has written so far */
  readonly logged: string[];
  /** gives a file by hand, as a copy under its name */
  give(layout: string, path: string, given: GivenInput): Promise<ImportResult>;
}

/** A database and a home of their own, with the employers and beneficiaries of `fixtures/setup`. Gone after the test file. */
export async function openLayoutWorld(): Promise<LayoutWorld> {
  const home = await mkdtemp(join(tmpdir(), 'navette-layouts-'));
  afterAll(() => rm(home, { recursive: true, force: true }));
  const database = await openTestDatabase();
  await syncReference(database.db, CONFIG);
  const logged: string[] = [];
  const log = openLog({
    level: 'debug',
    format: 'json',
    to: { write: (line: string) => logged.push(line) },
    terminal: false,
  });
  const config = { ...CONFIG, storage: join(home, 'storage') };
  const context: JobContext = { config, database, log, today: TODAY, now: NOW, home };
  let files = 0;
  const give: LayoutWorld['give'] = async (layout, path, { name, secretariat, set = {} }) => {
    const folder = join(home, 'sent', String(files++));
    await mkdir(folder, { recursive: true });
    const sent = join(folder, name ?? path.split('/').at(-1) ?? '');
    await copyFile(path, sent);
    const day = path.startsWith(join(FIXTURES, 'setup')) ? '2026-11-30' : '2026-12-04';
    await utimes(sent, new Date(`${day}T12:00:00Z`), new Date(`${day}T12:00:00Z`));
    const [result] = await importByHand(context, [sent], {
      layout,
      secretariat,
      set,
      scope: null,
      mode: null,
      dryRun: false,
    });
    if (result === undefined) throw new Error('nothing was imported');
    return result;
  };
  await setUp(give);
  return { context, logged, give };
}

async function setUp(give: LayoutWorld['give']): Promise<void> {
  const results = [
    await give('employers', join(FIXTURES, 'setup/employers.jsonl'), { secretariat: 'issuer' }),
    await give('beneficiaries-portal', join(FIXTURES, 'setup/0403019261_travailleurs.csv'), { secretariat: 'alpha' }),
    await give('beneficiaries-portal', join(FIXTURES, 'setup/0478123490_werknemers.csv'), { secretariat: 'beta' }),
  ];
  for (const { status, counts, issues } of results) {
    if (status !== 'applied' || issues.length > 0 || counts.created !== counts.read)
      throw new Error(JSON.stringify(results));
  }
}

/** What of an outcome `expected.json` says. */
export function outcomeOf({ status, counts, issues }: ImportResult): Omit<ExpectedImport, 'inputs'> {
  const told = issues.map(({ row, column, code, severity }) => ({ row, column, code, severity }));
  return { status, counts, issues: told };
}

const LEDGER = ['drop_file', 'row_issue', 'outgoing_file', 'held_plan', 'held_departure', 'job_slot'];

/** Every row of every table beside the ledger, without the columns that say which delivery confirmed it last. */
export async function everyRow(db: Db): Promise<Record<string, string[]>> {
  const tables = await sql<{ name: string }>`
    select table_name as name from information_schema.tables
     where table_schema = 'public' and table_type = 'BASE TABLE' order by 1`.execute(db);
  const found: Record<string, string[]> = {};
  for (const { name } of tables.rows.filter((table) => !LEDGER.includes(table.name))) {
    const rows = await sql<{ row: string }>`
      select (to_jsonb(t) - array['file_id', 'last_file_id', 'row_number'])::text as row from ${sql.table(name)} t order by 1`.execute(
      db,
    );
    found[name] = rows.rows.map(({ row }) => row);
  }
  return found;
}

/** Whether a path is there. */
export function isThere(path: string): boolean {
  return statSync(path, { throwIfNoEntry: false }) !== undefined;
}
