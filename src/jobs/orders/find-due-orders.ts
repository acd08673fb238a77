/** Which slots of standing orders are due and empty, and which filled ones may get a supplement. */

import type { Db } from '../../load/database.ts';
import type { SlotToRun } from '../../load/orders/slot-run.ts';
import {
  readMonthsWithPayroll,
  readSlotsToLookAtAgain,
  readStandingOrders,
  type StandingOrderRow,
} from '../../load/reference/standing-orders.ts';
import type { Day, Period } from '../../model.ts';
import { orderReference } from '../../transform/employers/standing-order.ts';
import { type DueSlot, dueDay, dueSlots, hasSlot, lateSlots, validityStart } from '../../transform/orders/slots.ts';
import { addMonthsToDay } from '../../transform/values/calendar.ts';

/** An order of one month a year comes back within so many months. */
const MONTHS_AHEAD = 13;

/**
 * Recurring slots, oldest month first within an employer. Without `period`: all that are due by `today` and empty, with
 * those marked that come so late that a person should look. With it: that month worked, whatever the day, none marked.
 */
export async function findDueSlots(db: Db, today: Day, period: Period | null): Promise<SlotToRun[]> {
  const orders = await readStandingOrders(db);
  const wanted = orders.map((order) => ({ order, due: slotsOf(order, today, period) }));
  const spoken = await monthsWithPayroll(
    db,
    wanted.filter(({ order }) => order.quantityFrom === 'payroll'),
  );
  return wanted
    .flatMap(({ order, due }) => {
      const ready =
        order.quantityFrom === 'payroll' ? due.filter((slot) => spoken.has(keyOf(order, slot.period))) : due;
      const late = period === null ? lateSlots(order.quantityFrom, ready, today) : new Set<Period>();
      return ready.map((slot) => ({ dueOn: slot.dueOn, slot: recurring(order, slot, late.has(slot.period), today) }));
    })
    .sort((a, b) => compare(a.slot.period, b.slot.period) || compare(a.dueOn, b.dueOn))
    .map(({ slot }) => slot);
}

/** Slots of one month worked and one product: due and empty, waiting for payroll to speak of the month, or still to come. */
export interface SlotsAhead {
  readonly state: 'due' | 'waits-for-payroll' | 'to-come';
  readonly dueOn: Day;
  readonly period: Period;
  readonly productCode: string;
  readonly orders: number;
}

/** What the standing orders of everybody come to in the next month, by day. */
export async function findSlotsAhead(db: Db, today: Day): Promise<SlotsAhead[]> {
  const horizon = addMonthsToDay(today, 1);
  const wanted = (await readStandingOrders(db)).map((order) => ({ order, due: slotsOf(order, horizon, null) }));
  const spoken = await monthsWithPayroll(
    db,
    wanted.filter(({ order }) => order.quantityFrom === 'payroll'),
  );
  const slots = wanted.flatMap(({ order, due }) =>
    due.map(({ dueOn, period }) => {
      const isReady = order.quantityFrom !== 'payroll' || spoken.has(keyOf(order, period));
      const state = dueOn > today ? 'to-come' : isReady ? 'due' : 'waits-for-payroll';
      return { state, dueOn, period, productCode: order.productCode } as const;
    }),
  );
  return [...Map.groupBy(slots, ({ state, dueOn, period, productCode }) => [dueOn, state, productCode, period].join())]
    .sort(([one], [other]) => compare(one, other))
    .flatMap(([, [first, ...others]]) => (first === undefined ? [] : [{ ...first, orders: others.length + 1 }]));
}

/**
 * The next slot of every standing order of one employer, due or to come: the oldest empty month of which payroll has spoken,
 * else the one whose day comes next.
 */
export async function findNextSlots(
  db: Db,
  today: Day,
  enterpriseNumber: string,
): Promise<{ readonly slot: SlotToRun; readonly dueOn: Day }[]> {
  const orders = await readStandingOrders(db, enterpriseNumber);
  const horizon = addMonthsToDay(today, MONTHS_AHEAD);
  const wanted = orders.map((order) => ({ order, due: slotsOf(order, horizon, null) }));
  const spoken = await monthsWithPayroll(db, wanted);
  return wanted.flatMap(({ order, due }) => {
    const isReady = ({ period }: DueSlot) => order.quantityFrom !== 'payroll' || spoken.has(keyOf(order, period));
    const next = due.find(isReady) ?? due.find(({ dueOn }) => dueOn >= today) ?? due.at(-1);
    return next === undefined ? [] : [{ slot: recurring(order, next, false, today), dueOn: next.dueOn }];
  });
}

/**
 * Months that were ordered and may get a supplement, by the rule of their standing order, oldest first. `justOrdered` holds,
 * by `productOf`, the last month that the caller has ordered: up to there everything open was looked at.
 */
export async function findSupplements(
  db: Db,
  today: Day,
  period: Period | null,
  justOrdered: ReadonlyMap<string, Period>,
  enterpriseNumber: string | null = null,
): Promise<SlotToRun[]> {
  const open = (await readStandingOrders(db, enterpriseNumber)).filter((order) => {
    const last = order.filled.toSorted().at(-1);
    return last !== undefined && last > (justOrdered.get(productOf(order)) ?? '');
  });
  const orders = new Map(open.map((order) => [`${order.enterpriseNumber}:${order.id}`, order]));
  const employers = new Set(open.map((order) => order.enterpriseNumber));
  return (await readSlotsToLookAtAgain(db, [...employers]))
    .filter((month) => period === null || month.period === period)
    .flatMap((month) => {
      const order = orders.get(`${month.enterpriseNumber}:${month.standingOrderId}`);
      if (order === undefined) return [];
      const slot = recurring(order, { period: month.period, dueOn: today }, false, today);
      return [{ ...slot, kind: 'supplement' as const }];
    })
    .sort((a, b) => compare(a.period, b.period));
}

function slotsOf(order: StandingOrderRow, today: Day, period: Period | null): DueSlot[] {
  const contracts = order.contractsFrom.map((from) => ({ from }));
  const filled = new Set(order.filled);
  if (period === null) return dueSlots(order, contracts, today, filled);
  if (filled.has(period) || !hasSlot(order, contracts, period)) return [];
  return [{ period, dueOn: dueDay(order, period) }];
}

async function monthsWithPayroll(
  db: Db,
  wanted: readonly { readonly order: StandingOrderRow; readonly due: readonly DueSlot[] }[],
): Promise<Set<string>> {
  const months = wanted.flatMap(({ order, due }) =>
    due.map(({ period }) => ({ enterpriseNumber: order.enterpriseNumber, productCode: order.productCode, period })),
  );
  if (months.length === 0) return new Set();
  return new Set((await readMonthsWithPayroll(db, months)).map((month) => keyOf(month, month.period)));
}

function recurring(order: StandingOrderRow, slot: DueSlot, isLate: boolean, today: Day): SlotToRun {
  return {
    enterpriseNumber: order.enterpriseNumber,
    standingOrderId: order.id,
    productCode: order.productCode,
    period: slot.period,
    kind: 'recurring',
    reference: orderReference(order.reference, slot.period),
    validityStart: validityStart(order.validityStart, today),
    quantityFrom: order.quantityFrom,
    quantity: order.quantity,
    faceValue: null,
    late: order.late,
    lateDueOn: isLate ? slot.dueOn : null,
  };
}

/** One employer's product: what is open is open for all its standing orders together. */
export function productOf(of: { readonly enterpriseNumber: string; readonly productCode: string }): string {
  return `${of.enterpriseNumber}:${of.productCode}`;
}

function keyOf(of: { readonly enterpriseNumber: string; readonly productCode: string }, period: Period): string {
  return `${productOf(of)}:${period}`;
}

function compare(one: string, other: string): number {
  return one < other ? -1 : one > other ? 1 : 0;
}
