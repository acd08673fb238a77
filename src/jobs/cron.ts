/** When something is due by a cron expression; the only file that knows node-cron, which only wakes. */
import { createTask, validate } from 'node-cron';
import { isoMoment } from '../clock.ts';

export interface Alarm {
  readonly stop: () => void;
  /** the last moment it was due before `now`, within a day; null when there is none */
  readonly dueBefore: (now: number) => string | null;
}

const MINUTE = 60_000;
const DAY_MINUTES = 24 * 60;

/** Calls `wake` with the moment that is due, ISO to the minute. A missed moment is not called later. */
export function wakeBy(expression: string, timezone: string, wake: (due: string) => void): Alarm {
  const task = createTask(expression, ({ date }) => wake(slotOf(date.getTime())), { timezone, unref: true });
  void task.start();
  return {
    stop: () => void task.destroy(),
    dueBefore(now) {
      const last = Math.floor(now / MINUTE) * MINUTE;
      for (let minutes = 0; minutes < DAY_MINUTES; minutes += 1) {
        const moment = last - minutes * MINUTE;
        if (task.match(new Date(moment))) return slotOf(moment);
      }
      return null;
    },
  };
}

/** The next moment after `now` (milliseconds since 1970 UTC) that is due, within two months; null when there is none. */
export function nextDue(expression: string, timezone: string, now: number): number | null {
  const task = createTask(expression, () => undefined, { timezone });
  const first = (Math.floor(now / MINUTE) + 1) * MINUTE;
  try {
    for (let minutes = 0; minutes < 62 * DAY_MINUTES; minutes += 1) {
      const moment = first + minutes * MINUTE;
      if (task.match(new Date(moment))) return moment;
    }
    return null;
  } finally {
    void task.destroy();
  }
}

export function isCron(expression: string): boolean {
  return validate(expression);
}

/** `2026-12-01T06:00Z`: slots of one job sort by their text, and the hour that comes twice in autumn has two. */
function slotOf(moment: number): string {
  return isoMoment(moment).replace(/:\d\d\.\d+Z$/, 'Z');
}
