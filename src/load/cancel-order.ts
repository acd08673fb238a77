/** Cancellation in the database: the new state of the order. */
import { sql } from 'kysely';
import type { Day } from '../model.ts';
import type { Db } from './database.ts';
import type { OrderKey } from './order-locks.ts';

/** The order is cancelled; its lines stay readable and count no more. */
export async function markCancelled(db: Db, order: OrderKey, by: string, why: string, on: Day): Promise<void> {
  await sql`
    update voucher_order
       set status = 'cancelled', cancelled_by = ${by}, cancelled_on = ${on}::date, cancelled_why = ${why}
     where enterprise_number = ${order.enterpriseNumber} and id = ${order.id}`.execute(db);
}
