/** Times as the settings write them, such as `13 months`, counted back from a day. */
import type { Day } from '../../model.ts';
import { addDays, addMonthsToDay } from './calendar.ts';

/**
 * The day that lies `span` before `today`; `span` is a whole number and `days`, `months` or `years`. A month back from the
 * 31st is the last day of a shorter month.
 */
export function dayBefore(today: Day, span: string): Day {
  const [count = '', unit] = span.split(' ');
  const number = Number(count);
  if (unit === 'days') return addDays(today, -number);
  return addMonthsToDay(today, -number * (unit === 'years' ? 12 : 1));
}
