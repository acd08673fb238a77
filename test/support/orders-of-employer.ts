/** Orders of one employer on a day: what a run makes of them, and the draft of its November. */
import { runOrders } from '../../src/jobs/orders/run-orders.ts';
import type { Db } from '../../src/load/database.ts';
import type { OrderRow } from '../../src/load/orders/orders.ts';
import { type Noted, orderDay } from './small-world.ts';

/** Runs the orders of everybody, and gives those of one employer, what was parked of it, and all that was told. */
export async function runFor(db: Db, employer: string, today: string, options: Parameters<typeof runOrders>[1] = {}) {
  const noted: Noted[] = [];
  const result = await runOrders(orderDay(db, today, noted), options);
  const ofEmployer = <T extends { enterpriseNumber: string }>(rows: readonly T[]) =>
    rows.filter((row) => row.enterpriseNumber === employer);
  return { orders: ofEmployer(result.orders), parked: ofEmployer(result.parked), noted };
}

/** Makes the draft of November for one employer. */
export async function draftFor(db: Db, employer: string): Promise<OrderRow> {
  const [order] = (await runFor(db, employer, '2026-12-05')).orders;
  if (order === undefined) throw new Error('no draft was made');
  return order;
}
