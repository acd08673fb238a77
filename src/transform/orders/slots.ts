/** The slots of a standing order: for which months worked it orders, on which day, and which of them come late. */
import type { Day, Period } from '../../model.ts';
import type { StandingOrder } from '../employers/standing-order.ts';
import { addDays, addMonths, addMonthsToDay, isWorkingDay, lastDayOfMonth, periodOf } from '../values/calendar.ts';

/** What decides the slots of a standing order. */
export type Rhythm = Pick<StandingOrder, 'from' | 'to' | 'months' | 'dayOfMonth' | 'shift' | 'worked'>;

/** One slot that wants an order; `period` is the month worked. */
export interface DueSlot {
  readonly period: Period;
  readonly dueOn: Day;
}

/**
 * The day on which the slot of a month worked is due. 29 to 31 mean the last day of a shorter month. A shift moves the day
 * over weekends and Belgian public holidays, if need be into the next or previous month; it never moves the period.
 */
export function dueDay(rhythm: Rhythm, period: Period): Day {
  const month = rhythm.worked === 'previous-month' ? addMonths(period, 1) : period;
  const last = lastDayOfMonth(month);
  const anchor = `${month}-${String(rhythm.dayOfMonth).padStart(2, '0')}`;
  let day = anchor < last ? anchor : last;
  if (rhythm.shift === 'none') return day;
  const step = rhythm.shift === 'next-working-day' ? 1 : -1;
  while (!isWorkingDay(day)) day = addDays(day, step);
  return day;
}

/**
 * Whether a month worked has a slot: within from..to and `months`, and not over before the first contract of the product
 * began. The end of a contract takes no slot away, nor does having no contract: such an order is parked on its day, not
 * forgotten in silence.
 */
export function hasSlot(rhythm: Rhythm, contracts: readonly { readonly from: Day }[], period: Period): boolean {
  if (period < rhythm.from || (rhythm.to !== null && period > rhythm.to)) return false;
  if (rhythm.months !== null && !rhythm.months.includes(Number(period.slice(5)))) return false;
  return contracts.length === 0 || contracts.some((contract) => contract.from <= lastDayOfMonth(period));
}

/**
 * The slots due by `today` (inclusive) that no live order fills, oldest first. `contracts` are those of the order's product,
 * `filled` the months worked that have a live recurring order. A slot that orders what payroll grants is due only when
 * payroll has spoken of its month; whoever knows the entitlements leaves the others out before asking which are late.
 */
export function dueSlots(
  rhythm: Rhythm,
  contracts: readonly { readonly from: Day }[],
  today: Day,
  filled: ReadonlySet<Period>,
): DueSlot[] {
  const slots: DueSlot[] = [];
  // Shifted to the previous working day, the 1st of next month can be due this month.
  const last = addMonths(periodOf(today), 1);
  for (let period = rhythm.from; period <= last; period = addMonths(period, 1)) {
    if (filled.has(period) || !hasSlot(rhythm, contracts, period)) continue;
    const dueOn = dueDay(rhythm, period);
    if (dueOn <= today) slots.push({ period, dueOn });
  }
  return slots;
}

/**
 * The months worked whose drafts get the warning `slot.late` in a scheduled run, out of the due slots of one standing order
 * (a run for a named period never warns). A slot is missed when it was due before today. It is late when more than two
 * were missed, or when its quantities do not come from payroll and today is later than the same day of the month after
 * `dueOn` (due on 31 January: from 1 March).
 */
export function lateSlots(
  quantityFrom: 'payroll' | 'fixed' | 'amount',
  due: readonly DueSlot[],
  today: Day,
): Set<Period> {
  const missed = due.filter((slot) => slot.dueOn < today);
  const isOld = (slot: DueSlot) => quantityFrom !== 'payroll' && addMonthsToDay(slot.dueOn, 1) < today;
  return new Set(missed.filter((slot) => missed.length > 2 || isOld(slot)).map((slot) => slot.period));
}

/** The first day on which the vouchers of an order can be valid. */
export function validityStart(rule: StandingOrder['validityStart'], orderedOn: Day): Day {
  return rule === 'order-date' ? orderedOn : `${addMonths(periodOf(orderedOn), 1)}-01`;
}
