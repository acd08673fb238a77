/** A schedule driven through time hour by hour, by workers of which some are down for a while, and what they ran. */

import { brusselsDay } from '../../src/clock.ts';
import type { JobContext } from '../../src/jobs/context.ts';
import { openSchedule, type Schedule } from '../../src/jobs/schedule.ts';
import type { ScheduledJob } from '../../src/jobs/scheduled-jobs.ts';
import type { LogFacts } from '../../src/log.ts';
import type { LogEvent } from '../../src/log-events.ts';

const HOUR = 3_600_000;

/** From and to as ISO moments; nobody of these workers is there in between. */
export interface Outage {
  readonly workers: readonly number[];
  readonly from: string;
  readonly to: string;
}

export interface Ran {
  readonly event: LogEvent;
  readonly job: string;
  readonly slot: string;
  readonly at: string;
  readonly worker: number;
}

/** What a job is given at a moment; only what the schedule and the orders use. */
export type ContextAt = (moment: number, log: JobContext['log']) => JobContext;

export interface Drive {
  readonly expressions: Readonly<Record<string, string>>;
  readonly jobs: Readonly<Record<string, ScheduledJob>>;
  readonly contextAt: ContextAt;
  readonly from: string;
  readonly to: string;
  readonly workers: number;
  readonly outages: readonly Outage[];
}

/** Every hour every worker that is there looks at the schedule, all at once; one that comes back is a new process. */
export async function driveSchedule(drive: Drive): Promise<Ran[]> {
  const ran: Ran[] = [];
  const schedules: (Schedule | null)[] = Array.from({ length: drive.workers }, () => null);
  for (let moment = Date.parse(drive.from); moment < Date.parse(drive.to); moment += HOUR) {
    const at = new Date(moment).toISOString();
    const down = new Set(
      drive.outages.filter(({ from, to }) => from <= at && at < to).flatMap(({ workers }) => workers),
    );
    await Promise.all(
      schedules.map(async (_, worker) => {
        if (down.has(worker)) {
          schedules[worker] = null;
          return;
        }
        schedules[worker] ??= openSchedule(drive.expressions, drive.jobs);
        const log = (event: LogEvent, { step, period }: LogFacts = {}): void => {
          if (step !== undefined && period !== undefined) ran.push({ event, job: step, slot: period, at, worker });
        };
        await schedules[worker]?.(drive.contextAt(moment, log));
      }),
    );
  }
  return ran;
}

/** A context of the schedule at any moment. */
export function contextAt(place: JobContext): ContextAt {
  return (moment, log) => ({ ...place, log, now: moment, today: brusselsDay(moment) });
}
