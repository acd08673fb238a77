/** Money to be paid back: what came in for orders that were cancelled since, less what went back already. */
import { sql } from 'kysely';
import type { Cents } from '../../model.ts';
import { onlyRow } from '../answers.ts';
import type { Db } from '../database.ts';
import type { OrderKey } from '../orders/order-locks.ts';

/** Cancelled orders with the cents `due`, a debit that was accepted for a credit note counted against them, unless it came back. */
export const refundsDue = sql`
  select o.enterprise_number, o.id, sum(p.amount) as due
    from voucher_order o
    join invoice i on i.enterprise_number = o.enterprise_number and i.order_id = o.id
    join payment p on p.enterprise_number = i.enterprise_number and p.invoice_id = i.id
   where o.status = 'cancelled' and p.status in ('matched', 'accepted')
   group by o.enterprise_number, o.id having sum(p.amount) > 0`;

/** What is to be paid back for one order, 0 when nothing is. */
export async function readRefundDue(db: Db, { enterpriseNumber, id }: OrderKey): Promise<Cents> {
  const found = await sql<{ due: Cents }>`
    select due::bigint as due from (${refundsDue}) d where enterprise_number = ${enterpriseNumber} and id = ${id}`.execute(
    db,
  );
  return found.rows[0]?.due ?? 0;
}

/** Cents that went back for one order, as debits accepted for its credit notes, less what came back of them. */
export async function readRefunded(db: Db, { enterpriseNumber, id }: OrderKey): Promise<Cents> {
  const found = await sql<{ refunded: Cents }>`
    select -coalesce(sum(p.amount), 0)::bigint as refunded
      from invoice i join payment p on p.enterprise_number = i.enterprise_number and p.invoice_id = i.id
     where i.enterprise_number = ${enterpriseNumber} and i.order_id = ${id} and i.kind = 'credit'
       and p.status = 'accepted'`.execute(db);
  return onlyRow(found).refunded;
}
