/** A write-off settles one total of payroll: when payroll restates that total otherwise, it no longer holds. */
import { sql } from 'kysely';
import type { Db } from '../database.ts';
import type { Delivery } from '../files/found-issues.ts';

/**
 * Takes back what was written off of the months that the rows of the plan change, so that what is open is again payroll's own
 * count without what was ordered. The same total sent again changes nothing.
 */
export async function undoWriteOffs(db: Db, delivery: Delivery): Promise<void> {
  await sql`
    with written as materialized (
      select enterprise_number, beneficiary_id, product_code, period, face_value, sum(after - before)::int as quantity
        from entitlement_change
       where kind = 'written-off' and enterprise_number in (select enterprise_number from payroll_scope)
       group by 1, 2, 3, 4, 5 having sum(after - before) <> 0
    ), month as (
      select r.enterprise_number, r.beneficiary_id, r.product_code, r.period, min(r.row_number) as row_number
        from plan_payroll r join written using (enterprise_number, beneficiary_id, product_code, period)
       where not r.stale and r.leads and r.outcome is not null group by 1, 2, 3, 4
    ), undone as (
      update entitlement e set added_quantity = e.added_quantity - w.quantity
        from written w
        join month m using (enterprise_number, beneficiary_id, product_code, period)
        left join plan_payroll r
          on (r.enterprise_number, r.beneficiary_id, r.product_code, r.period, r.face_value)
           = (w.enterprise_number, w.beneficiary_id, w.product_code, w.period, w.face_value)
         and r.leads and r.outcome is not null
       where (e.enterprise_number, e.beneficiary_id, e.product_code, e.period, e.face_value)
           = (w.enterprise_number, w.beneficiary_id, w.product_code, w.period, w.face_value)
         and e.restated_quantity <> coalesce(r.quantity, 0)
      returning e.*, w.quantity as written, m.row_number as restated_by
    )
    insert into entitlement_change (enterprise_number, beneficiary_id, product_code, period, face_value, before, after, kind,
                                    file_id, row_number)
    select enterprise_number, beneficiary_id, product_code, period, face_value, quantity + written, quantity, 'written-off',
           ${delivery.fileId}::bigint, restated_by
      from undone`.execute(db);
}
