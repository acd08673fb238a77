/** Cancellation in the database: the new state of the order, what it had granted, and the notices that nobody needs any more. */
import { sql } from 'kysely';
import type { Day } from '../../model.ts';
import type { Db } from '../database.ts';
import type { OrderKey } from './order-locks.ts';

const KEY = ['enterprise_number', 'beneficiary_id', 'product_code', 'period', 'face_value'];

/** The order is cancelled; its lines stay readable and count no more. */
export async function markCancelled(db: Db, order: OrderKey, by: string, why: string, on: Day): Promise<void> {
  await sql`
    update voucher_order
       set status = 'cancelled', cancelled_by = ${by}, cancelled_on = ${on}::date, cancelled_why = ${why}
     where enterprise_number = ${order.enterpriseNumber} and id = ${order.id}`.execute(db);
}

/**
 * Takes back what a cancelled order had granted, by hand or for its slot, with who and why in the history; what of it was
 * written off is gone already. The carry keeps only what is still open. To be called under the lock of the employer.
 */
export async function takeBackGrants(
  db: Db,
  { enterpriseNumber, id }: OrderKey,
  { by, why }: { readonly by: string; readonly why: string },
): Promise<void> {
  const isKeyOf = (one: string, other: string) =>
    sql.raw(KEY.map((column) => `${one}.${column} = ${other}.${column}`).join(' and '));
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
    ), taken as (
      select g.*, least(g.quantity, e.quantity) as less from given g join entitlement e on ${isKeyOf('e', 'g')}
       where least(g.quantity, e.quantity) > 0
    ), changed as (
      update entitlement e set added_quantity = e.added_quantity - t.less from taken t where ${isKeyOf('e', 't')}
      returning e.*, t.less, t.order_id, t.standing_order_id
    ), noted as (
      insert into entitlement_change (enterprise_number, beneficiary_id, product_code, period, face_value, before, after, kind,
                                      changed_by, why, order_id, standing_order_id)
      select enterprise_number, beneficiary_id, product_code, period, face_value, quantity + less, quantity, 'fixed',
             ${by}, ${why}, order_id, standing_order_id
        from changed
    ), ordered as (
      select o.enterprise_number, l.beneficiary_id, o.product_code, l.period, l.face_value, sum(l.quantity)::int as quantity
        from cancelled x
        join voucher_order o on o.enterprise_number = x.enterprise_number and o.product_code = x.product_code
                            and o.status <> 'cancelled'
        join order_line l on l.enterprise_number = o.enterprise_number and l.order_id = o.id and l.period = x.run_period
       group by 1, 2, 3, 4, 5
    ), rest as (
      select c.enterprise_number, c.beneficiary_id, c.product_code, c.period, c.face_value,
             c.quantity - coalesce(o.quantity, 0) as open
        from changed c left join ordered o on ${isKeyOf('o', 'c')}
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
