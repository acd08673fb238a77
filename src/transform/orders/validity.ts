/** Until when vouchers of a product may be used. */
import type { Day } from '../../model.ts';
import { addDays, addMonthsToDay } from '../values/calendar.ts';

export interface MonthDay {
  readonly month: number;
  readonly day: number;
}

/** A number of months, or a fixed day after the end of the product's own year. */
export type ValidityRule = { readonly months: number } | { readonly until: MonthDay; readonly yearStarts: MonthDay };

/** The later of the order's validity start and the day of its release. */
export function validFrom(validityStart: Day, releasedOn: Day): Day {
  return validityStart > releasedOn ? validityStart : releasedOn;
}

/**
 * Last day of validity. `months`: that many months later, less one day. `until`: that day of the calendar year after the
 * one in which the product's year that holds `from` began; sport & culture vouchers (year from 1 July) run until 30
 * September of the year after (Belgian royal decree of 28 November 1969, article 19ter).
 */
export function validTo(from: Day, rule: ValidityRule): Day {
  if ('months' in rule) return addDays(addMonthsToDay(from, rule.months), -1);
  const year = Number(from.slice(0, 4));
  const began = from.slice(5) >= monthDay(rule.yearStarts) ? year : year - 1;
  return `${String(began + 1).padStart(4, '0')}-${monthDay(rule.until)}`;
}

function monthDay({ month, day }: MonthDay): string {
  return `${String(month).padStart(2, '0')}-${String(day).padStart(2, '0')}`;
}
