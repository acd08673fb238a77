/** What orders that are not cancelled have ordered, drafts included, as one piece of SQL for all that set it against what is granted. */
import { type RawBuilder, sql } from 'kysely';

/**
 * A query of `enterprise_number, beneficiary_id, product_code, period, face_value, quantity` (vouchers, signed, never twice a
 * key); `which` narrows the orders `o` and their lines `l`, or every order ever made is added up.
 */
export function orderedByKey(which: RawBuilder<unknown>): RawBuilder<unknown> {
  return sql`
    select l.enterprise_number, l.beneficiary_id, o.product_code, l.period, l.face_value, sum(l.quantity)::int as quantity
      from voucher_order o join order_line l on l.enterprise_number = o.enterprise_number and l.order_id = o.id
     where o.status <> 'cancelled' and ${which}
     group by 1, 2, 3, 4, 5`;
}
