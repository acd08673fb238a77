/** When something is due by a cron expression; the only file that knows node-cron, which only wakes and matches. */
import { createTask, validate } from 'node-cron';
import { brusselsMinute, isoMoment } from '../clock.ts';

const MINUTE = 60_000;
const HOUR = 60 * MINUTE;
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

export function isCron(expression: string): boolean {
  return validate(expression);
}

/** The slots of one cron expression. A slot is text, and sorts by it; what there is none of twice, cannot be run twice. */
export interface Timetable {
  /** the slot of this very minute, were it due */
  readonly slotAt: (moment: number) => string;
  /** the last slot due at `moment` (milliseconds since 1970 UTC) and later than the slot `after`, null when there is none */
  readonly latestDue: (moment: number, after: string) => string | null;
  /** the first moment later than `moment` at which a slot is due, within two months; null when there is none */
  readonly nextDue: (moment: number) => number | null;
}

/** How far back a slot is looked for, whatever the last one was. */
const MOST_MINUTES = 400 * DAY_MINUTES;
const MOST_MINUTES_AHEAD = 62 * DAY_MINUTES;
/** Belgium is so many hours ahead of UTC in summer and in winter. */
const HOURS_AHEAD = [2, 1];

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
  /** When the wall first shows this minute or, where it is missing, a later one. */
  const momentOf = (minute: number): number => {
    if (everyHour) return minute;
    const moment = HOURS_AHEAD.map((hours) => minute - hours * HOUR).find((one) => wall(one) >= minute) ?? minute;
    return wall(moment) === minute ? moment : moment - (minute % HOUR);
  };
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
    nextDue(moment) {
      const present = minuteOf(moment);
      for (let ahead = 1; ahead < MOST_MINUTES_AHEAD; ahead += 1) {
        const minute = present + ahead * MINUTE;
        const due = isDue(minute) ? momentOf(minute) : null;
        // In the hour that comes twice, what was due the first time is not due again.
        if (due !== null && due > moment) return due;
      }
      return null;
    },
  };
}
