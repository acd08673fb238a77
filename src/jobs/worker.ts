/** The worker: watches the drops, works the queue, runs what is due, says that it is alive, and drains when it is told to stop. */
import { hostname } from 'node:os';
import { setTimeout as wait } from 'node:timers/promises';
import { now } from '../clock.ts';
import type { Drop } from '../config.ts';
import { within } from '../ingest/drops/deadline.ts';
import { watchFolder } from '../ingest/drops/watch-folder.ts';
import { reasonOf } from '../load/database.ts';
import { countByStatus } from '../load/files/ledger.ts';
import { listWithoutJob, type Queue } from '../load/queue.ts';
import { noteWorker, removeWorker } from '../load/workers.ts';
import { isAboutConnection, outageReason } from './connection-errors.ts';
import type { JobContext } from './context.ts';
import { type Alarm, wakeBy } from './cron.ts';
import { expirePlans } from './import/decide-held-plan.ts';
import { warnOverdue } from './intake/overdue-drops.ts';
import { clearPassingFiles, sweepPassingFiles } from './intake/passing-files.ts';
import { watchDrop } from './intake/watch-drop.ts';
import { workFile } from './intake/work-files.ts';
import { OWNER } from './owner.ts';
import { openSchedule } from './schedule.ts';
import { type Bell, createBell } from './sleep.ts';

/** From the signal to the end. */
const DRAIN_MILLISECONDS = 25_000;
/** For the last words in the database: who stops the machine waits for thirty seconds, as a rule. */
const LAST_MILLISECONDS = 4_000;

/** Over which the visits of one `pull` are spread. */
const SPREAD_MILLISECONDS = 10_000;

const SWEEP_PAUSE = 10_000;
const SWEEPS_A_HEARTBEAT = 6;
/** Once an hour; the first time when a worker that was lost just before this one was started has been missed. */
const SWEEPS_AN_HOUR = 360;
const FIRST_CLEARING = 6;
const SWEEP = 'sweep';

export interface Worker {
  /** Takes nothing more, finishes what is in hand; @returns false when that took longer than it may */
  readonly stop: () => Promise<boolean>;
}

export interface Ending {
  /** what is not finished by then is rolled back */
  readonly drainMilliseconds?: number;
  /** gives back what is still in hand; then the process ends */
  readonly letGo: () => Promise<void>;
}

/**
 * `context` gives the configuration, the database and the log, with the time of this moment; what is in hand at the end of a
 * worker without `ending` is finished, however long it takes others to miss it.
 */
export async function startWorker(
  context: () => JobContext,
  queue: Queue,
  { drainMilliseconds = DRAIN_MILLISECONDS, letGo }: Ending = { letGo: async () => undefined },
): Promise<Worker> {
  const ending = new AbortController();
  const { signal } = ending;
  const bell = createBell(signal);
  const { config, log } = context();
  await clearPassingFiles(config.storage, now());
  const drops = config.drops.filter((drop) => drop.enabled);
  const jobs = new Set<Promise<void>>();
  const alarms = [startSchedule(context, jobs)];
  const { pull } = config.navette.schedule;
  if (pull !== undefined) alarms.push(wakeBy(pull, () => wakeAll(drops, bell)));
  const watchers = drops
    .filter((drop) => drop.kind === 'folder')
    .map((drop) => watchFolder(drop.paths.in, () => bell.wake(drop.id)));
  const loops = drops.map((drop) => watchDrop({ drop, context, queue, sleep: bell.sleep, signal }));
  loops.push(beat(context, queue, bell, signal));
  await queue.work(async (fileId) => {
    if (signal.aborted) return 'again';
    // Its drop then has something to archive and a receipt to take.
    return workFile(context(), queue, fileId, (drop) => bell.wake(drop));
  });
  log('worker.started', { entries: drops.length });
  return {
    async stop() {
      context().log('worker.stopping');
      ending.abort();
      for (const alarm of alarms) alarm.stop();
      const ended = Promise.all([
        ...watchers.map((watcher) => watcher.stop()),
        ...loops,
        ...jobs,
        queue.stop(drainMilliseconds),
      ]).then(() => true);
      const drained = await Promise.race([ended, wait(drainMilliseconds, false, { ref: false })]);
      // Left undone when the database is away: the row of a worker that no longer beats is missed by itself.
      const last = drained ? removeWorker(context().database.db, OWNER) : letGo();
      await within(LAST_MILLISECONDS, last, () => new Error('the database is away')).catch(() => undefined);
      context().log('worker.stopped', { status: drained ? 'drained' : 'cut off' });
      return drained;
    },
  };
}

/** Not all in the same moment, and not at the moment when the other workers wake theirs. */
function wakeAll(drops: readonly Drop[], bell: Bell): void {
  for (const drop of drops) setTimeout(() => bell.wake(drop.id), Math.random() * SPREAD_MILLISECONDS).unref();
}

/** The schedule is looked at once at start, for what was missed, and then every minute. */
function startSchedule(context: () => JobContext, jobs: Set<Promise<void>>): Alarm {
  const lookAt = openSchedule(context().config.navette.schedule);
  const look = (): void => {
    const looking = lookAt(context()).finally(() => jobs.delete(looking));
    jobs.add(looking);
  };
  look();
  return wakeBy('* * * * *', look);
}

/** Says what the worker sees, and gives a job to files that lost theirs. */
async function beat(context: () => JobContext, queue: Queue, bell: Bell, signal: AbortSignal): Promise<void> {
  let databaseDownSince: number | null = null;
  for (let sweeps = 0; !signal.aborted; sweeps += 1) {
    const moment = context();
    const { database, log, config } = moment;
    try {
      await noteWorker(database.db, OWNER, hostname());
      const byStatus = await countByStatus(database.db);
      if (databaseDownSince !== null) log('database.recovered', { milliseconds: now() - databaseDownSince });
      databaseDownSince = null;
      if (sweeps % SWEEPS_A_HEARTBEAT === 0) {
        log('worker.heartbeat', { byStatus, bytes: process.memoryUsage.rss() });
      }
      const drops = config.drops.filter((drop) => drop.enabled);
      const lost = await listWithoutJob(
        database.db,
        drops.map(({ id }) => id),
      );
      for (const id of lost) await queue.enqueue(database.db, id);
      if (sweeps % SWEEPS_AN_HOUR === FIRST_CLEARING) await sweepPassingFiles(moment, now());
      await warnOverdue(moment);
      await expirePlans(moment);
    } catch (error) {
      if (!isAboutConnection(error)) {
        // Thrown on, nobody would catch it: a worker that takes no files any more, or none at all, instead of a line.
        log('job.failed', { step: SWEEP, reason: reasonOf(error) });
      } else if (databaseDownSince === null) {
        databaseDownSince = now();
        log('database.down', { reason: outageReason(error) });
      }
    }
    await bell.sleep(SWEEP, SWEEP_PAUSE, false);
  }
}
