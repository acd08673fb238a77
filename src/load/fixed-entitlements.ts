/** What a standing order grants by itself: so many vouchers, or so many cents, to everybody who has the product. */
import { sql } from 'kysely';
import type { Day } from '../model.ts';
import type { Db } from './database.ts';

/**
 * Writes the entitlements of the slots in `slot_run` that count for themselves. Whoever has any for the month keeps them, so
 * that a slot that is run again adds nothing. Somebody counts when active, employed by the end of the month worked, and
 * holder of the product today and in that month.
 * @returns for how many people the face value is above the limit of the month worked, so that nothing was granted
 */
export async function grantFixedQuantities(db: Db, today: Day): Promise<number> {
  const found = await sql<{ refused: number }>`
    with person as (
      select r.enterprise_number, b.id as beneficiary_id, r.product_code, r.period, r.quantity_from,
             case r.quantity_from when 'fixed' then held.face_value else r.quantity end as face_value,
             case r.quantity_from when 'fixed' then r.quantity else 1 end as quantity
        from slot_run r
        join beneficiary b on b.enterprise_number = r.enterprise_number and b.status = 'active'
         and (b.employment_start is null or b.employment_start < to_date(r.period, 'YYYY-MM') + interval '1 month')
        ${productHeldOn(sql`${today}::date`, 'now_held')}
        ${productHeldOn(sql`to_date(r.period, 'YYYY-MM')`, 'held')}
       where r.kind = 'recurring' and r.quantity_from <> 'payroll'
         and not exists (
           select from entitlement e
            where e.enterprise_number = b.enterprise_number and e.beneficiary_id = b.id
              and e.product_code = r.product_code and e.period = r.period)
    ), judged as (
      select p.*, coalesce(p.face_value > l.max_face_value, false) as refused
        from person p
        left join lateral (
          select l.max_face_value from product_limit l
           where l.product_code = p.product_code and l.valid_from <= to_date(p.period, 'YYYY-MM')
           order by l.valid_from desc limit 1) l on true
       where p.face_value is not null
    ), granted as (
      insert into entitlement (enterprise_number, beneficiary_id, product_code, period, face_value, restated_quantity)
      select enterprise_number, beneficiary_id, product_code, period, face_value, quantity from judged where not refused
    )
    select count(*) as refused from judged where refused`.execute(db);
  return found.rows[0]?.refused ?? 0;
}

/** Joins the product as the person has it on a day; a person's first value holds from the beginning. */
function productHeldOn(day: ReturnType<typeof sql>, alias: string) {
  return sql`
    join lateral (
      select x.face_value, x.removed from beneficiary_product x
       where x.enterprise_number = b.enterprise_number and x.beneficiary_id = b.id and x.product_code = r.product_code
       order by x.valid_from <= ${day} desc,
                case when x.valid_from <= ${day} then x.valid_from end desc, x.valid_from
       limit 1) ${sql.ref(alias)} on not ${sql.ref(`${alias}.removed`)}`;
}
