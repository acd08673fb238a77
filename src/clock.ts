/** The clock: the only file that asks what time it is; everything else is told. */
import type { Day } from './model.ts';

const BRUSSELS_DAY = new Intl.DateTimeFormat('en-CA', {
  timeZone: 'Europe/Brussels',
  year: 'numeric',
  month: '2-digit',
  day: '2-digit',
});

/** `2026-12-01 09:14 CET`: what a person reads, with its zone. */
const BRUSSELS_MOMENT = new Intl.DateTimeFormat('en-GB', {
  timeZone: 'Europe/Brussels',
  year: 'numeric',
  month: '2-digit',
  day: '2-digit',
  hour: '2-digit',
  minute: '2-digit',
  timeZoneName: 'short',
});

const BRUSSELS_MINUTE = new Intl.DateTimeFormat('en-CA', {
  timeZone: 'Europe/Brussels',
  year: 'numeric',
  month: '2-digit',
  day: '2-digit',
  hour: '2-digit',
  minute: '2-digit',
  hourCycle: 'h23',
});

/** Now, in milliseconds since 1970 UTC. */
export function now(): number {
  return Date.now();
}

/** Milliseconds that only go forward, whatever is done to the clock: for how long something lasts. */
export function steady(): number {
  return performance.now();
}

/** The day it is in Belgium at a moment. */
export function brusselsDay(moment: number): Day {
  return BRUSSELS_DAY.format(moment);
}

/** What a clock on a wall in Belgium shows at a moment: `2026-03-29T03:00`. In autumn it shows an hour twice. */
export function brusselsMinute(moment: number): string {
  return BRUSSELS_MINUTE.format(moment).replace(', ', 'T');
}

/** ISO text in UTC with milliseconds of a moment. */
export function isoMoment(moment: number): string {
  return new Date(moment).toISOString();
}

/** The last millisecond of a Belgian day, in milliseconds since 1970 UTC. */
export function endOfBrusselsDay(day: Day): number {
  // Belgium is one or two hours ahead of UTC: of the two candidates, the one that still reads as that day and is later.
  const candidates = [22, 23].map((hour) => Date.parse(`${day}T${hour}:00:00Z`) - 1);
  return Math.max(...candidates.filter((moment) => brusselsDay(moment) === day));
}

/** A moment (ISO text, or milliseconds since 1970 UTC) as it is told to people: in Belgium, to the minute, with its zone. */
export function brusselsTime(moment: string | number): string {
  const at = typeof moment === 'string' ? Date.parse(moment) : moment;
  const parts = Object.fromEntries(BRUSSELS_MOMENT.formatToParts(at).map(({ type, value }) => [type, value]));
  const { year, month, day, hour, minute, timeZoneName } = parts;
  return `${year}-${month}-${day} ${hour}:${minute} ${timeZoneName}`;
}
