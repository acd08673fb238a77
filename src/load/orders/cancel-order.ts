/** Cancellation in the database: the new state of the order, and the notices that nobody needs any more. */
import { sql } from 'kysely';
import type { Day } from '../../model.ts';
import type { Db } from '../database.ts';
import type { OrderKey } from './order-locks.ts';

/** The order is cancelled; its lines stay readable and count no more. */
export async function markCancelled(db: Db, order: OrderKey, by: string, why: string, on: Day): Promise<void> {
  await sql`
    update voucher_order
       set status = 'cancelled', cancelled_by = ${by}, cancelled_on = ${on}::date, cancelled_why = ${why}
     where enterprise_number = ${order.enterpriseNumber} and id = ${order.id}`.execute(db);
}

/**
 * Takes notices about the order's invoices that are still queued out of the queue: nobody is asked to pay what is credited.
 * One that a sender holds is waited for, and stays when it was sent.
 * @returns how many
 */
export async function withdrawQueuedNotices(db: Db, order: OrderKey): Promise<number> {
  const withdrawn = await sql`
    delete from invoice_notice n using invoice i
     where i.enterprise_number = ${order.enterpriseNumber} and i.order_id = ${order.id} and i.kind <> 'credit'
       and n.enterprise_number = i.enterprise_number and n.invoice_id = i.id and n.status = 'queued'
    returning n.invoice_id`.execute(db);
  return withdrawn.rows.length;
}
