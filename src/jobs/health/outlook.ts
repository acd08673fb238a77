/** How everything stands at a moment: drops, jobs, workers, the queue and what waits for a person; for people and for monitors. */
import { listDropVisits } from '../../load/files/drop-visits.ts';
import { type Health, readHealth } from '../../load/health.ts';
import { lastDoneMoments } from '../../load/job-slots.ts';
import { countJobs } from '../../load/queue.ts';
import { listWorkers, type WorkerRow } from '../../load/workers.ts';
import type { Day } from '../../model.ts';
import { addMonths, periodOf } from '../../transform/values/calendar.ts';
import type { JobContext } from '../context.ts';
import { readTimetable } from '../cron.ts';

export interface DropOutlook {
  readonly id: string;
  readonly files: number;
  /** ISO moment and status of the last delivery, null when nothing ever came */
  readonly lastReceivedAt: string | null;
  readonly lastStatus: string | null;
  /** the day by which the next delivery should be there, null when none is expected; overdue when it has passed */
  readonly expectedBy: Day | null;
  readonly overdue: boolean;
  /** ISO moment when a worker could read it last */
  readonly seenAt: string | null;
  /** ISO moment when the outage began, and its reason */
  readonly downSince: string | null;
  readonly downReason: string | null;
}

export interface JobOutlook {
  readonly job: string;
  /** ISO moment, null when it never ran by the clock */
  readonly lastDoneAt: string | null;
  /** milliseconds since 1970 UTC */
  readonly nextDue: number | null;
  /** seconds since the first moment at which it should have run and did not */
  readonly lagSeconds: number;
}

export interface Outlook extends Omit<Health, 'drops'> {
  readonly drops: readonly DropOutlook[];
  readonly jobs: readonly JobOutlook[];
  readonly workers: readonly WorkerRow[];
  readonly queue: { readonly waiting: number; readonly active: number };
}

/** Reads only; all of it by a dozen small questions. */
export async function readOutlook({ config, database: { db }, today, now }: JobContext): Promise<Outlook> {
  const { schedule } = config.navette;
  const { drops, ...health } = await readHealth(db, today);
  const visits = new Map((await listDropVisits(db)).map((visit) => [visit.dropId, visit]));
  const received = new Map(drops.map((drop) => [drop.dropId, drop]));
  const expected = new Map(
    config.drops.filter((drop) => drop.enabled).map((drop) => [drop.id, drop.expectedBy ?? null]),
  );
  const ids = [...new Set([...expected.keys(), ...received.keys()])].sort();
  const done = await lastDoneMoments(db, Object.keys(schedule));
  return {
    ...health,
    drops: ids.map((id) => {
      const last = received.get(id);
      const visit = expected.has(id) ? visits.get(id) : undefined;
      const by = expected.get(id) ?? null;
      const next = by === null ? null : nextExpected(by, last?.lastReceivedOn ?? null, today);
      return {
        id,
        files: last?.files ?? 0,
        lastReceivedAt: last?.lastReceivedAt ?? null,
        lastStatus: last?.lastStatus ?? null,
        expectedBy: next,
        overdue: next !== null && next < today,
        seenAt: visit?.seenAt ?? null,
        downSince: visit?.downSince ?? null,
        downReason: visit?.reason ?? null,
      };
    }),
    jobs: Object.entries(schedule)
      .filter(([job]) => job !== 'pull')
      .map(([job, expression]) => {
        const { nextDue } = readTimetable(expression);
        const lastDoneAt = done.get(job) ?? null;
        const since = lastDoneAt === null ? null : nextDue(Date.parse(lastDoneAt));
        return {
          job,
          lastDoneAt,
          nextDue: nextDue(now),
          lagSeconds: since === null ? 0 : Math.max(0, Math.floor((now - since) / 1000)),
        };
      })
      .sort((one, other) => (one.nextDue ?? now) - (other.nextDue ?? now)),
    workers: await listWorkers(db),
    queue: await countJobs(db),
  };
}

/** This month's day as long as nothing came this month, else next month's. */
function nextExpected(by: number, lastReceivedOn: Day | null, today: Day): Day {
  const month = periodOf(today);
  const came = lastReceivedOn !== null && lastReceivedOn >= `${month}-01`;
  return `${came ? addMonths(month, 1) : month}-${String(by).padStart(2, '0')}`;
}
