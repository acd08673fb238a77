/** What an order grants without payroll: so many vouchers, or so many cents, to everybody who has the product. */
import { type RawBuilder, sql } from 'kysely';
import type { Day } from '../../model.ts';
import { onlyRow } from '../answers.ts';
import type { Db } from '../database.ts';

export interface Granted {
  /** people to whom nothing was granted, because their face value is above the limit of the month worked */
  readonly refused: number;
  /** numbers of the barred slots that would have granted something */
  readonly barred: readonly number[];
}

/**
 * Adds the entitlements of the slots in `slot_run` that count for themselves to what is there, each with its row of history:
 * that row says which slot gave it, so that a slot that is run again adds only what of it was taken back; what was written off
 * and ended with a cancelled order is noted as taken and as written off again, and stays given. Somebody counts when active, employed by the
 * end of the month worked, and holder of the product today and in that month. A barred slot grants nothing.
 */
export async function grantFixedQuantities(db: Db, today: Day): Promise<Granted> {
  const found = await sql<Granted>`
    with given as (
      select r.slot, c.beneficiary_id, sum(c.after - c.before)::int as quantity
        from slot_run r
        join entitlement_change c on c.enterprise_number = r.enterprise_number and c.standing_order_id = r.standing_order_id
         and c.period = r.period and c.kind in ('fixed', 'written-off')
       where r.quantity_from <> 'payroll'
       group by 1, 2
    ), person as (
      select r.slot, r.bar is not null as barred, r.kind, r.enterprise_number, r.standing_order_id, b.id as beneficiary_id,
             r.product_code, r.period,
             case r.quantity_from when 'fixed' then coalesce(r.face_value, held.face_value) else r.quantity end as face_value,
             case r.quantity_from when 'fixed' then r.quantity else 1 end - coalesce(g.quantity, 0) as quantity
        from slot_run r
        join beneficiary b on b.enterprise_number = r.enterprise_number and b.status = 'active'
         and (b.employment_start is null or b.employment_start < to_date(r.period, 'YYYY-MM') + interval '1 month')
        ${productHeldOn(sql`${today}::date`, 'now_held')}
        ${productHeldOn(sql`to_date(r.period, 'YYYY-MM')`, 'held')}
        left join given g on g.slot = r.slot and g.beneficiary_id = b.id
       where r.quantity_from <> 'payroll' and r.kind <> 'supplement'
    ), judged as (
      select p.*, coalesce(p.face_value > l.max_face_value, false) as refused
        from person p
        left join lateral (
          select l.max_face_value from product_limit l
           where l.product_code = p.product_code and l.valid_from <= to_date(p.period, 'YYYY-MM')
           order by l.valid_from desc limit 1) l on true
       where p.face_value is not null and p.quantity > 0
    ), granted as (
      insert into entitlement as e (enterprise_number, beneficiary_id, product_code, period, face_value, added_quantity)
      select enterprise_number, beneficiary_id, product_code, period, face_value, quantity from judged where not refused and not barred
      on conflict (enterprise_number, beneficiary_id, product_code, period, face_value)
        do update set added_quantity = e.added_quantity + excluded.added_quantity
      returning e.*
    ), noted as (
      insert into entitlement_change (enterprise_number, beneficiary_id, product_code, period, face_value, before, after, kind,
                                      changed_by, standing_order_id)
      select g.enterprise_number, g.beneficiary_id, g.product_code, g.period, g.face_value, g.quantity - j.quantity, g.quantity,
             'fixed', case j.kind when 'manual' then 'order new' end, j.standing_order_id
        from granted g join judged j using (enterprise_number, beneficiary_id)
    )
    select count(*) filter (where refused and not barred) as refused,
           coalesce(array_agg(distinct slot) filter (where barred and not refused), '{}') as barred
      from judged`.execute(db);
  return onlyRow(found);
}

/** Joins the product as the person has it on a day; a person's first value holds from the beginning. */
function productHeldOn(day: RawBuilder<unknown>, alias: string): RawBuilder<unknown> {
  return sql`
    join lateral (
      select x.face_value, x.removed from beneficiary_product x
       where x.enterprise_number = b.enterprise_number and x.beneficiary_id = b.id and x.product_code = r.product_code
       order by x.valid_from <= ${day} desc,
                case when x.valid_from <= ${day} then x.valid_from end desc, x.valid_from
       limit 1) ${sql.ref(alias)} on not ${sql.ref(`${alias}.removed`)}`;
}

/** Notes on what was granted by hand in this transaction which order in `slot_run` it is for. */
export async function nameGrantsByHand(db: Db): Promise<void> {
  await sql`
    update entitlement_change c set order_id = r.order_id
      from slot_run r
     where r.kind = 'manual' and c.enterprise_number = r.enterprise_number and c.product_code = r.product_code
       and c.period = r.period and c.kind = 'fixed' and c.standing_order_id is null and c.order_id is null`.execute(db);
}
