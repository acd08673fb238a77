/** The schedule: which slot of each job is due by the wall clock of Belgium, and that each is run once across machines. */
import { reasonOf } from '../load/database.ts';
import { finishSlot, lastDoneSlot } from '../load/job-slots.ts';
import { isAboutConnection } from './connection-errors.ts';
import type { JobContext } from './context.ts';
import { isCron, readTimetable, type Timetable } from './cron.ts';
import { OWNER } from './owner.ts';
import { SCHEDULED_JOBS, type ScheduledJob } from './scheduled-jobs.ts';
import { takeTurn } from './turn.ts';

/** The row of `job_slot` that says who runs a job; its other rows are the slots that are done. */
const TURN = 'turn';
const MINUTE = 60_000;
/** A slot run later than this was missed. */
const LATE_MILLISECONDS = 10 * MINUTE;
/** Minutes before a job that failed is tried again, the last one for ever; a newer slot does not hurry it. */
const BACK_OFF_MINUTES = [1, 1, 2, 5, 10, 30];

interface Watched {
  readonly job: string;
  readonly run: ScheduledJob;
  readonly timetable: Timetable;
  /** up to here slots were looked for; null before the first look */
  lookedUntil: string | null;
  /** the slot to be run, null when there is none */
  due: string | null;
  running: boolean;
  failures: number;
  notBefore: number;
}

/** Call it every minute, the first time at once: that is when what was missed is found. Ends when all that was due was tried. */
export type Schedule = (moment: JobContext) => Promise<void>;

/** @returns a sentence for every entry of the configured schedule that is no cron expression or names no job */
export function scheduleFaults(expressions: Readonly<Record<string, string>>): string[] {
  const names = ['pull', ...Object.keys(SCHEDULED_JOBS)];
  return Object.entries(expressions).flatMap(([job, expression]) => {
    if (!names.includes(job)) {
      return [`navette.yaml: "schedule.${job}" is no job; allowed: ${names.join(', ')}.`];
    }
    return isCron(expression)
      ? []
      : [`navette.yaml: "schedule.${job}" is "${expression}"; expected a cron expression.`];
  });
}

/** `expressions` are the cron expressions of the configuration by job; `pull` is not one of these jobs. */
export function openSchedule(
  expressions: Readonly<Record<string, string>>,
  jobs: Readonly<Record<string, ScheduledJob>> = SCHEDULED_JOBS,
): Schedule {
  const all = Object.entries(expressions).flatMap(([job, expression]): Watched[] => {
    const run = Object.hasOwn(jobs, job) ? jobs[job] : undefined;
    if (run === undefined) return [];
    const timetable = readTimetable(expression);
    return [{ job, run, timetable, lookedUntil: null, due: null, running: false, failures: 0, notBefore: 0 }];
  });
  return async (moment) => {
    await Promise.all(all.map((watched) => lookAt(moment, watched)));
  };
}

async function lookAt(moment: JobContext, watched: Watched): Promise<void> {
  if (watched.running) return;
  watched.running = true;
  try {
    await findDue(moment, watched);
    if (watched.due === null || moment.now < watched.notBefore) return;
    if (await runSlot(moment, watched, watched.due)) watched.due = null;
    watched.failures = 0;
  } catch (error) {
    const slot = watched.due === null ? {} : { period: watched.due };
    const aboutConnection = isAboutConnection(error);
    if (!aboutConnection || watched.failures === 0) {
      moment.log('job.failed', { step: watched.job, ...slot, reason: reasonOf(error) });
    }
    watched.failures += 1;
    // The way to the database is tried by the heartbeat: when it is open again, nobody should wait.
    if (aboutConnection) return;
    const pause = BACK_OFF_MINUTES[Math.min(watched.failures, BACK_OFF_MINUTES.length) - 1] ?? 1;
    watched.notBefore = moment.now + pause * MINUTE;
  } finally {
    watched.running = false;
  }
}

/** A job that never ran has nothing to make up for: its first slot is the next one. */
async function findDue({ database, now }: JobContext, watched: Watched): Promise<void> {
  const { timetable } = watched;
  const present = timetable.slotAt(now);
  const after = watched.lookedUntil ?? (await lastDoneSlot(database.db, watched.job)) ?? present;
  watched.due = timetable.latestDue(now, after) ?? watched.due;
  // When the clock goes back an hour, the slots of that hour stay looked at.
  watched.lookedUntil = present > after ? present : after;
}

/** @returns false while another worker has the turn: if it is lost over it, the slot is run here after all */
async function runSlot(moment: JobContext, { job, run, timetable }: Watched, slot: string): Promise<boolean> {
  const { database, log, now } = moment;
  const facts = { step: job, period: slot };
  const taken = await takeTurn(database.db, { job, slot: TURN }, async (lostBy) => {
    const last = await lastDoneSlot(database.db, job);
    if (last !== null && last >= slot) {
      log('job.already_done', facts);
      return true;
    }
    if (lostBy !== null) log('job.taken_over', { ...facts, worker: lostBy });
    else if (slot < timetable.slotAt(now - LATE_MILLISECONDS)) log('job.caught_up', facts);
    await run(moment);
    // Killed before this line, the job is run again, and finds its work done.
    log((await finishSlot(database.db, job, slot, OWNER)) ? 'job.done' : 'job.already_done', facts);
    return true;
  });
  if (taken === null) log('job.elsewhere', facts);
  return taken ?? false;
}
