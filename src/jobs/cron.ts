/** When something is due by a cron expression; the only file that knows node-cron, which only wakes and matches. */
import { createTask, validate } from 'node-cron';
import { brusselsMinute, isoMoment } from '../clock.ts';

const MINUTE = 60_000;
const DAY_MINUTES = 24 * 60;

export interface Alarm {
  readonly stop: () => void;
}

/** Calls `wake` when it is time in Belgium. A missed moment is not called later. */
export function wakeBy(expression: string, wake: () => void): Alarm {
  const task = createTask(expression, wake, { timezone: 'Europe/Brussels', unref: true });
  void task.start();
  return { stop: () => void task.destroy() };
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

/** The slots of one cron expression. A slot is text, and sorts by it; what there is none of twice, cannot be run twice. */
export interface Timetable {
  /** the slot of this very minute, were it due */
  readonly slotAt: (moment: number) => string;
  /** the last slot due at `moment` (milliseconds since 1970 UTC) and later than the slot `after`, null when there is none */
  readonly latestDue: (moment: number, after: string) => string | null;
}

/** How far back a slot is looked for, whatever the last one was. */
const MOST_MINUTES = 400 * DAY_MINUTES;

/**
 * Reads the five fields (or six: then a slot is the minute) by the wall clock of Belgium. `0 2 * * *` has one slot a day,
 * `2026-03-29T02:00`, also on the day without such an hour, when it is due at 03:00, and on the day with two of them. An
 * expression for every hour goes by hours that pass instead: its slots are in UTC, `2026-10-25T00:30Z`.
 */
export function readTimetable(expression: string): Timetable {
  // In UTC no hour is missing or double: what is matched are the digits on the wall, as if they were UTC.
  const task = createTask(expression, () => undefined, { timezone: 'UTC' });
  const [minuteField = '*', hourField = '*'] = expression.trim().split(/\s+/).slice(-5);
  const everyHour = hourField === '*';
  const onlyMinute = /^\d+$/.test(minuteField) ? Number(minuteField) : null;
  const wall = (moment: number) => Date.parse(`${brusselsMinute(moment)}Z`);
  const slotOf = (minute: number) => isoMoment(minute).slice(0, 16) + (everyHour ? 'Z' : '');
  const minuteOf = (moment: number) => (everyHour ? Math.floor(moment / MINUTE) * MINUTE : wall(moment));
  const isDue = (minute: number): boolean => {
    // Matching costs far more than looking at the minute, and after a long pause there are many to look at.
    if (onlyMinute !== null && (minute / MINUTE) % 60 !== onlyMinute) return false;
    return task.match(new Date(everyHour ? wall(minute) : minute));
  };
  return {
    slotAt: (moment) => slotOf(minuteOf(moment)),
    latestDue(moment, after) {
      const last = minuteOf(moment);
      const first = Math.max(Date.parse(after.replace(/Z?$/, 'Z')), last - MOST_MINUTES * MINUTE);
      for (let minute = last; minute > first; minute -= MINUTE) {
        if (isDue(minute)) return slotOf(minute);
      }
      return null;
    },
  };
}
