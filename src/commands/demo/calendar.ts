/** The month that the demo lives through: what happens on which day. */
import type { Day } from '../../model.ts';

export const DEMO_DAYS = {
  employers: '2026-11-30',
  people: '2026-12-01',
  payroll: '2026-12-02',
  corrections: '2026-12-04',
  orders: '2026-12-07',
  bank: '2026-12-14',
  release: '2026-12-15',
} as const satisfies Record<string, Day>;

/** Milliseconds since 1970 UTC: the morning of a day of the demo, at the minute and second of now. */
export function demoMoment(day: Day, now: number): number {
  return Date.parse(`${day}T09:00:00Z`) + (now % 3_600_000);
}
