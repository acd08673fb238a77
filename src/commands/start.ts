/** `navette start`: the worker, until it is told to stop. */
import { setTimeout as wait } from 'node:timers/promises';
import type { Command } from 'commander';
import { brusselsDay } from '../clock.ts';
import { isUnverifiedWay } from '../config/database-tls.ts';
import { readEnvironment } from '../config/environment.ts';
import { ConfigError, RetryableError } from '../errors.ts';
import { isAboutConnection, outageReason } from '../jobs/connection-errors.ts';
import type { JobContext } from '../jobs/context.ts';
import { createMetrics } from '../jobs/health/metrics.ts';
import { probeWorker, type WorkerProbes } from '../jobs/health/probe-worker.ts';
import { serveHealth } from '../jobs/health/serve-health.ts';
import { letGo } from '../jobs/let-go.ts';
import { scheduleFaults } from '../jobs/schedule.ts';
import { followClock } from '../jobs/shared-clock.ts';
import { startWorker } from '../jobs/worker.ts';
import { openDatabase } from '../load/database.ts';
import { type EmbeddedServer, openEmbeddedPostgres } from '../load/embedded-postgres.ts';
import { migrateSchema, pendingMigrations } from '../load/migrate.ts';
import { migrateQueue, openQueue, type Queue } from '../load/queue.ts';
import { syncReference } from '../load/reference/reference.ts';
import { reportProgress } from '../progress.ts';
import { type App, type ExitCode, openDesk } from './app.ts';
import { endNow } from './end-now.ts';

type Desk = Omit<App, 'database'>;

/** Connections of the worker's pool: files at once, drops at once, and the small questions between. */
const CONNECTIONS = 10;
/** Seconds before the database is asked again at start. */
const BACK_OFF_SECONDS = [1, 2, 5, 10, 30];

export function declareStart(program: Command, done: (code: ExitCode) => void): void {
  program
    .command('start')
    .description('the worker: watches the drops, works the queue, runs what is due, until SIGTERM')
    .action(async () => done(await start()));
}

async function start(): Promise<ExitCode> {
  const environment = readEnvironment();
  const metrics = createMetrics();
  const opened = openDesk({}, environment);
  const desk = { ...opened, log: metrics.counting(opened.log) };
  requireSchedule(desk);
  if (isUnverifiedWay(environment.databaseUrl)) desk.log('database.unverified');
  const stopping = new AbortController();
  const stop = (): void => stopping.abort();
  process.once('SIGTERM', stop);
  process.once('SIGINT', stop);
  const probes = probeWorker(metrics);
  const health = environment.http === null ? null : await serveHealth(environment.http, probes);
  let embedded: EmbeddedServer | null = null;
  try {
    if (environment.databaseUrl === null) embedded = await openEmbeddedPostgres(environment.home);
    const url = environment.databaseUrl ?? embedded?.url ?? '';
    const open = await openAll(desk, url, embedded !== null, stopping.signal);
    if (open !== null) await workUntilStopped(desk, open, { home: environment.home, probes, signal: stopping.signal });
    return 0;
  } finally {
    // Also after a refusal: who still answers probes would never end, and look alive.
    await health?.close();
    await embedded?.release();
  }
}

type Open = Awaited<ReturnType<typeof openOnce>>;

interface Surroundings {
  readonly home: string;
  readonly probes: WorkerProbes;
  readonly signal: AbortSignal;
}

async function workUntilStopped(desk: Desk, open: Open, { home, probes, signal }: Surroundings): Promise<void> {
  const { config, log } = desk;
  const { database, queue } = open;
  const clock = await followClock({ database, log });
  const { open: progress } = reportProgress(log, null, clock.now);
  const context = (): JobContext => {
    const moment = clock.now();
    return { config, database, log, today: brusselsDay(moment), now: moment, home, progress };
  };
  const worker = await startWorker(context, queue, { letGo: () => letGo(open.url, config.storage) });
  probes.started(context);
  if (!signal.aborted) {
    await new Promise((resolve) => signal.addEventListener('abort', resolve, { once: true }));
  }
  probes.stopping();
  const drained = await worker.stop();
  clock.stop();
  // What is still in hand was let go of, and must not go on.
  if (!drained) await endNow(0);
  await database.close();
}

/** A database that is away at start is waited for: a worker that ends at once would only be started again and again. */
async function openAll(desk: Desk, url: string, own: boolean, signal: AbortSignal) {
  for (let tried = 0; !signal.aborted; tried += 1) {
    try {
      return await openOnce(desk, url, own);
    } catch (error) {
      if (!(error instanceof RetryableError) && !isAboutConnection(error)) throw error;
      if (tried === 0) desk.log('database.down', { reason: outageReason(error) });
    }
    const seconds = BACK_OFF_SECONDS[Math.min(tried, BACK_OFF_SECONDS.length - 1)] ?? 1;
    await wait(seconds * 1000, undefined, { signal }).catch(() => undefined);
  }
  return null;
}

async function openOnce({ config, log }: Desk, url: string, own: boolean) {
  const database = await openDatabase(url, () => log('database.connection_lost'), CONNECTIONS);
  try {
    if (own) {
      await migrateSchema(database.db);
      await migrateQueue(url);
    } else {
      const pending = await pendingMigrations(database.db);
      if (pending.length > 0) {
        throw new ConfigError(`The database schema is not up to date (${pending.join(', ')}). Run: navette migrate`);
      }
    }
    await syncReference(database.db, config);
    const queue: Queue = await openQueue(url, () => log('database.connection_lost'));
    return { database, queue, url };
  } catch (error) {
    await database.close();
    throw error;
  }
}

function requireSchedule({ config }: Desk): void {
  const faults = scheduleFaults(config.navette.schedule);
  if (faults.length > 0) throw new ConfigError(faults);
}
