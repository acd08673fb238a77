/** Desks for tests of the schedule: an employer each, its context at any moment, what was told and what was ordered. */
import { sql } from 'kysely';
import { brusselsDay } from '../../src/clock.ts';
import type { JobContext } from '../../src/jobs/context.ts';
import { confirmOrder } from '../../src/jobs/orders/confirm-orders.ts';
import { runOrders } from '../../src/jobs/orders/run-orders.ts';
import { openWorkplace, type Workplace } from './job-context.ts';
import {
  grant,
  type Invented,
  inventBeneficiary,
  inventEmployer,
  orderDay,
  type StandingOrderOf,
  warningsOf,
} from './small-world.ts';

export const ORDERS = { orders: '0 6 * * *' };
export const MEAL = { code: 'meal', faceValue: 800 };

/** Makes as many workplaces, before the tests: what cleans up belongs to the file. Each desk takes one. */
export async function openScheduleDesks(count: number) {
  const places = await Promise.all(Array.from({ length: count }, openWorkplace));
  return (order: Partial<StandingOrderOf>) => {
    const place = places.pop();
    if (place === undefined) throw new Error('no workplace is left');
    return openDesk(place, order);
  };
}

/** The workplace with one employer, and its context at any moment. */
async function openDesk(place: Workplace, order: Partial<StandingOrderOf>) {
  const { db } = place.on('2026-12-01').database;
  const employer = await inventEmployer(db, { standingOrders: [{ from: '2026-10', ...order }] });
  const person = await inventBeneficiary(db, employer, { products: [MEAL] });
  const at = (moment: string): JobContext => ({
    ...place.on(brusselsDay(Date.parse(moment))),
    now: Date.parse(moment),
  });
  return { place, db, employer, person, at };
}

export function events(place: Workplace, ...wanted: string[]): Record<string, unknown>[] {
  return place.logLines().flatMap((line) => {
    const told = JSON.parse(line) as Record<string, unknown>;
    return wanted.includes(String(told['event'])) ? [told] : [];
  });
}

/** The month worked and the status of each order, and its holding warnings. */
export async function ordered(db: JobContext['database']['db'], employer: string): Promise<string[]> {
  const orders = await sql<{ id: number; line: string }>`
    select id, run_period || ' ' || kind || ' ' || status || ' ' || ordered_on as line from voucher_order
     where enterprise_number = ${employer} order by id`.execute(db);
  return Promise.all(orders.rows.map(async ({ id, line }) => [line, ...(await warningsOf(db, id))].join(' ')));
}

/** One order that a person has confirmed: after it, orders confirm themselves. */
export async function orderFirst(person: Invented, at: (moment: string) => JobContext): Promise<void> {
  const { database, today } = at('2026-11-05T05:00:00Z');
  await grant(database.db, person, '2026-10', 20, 800);
  const { orders } = await runOrders(orderDay(database.db, today));
  const given = { by: 'ops', acknowledge: 'all' } as const;
  await confirmOrder(orderDay(database.db, today), orders[0]?.id ?? 0, given);
}
