/** Owns one day of Navette: its jobs in the order of the schedule; a child that may be killed does the same. */

import { appendFileSync } from 'node:fs';
import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import type { Config } from '../../src/config.ts';
import type { JobContext } from '../../src/jobs/context.ts';
import { type Looks, newLooks } from '../../src/jobs/intake/looks.ts';
import { pull } from '../../src/jobs/intake/pull.ts';
import { SCHEDULED_JOBS } from '../../src/jobs/scheduled-jobs.ts';
import { openDatabase } from '../../src/load/database.ts';
import { openLog } from '../../src/log.ts';
import type { Day } from '../../src/model.ts';

export interface WorkDay {
  readonly day: Day;
  readonly home: string;
  readonly url: string;
  /** those to visit */
  readonly drops: Config['drops'];
}

/** Belgian morning of the day, milliseconds since 1970 UTC. */
export function momentOf(day: Day): number {
  return Date.parse(`${day}T09:00:00Z`);
}

export function openYearLog(home: string): JobContext['log'] {
  const path = join(home, 'simulate.log');
  return openLog({
    level: 'info',
    format: 'json',
    to: { write: (line) => appendFileSync(path, line) },
    terminal: false,
  });
}

/** Every look at a clock is a minute after the one before. */
export function minuteLooks(): Looks {
  let minutes = 0;
  return newLooks(() => ++minutes * 60_000);
}

/** Everything the schedule does in a day, once; doing it again finds nothing more to do. */
export async function workDay(context: JobContext, looks: Looks): Promise<void> {
  const run = async (...jobs: readonly string[]) => {
    for (const job of jobs) await SCHEDULED_JOBS[job]?.(context);
  };
  await run('leavers', 'renewals');
  if (context.today.endsWith('-01')) await run('retention');
  // Files of a drop that settles by standing still are taken at the second look.
  for (let look = 0; look < 2; look++) await pull(context, looks);
  await run('orders', 'payments', 'release', 'notices');
}

if (process.argv[1] === fileURLToPath(import.meta.url)) {
  const { loadConfig } = await import('../../src/config.ts');
  const { readEnvironment } = await import('../../src/config/environment.ts');
  const { day, home, url, drops } = JSON.parse(await readFile(process.argv[2] ?? '', 'utf8')) as WorkDay;
  const config = loadConfig(readEnvironment({ NAVETTE_HOME: home, NAVETTE_CONFIG: join(home, 'config') }));
  const database = await openDatabase(url, () => undefined);
  const context = {
    config: { ...config, drops },
    database,
    log: openYearLog(home),
    today: day,
    now: momentOf(day),
    home,
  };
  await workDay(context, minuteLooks());
  await database.close();
}
