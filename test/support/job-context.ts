/** A place to work in for tests of jobs: real configuration, a home of its own, a cloned database, and a log one can read. */
import { cp, mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll } from 'vitest';
import { readEnvironment } from '../../src/config/environment.ts';
import { loadConfig } from '../../src/config.ts';
import type { JobContext } from '../../src/jobs/context.ts';
import { openDatabase } from '../../src/load/database.ts';
import { syncReference } from '../../src/load/reference/reference.ts';
import { openLog } from '../../src/log.ts';
import { cloneDatabase } from './database.ts';

export interface Workplace {
  /** a context on a day; the moment is noon in Belgium */
  readonly on: (day: string) => JobContext;
  /** a private folder, NAVETTE_HOME */
  readonly home: string;
  /** connection string of its database */
  readonly url: string;
  /** every line the log has written so far */
  readonly logLines: () => readonly string[];
}

/** The shipped configuration, copied so that a test may change it, and an empty database with its products. */
export async function openWorkplace(): Promise<Workplace> {
  const home = await mkdtemp(join(tmpdir(), 'navette-work-'));
  afterAll(() => rm(home, { recursive: true, force: true }));
  await cp(new URL('../../config', import.meta.url), join(home, 'config'), { recursive: true });
  const config = loadConfig(readEnvironment({ NAVETTE_HOME: home, NAVETTE_CONFIG: join(home, 'config') }));
  const url = await cloneDatabase();
  const database = await openDatabase(url, () => undefined);
  afterAll(() => database.close());
  await syncReference(database.db, config);
  const lines: string[] = [];
  const log = openLog({
    level: 'debug',
    format: 'json',
    to: { write: (line) => void lines.push(line) },
    terminal: false,
  });
  return {
    on: (day) => ({ config, database, log, today: day, now: Date.parse(`${day}T11:00:00Z`), home }),
    home,
    url,
    logLines: () => lines,
  };
}
