/** Cancellation in the database: the new state of the order, what it had granted, and the notices that nobody needs any more. */
import { sql } from 'kysely';
import type { Day } from '../../model.ts';
import type { Db } from '../database.ts';
import type { OrderKey } from './order-locks.ts';
import { orderedByKey } from './ordered.ts';

const KEY = ['enterprise_number', 'beneficiary_id', 'product_code', 'period', 'face_value'];

/** The order is cancelled; its lines stay readable and count no more. */
export async function markCancelled(db: Db, order: OrderKey, by: string, why: string, on: Day): Promise<void> {
  await sql`
    update voucher_order
       set status = 'cancelled', cancelled_by = ${by}, cancelled_on = ${on}::date, cancelled_why = ${why}
     where enterprise_number = ${order.enterpriseNumber} and id = ${order.id}`.execute(db);
}

/**
 * Takes back what a cancelled order had granted, by hand or for its slot, with who and why in the history, as far as it is still
 * there and no other order has ordered it. What was written off of it ends as a grant and as a write-off: nothing of it can come
 * back when payroll restates the month. Both are noted with the slot, for which it stays given: run again, it does not grant it anew.
 * The carry keeps only what is still open. To be called under the lock of the employer, when the order is marked as cancelled.
 */
export async function takeBackGrants(
  db: Db,
  { enterpriseNumber, id }: OrderKey,
  { by, why }: { readonly by: string; readonly why: string },
): Promise<void> {
  const isKeyOf = (one: string, other: string) =>
    sql.raw(KEY.map((column) => `${one}.${column} = ${other}.${column}`).join(' and '));
  const ordered = orderedByKey(sql`
    o.enterprise_number = ${enterpriseNumber} and o.product_code = (select product_code from cancelled)
    and l.period = (select run_period from cancelled)`);
  await sql`
    with cancelled as (
      select * from voucher_order where enterprise_number = ${enterpriseNumber} and id = ${id}
    ), given as (
      select c.enterprise_number, c.beneficiary_id, c.product_code, c.period, c.face_value, c.order_id, c.standing_order_id,
             sum(c.after - c.before)::int as quantity
        from cancelled o
        join entitlement_change c on c.enterprise_number = o.enterprise_number and c.product_code = o.product_code
         and c.period = o.run_period and c.kind = 'fixed'
         and (c.order_id = o.id or o.kind = 'recurring' and c.standing_order_id = o.standing_order_id)
       group by 1, 2, 3, 4, 5, 6, 7
    ), ordered as (${ordered}
    ), found as (
      select g.*, e.quantity - coalesce(o.quantity, 0) as free, greatest(0, w.quantity) as written_off
        from given g
        join entitlement e on ${isKeyOf('e', 'g')}
        left join ordered o on ${isKeyOf('o', 'g')}
        left join lateral (
          select sum(c.before - c.after)::int as quantity from entitlement_change c
           where c.kind = 'written-off' and ${isKeyOf('c', 'g')}) w on true
    ), taken as (
      select *, greatest(0, least(quantity, free)) as less,
             greatest(0, least(quantity, free + written_off)) - greatest(0, least(quantity, free)) as closed
        from found
    ), changed as (
      update entitlement e set added_quantity = e.added_quantity - t.less
        from taken t where ${isKeyOf('e', 't')} and (t.less > 0 or t.closed > 0)
      returning e.*, t.less, t.closed, t.order_id, t.standing_order_id
    ), noted as (
      insert into entitlement_change (enterprise_number, beneficiary_id, product_code, period, face_value, before, after, kind,
                                      changed_by, why, order_id, standing_order_id)
      select enterprise_number, beneficiary_id, product_code, period, face_value, h.before, h.after, h.kind,
             ${by}, ${why}, order_id, standing_order_id
        from changed c,
             lateral (values ('written-off', c.quantity + c.less, c.quantity + c.less + c.closed),
                             ('fixed', c.quantity + c.less + c.closed, c.quantity)) as h (kind, before, after)
       where h.before <> h.after
       order by h.kind desc
    ), rest as (
      select c.enterprise_number, c.beneficiary_id, c.product_code, c.period, c.face_value,
             c.quantity - coalesce(o.quantity, 0) as open
        from changed c left join ordered o on ${isKeyOf('o', 'c')}
       where c.less > 0
    ), settled as (
      delete from carry c using rest r where ${isKeyOf('c', 'r')} and sign(r.open) <> sign(c.quantity)
    )
    update carry c set quantity = r.open
      from rest r
     where ${isKeyOf('c', 'r')} and sign(r.open) = sign(c.quantity) and abs(r.open) < abs(c.quantity)`.execute(db);
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
