/** Calendar quarters, and the day by which what was worked in one must have been ordered. */
import type { Day, Period } from '../../model.ts';
import { addDays, addMonths, lastDayOfMonthAfterQuarter, periodOf } from '../values/calendar.ts';

/** `2026-Q4` */
export type Quarter = string;

/** So many days before it is due, an incomplete quarter is told about. */
const TOLD_DAYS_BEFORE = 15;

export function isQuarter(text: string): text is Quarter {
  return /^\d{4}-Q[1-4]$/.test(text);
}

/** First and last month worked of a quarter. */
export function monthsOfQuarter(quarter: Quarter): { readonly first: Period; readonly last: Period } {
  const last = Number(quarter.slice(6)) * 3;
  const month = (number: number) => `${quarter.slice(0, 4)}-${String(number).padStart(2, '0')}`;
  return { first: month(last - 2), last: month(last) };
}

/**
 * The last day on which the vouchers of a quarter can be put right: their number is to fit the days worked by the last day of
 * the first month after the quarter (royal decree of 28 November 1969, article 19bis § 2, 2°).
 */
export function quarterDueOn(quarter: Quarter): Day {
  return lastDayOfMonthAfterQuarter(monthsOfQuarter(quarter).last);
}

/** The quarter that must soon be complete, from 15 days before its last day on; null on every other day. */
export function quarterSoonDue(today: Day): Quarter | null {
  const before = addMonths(periodOf(today), -1);
  const quarter = `${before.slice(0, 4)}-Q${Math.ceil(Number(before.slice(5)) / 3)}`;
  const dueOn = quarterDueOn(quarter);
  return today <= dueOn && addDays(dueOn, -TOLD_DAYS_BEFORE) <= today ? quarter : null;
}
