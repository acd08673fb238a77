/** What every command stands on: environment, configuration, log, database and the day it is; opened once, released once. */

import { brusselsDay, endOfBrusselsDay, now } from '../clock.ts';
import { type Environment, readEnvironment } from '../config/environment.ts';
import { type Config, loadConfig, type Secrets } from '../config.ts';
import { ConfigError } from '../errors.ts';
import { type Database, openDatabase } from '../load/database.ts';
import { openEmbeddedPostgres } from '../load/embedded-postgres.ts';
import { migrateSchema, pendingMigrations } from '../load/migrate.ts';
import { syncReference } from '../load/reference/reference.ts';
import { type Log, openLog } from '../log.ts';
import type { Day } from '../model.ts';
import { type OpenProgress, reportProgress } from '../progress.ts';
import { isDay } from '../transform/values/calendar.ts';

/** 0 done, 1 something was rejected or held, 2 usage or configuration, 3 infrastructure. */
export type ExitCode = 0 | 1 | 2 | 3;

export interface App {
  readonly environment: Environment;
  readonly config: Config;
  readonly database: Database;
  readonly log: Log;
  /** today in Belgium for everything this command decides */
  readonly today: Day;
  /** true when the day was given with --date */
  readonly dateGiven: boolean;
  /** milliseconds since 1970 UTC; within `today` */
  readonly now: number;
  readonly json: boolean;
  readonly progress: OpenProgress;
  /** takes away the line of work that ended with an error */
  readonly clearProgress: () => void;
  /** prints one line for a person; nothing under --json */
  readonly say: (line?: string) => void;
  /** prints the command's one JSON document; nothing without --json */
  readonly print: (document: unknown) => void;
}

export interface CommonOptions {
  readonly json?: boolean;
  readonly date?: string;
}

/** The environment, configuration and log alone, for commands that need no database. */
export function openDesk(
  options: CommonOptions,
  environment = readEnvironment(),
  secrets: Secrets = 'with-secrets',
): Omit<App, 'database'> {
  const json = options.json === true;
  const moment = now();
  const given = options.date;
  if (given !== undefined && !isDay(given)) {
    throw new ConfigError(`--date is "${given}"; expected a day such as 2026-12-05.`);
  }
  const toError = json;
  const log = openLog({
    level: environment.logLevel,
    format: environment.logFormat,
    to: toError ? 2 : 1,
    terminal: (toError ? process.stderr : process.stdout).isTTY === true && !json,
  });
  const progress = reportProgress(log, process.stderr.isTTY === true && !json ? process.stderr : null, now);
  return {
    environment,
    config: loadConfig(environment, secrets),
    log,
    progress: progress.open,
    clearProgress: progress.clear,
    today: given ?? brusselsDay(moment),
    dateGiven: given !== undefined,
    now: given === undefined || brusselsDay(moment) === given ? moment : endOfBrusselsDay(given),
    json,
    say: (line = '') => {
      if (!json) process.stdout.write(`${line}\n`);
    },
    print: (document) => {
      if (json) process.stdout.write(`${JSON.stringify(document, null, 2)}\n`);
    },
  };
}

/** Opens everything, runs the command, releases everything. */
export async function withApp(
  options: CommonOptions,
  work: (app: App) => Promise<ExitCode>,
  environment = readEnvironment(),
  secrets: Secrets = 'with-secrets',
): Promise<ExitCode> {
  const desk = openDesk(options, environment, secrets);
  const embedded = desk.environment.databaseUrl === null ? await openEmbeddedPostgres(desk.environment.home) : null;
  try {
    const url = desk.environment.databaseUrl ?? embedded?.url ?? '';
    const database = await openDatabase(url, () => desk.log('database.connection_lost'));
    try {
      await prepare(desk, database, embedded !== null);
      return await work({ ...desk, database });
    } finally {
      await database.close();
    }
  } finally {
    desk.clearProgress();
    await embedded?.release();
  }
}

/** The embedded database is Navette's own and is brought up to date unasked; a company's database only by `migrate`. */
async function prepare(desk: Omit<App, 'database'>, database: Database, embedded: boolean): Promise<void> {
  if (embedded) {
    await migrateSchema(database.db);
    await syncReference(database.db, desk.config);
    return;
  }
  const pending = await pendingMigrations(database.db);
  if (pending.length > 0) {
    throw new ConfigError(`The database schema is not up to date (${pending.join(', ')}). Run: navette migrate`);
  }
}
