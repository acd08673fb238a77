/**
 * Blended values: payroll software that prints one value (total / quantity) where it netted a correction at an old face value.
 * A printed value that the prior month explains to the voucher is split into the two counts it stands for; any other is refused.
 */
import { sql } from 'kysely';
import type { Db } from '../database.ts';
import type { Delivery } from '../files/found-issues.ts';

/**
 * Splits or refuses the planned rows whose printed value is no face value: total = n × new value − c × old value with n vouchers
 * of this month and c of them given back from the last month that had the old value. 20 × 10.00 − 2 × 8.00 = 184.00 over 18
 * prints 10.22: n = 20, c = 2.
 */
export async function splitBlends(db: Db): Promise<void> {
  await sql`
    create temporary table blend on commit drop as
    with printed as (
      select p.row_number, p.enterprise_number, p.beneficiary_id, p.product_code, p.period, p.quantity, p.printed_value, p.total,
             p.own_value, p.max_face_value, p.own_from, before.face_value as earlier_value,
             to_char(p.own_from - interval '1 month', 'YYYY-MM') as earlier_period
        from plan_payroll p
        left join lateral (
          select x.face_value from beneficiary_product x
           where x.enterprise_number = p.enterprise_number and x.beneficiary_id = p.beneficiary_id
             and x.product_code = p.product_code and x.valid_from < p.own_from and not x.removed
           order by x.valid_from desc limit 1) before on true
       where p.printed_value is not null and p.beneficiary_id is not null and not p.rejected
         and (p.quantity <> 0 or p.total <> 0)
         and (p.said_value is null or p.said_value > p.max_face_value)
    ), solved as (
      select *, nullif(own_value - earlier_value, 0) as step, total - quantity * earlier_value as above from printed
    ), counted as (
      select *, case when above % step = 0 then above / step end as n from solved
    )
    select c.*, c.n - c.quantity as given_back,
           coalesce(c.n >= 0 and c.n - c.quantity between 1 and e.quantity + coalesce(s.quantity, 0), false) as explained
      from counted c
      left join entitlement e on (e.enterprise_number, e.beneficiary_id, e.product_code, e.period, e.face_value)
                               = (c.enterprise_number, c.beneficiary_id, c.product_code, c.earlier_period, c.earlier_value)
      -- What an earlier version of this very row took is given back before the new one takes.
      left join entitlement_split s on (s.enterprise_number, s.beneficiary_id, s.product_code, s.period, s.earlier_period,
                                        s.earlier_face_value)
                                     = (c.enterprise_number, c.beneficiary_id, c.product_code, c.period, c.earlier_period,
                                        c.earlier_value)`.execute(db);
  await sql`
    insert into found_issue (row_number, column_name, code, severity, params)
    select row_number, 'value', case when printed_value > max_face_value then 'limit.exceeded' else 'blend.unexplained' end, 'error',
           case when printed_value > max_face_value then jsonb_build_object('limit', max_face_value) else '{}' end
      from blend where not explained`.execute(db);
  await sql`
    update plan_payroll p
       set quantity = b.n, face_value = b.own_value, said_value = b.own_value, given_back = b.given_back,
           -- What the plan found out of other values was for the value before: the total replaces whatever there is beside its own.
           entitled_values = null, others = 1,
           restated_quantity = e.restated_quantity, restated_as_of = e.restated_as_of, known = e.face_value is not null,
           outcome = case when p.stale then 'unchanged' when e.restated_as_of is null then 'created'
                          when (e.restated_quantity, b.given_back) <> (b.n, coalesce(s.quantity, 0)) then 'updated'
                          else 'unchanged' end
      from blend b
      left join entitlement e on (e.enterprise_number, e.beneficiary_id, e.product_code, e.period, e.face_value)
                               = (b.enterprise_number, b.beneficiary_id, b.product_code, b.period, b.own_value)
      left join entitlement_split s on (s.enterprise_number, s.beneficiary_id, s.product_code, s.period)
                                     = (b.enterprise_number, b.beneficiary_id, b.product_code, b.period)
     where b.explained and b.row_number = p.row_number`.execute(db);
}

/** A total that was split before and is not any more has changed, even when the count itself has not. */
export async function noticeEndedSplits(db: Db): Promise<void> {
  await sql`
    update plan_payroll p set outcome = 'updated'
      from entitlement_split s
     where p.outcome = 'unchanged' and not p.stale and p.given_back = 0
       and (s.enterprise_number, s.beneficiary_id, s.product_code, s.period)
         = (p.enterprise_number, p.beneficiary_id, p.product_code, p.period)`.execute(db);
}

/**
 * Undoes the splits that the restated rows replace: those of the same month, and older ones that took from a month which is
 * restated now. A split that would be made again just so is left as it is.
 */
export async function undoSplits(db: Db, delivery: Delivery): Promise<void> {
  await sql`
    create temporary table undone on commit drop as
    select distinct s.* from entitlement_split s
      join plan_payroll r on (r.enterprise_number, r.beneficiary_id, r.product_code)
                           = (s.enterprise_number, s.beneficiary_id, s.product_code)
     where not r.stale and r.leads and r.outcome is not null
       and (r.period = s.period or r.period = s.earlier_period and s.as_of < ${delivery.asOf}::timestamptz)
       and not exists (select from new_split n where (n.enterprise_number, n.beneficiary_id, n.product_code, n.period)
                                                   = (s.enterprise_number, s.beneficiary_id, s.product_code, s.period)
                          and (n.earlier_period, n.earlier_face_value, n.quantity)
                            = (s.earlier_period, s.earlier_face_value, s.quantity)
                          and r.period = s.period)`.execute(db);
  await moveAdded(db, delivery, 'undone', 1);
  await sql`
    delete from entitlement_split s using undone u
     where (s.enterprise_number, s.beneficiary_id, s.product_code, s.period)
         = (u.enterprise_number, u.beneficiary_id, u.product_code, u.period)`.execute(db);
}

/** Fills `new_split` with what the rows that are neither stale nor copies take off earlier months. */
export async function planSplits(db: Db, printed: boolean): Promise<void> {
  await sql`
    create temporary table new_split (like entitlement_split) on commit drop`.execute(db);
  if (!printed) return;
  await sql`
    insert into new_split (enterprise_number, beneficiary_id, product_code, period, earlier_period, earlier_face_value, quantity,
                           row_number, as_of)
    select b.enterprise_number, b.beneficiary_id, b.product_code, b.period, b.earlier_period,
           b.earlier_value as earlier_face_value, b.given_back::int as quantity, b.row_number, 'epoch'
      from blend b
      join plan_payroll p on p.row_number = b.row_number and p.leads and not p.stale and p.outcome is not null
     where b.explained`.execute(db);
}

export async function writeSplits(db: Db, delivery: Delivery): Promise<void> {
  await sql`
    delete from new_split n using entitlement_split s
     where (s.enterprise_number, s.beneficiary_id, s.product_code, s.period)
         = (n.enterprise_number, n.beneficiary_id, n.product_code, n.period)`.execute(db);
  await moveAdded(db, delivery, 'new_split', -1);
  await sql`
    insert into entitlement_split (enterprise_number, beneficiary_id, product_code, period, earlier_period, earlier_face_value,
                                   quantity, as_of, file_id, row_number)
    select enterprise_number, beneficiary_id, product_code, period, earlier_period, earlier_face_value, quantity,
           ${delivery.asOf}::timestamptz, ${delivery.fileId}::bigint, row_number
      from new_split`.execute(db);
}

/** Takes the quantities of a table of splits off their earlier months, or gives them back, with history. */
async function moveAdded(db: Db, delivery: Delivery, splits: 'undone' | 'new_split', direction: 1 | -1): Promise<void> {
  const moved = sql`
    select enterprise_number, beneficiary_id, product_code, earlier_period, earlier_face_value,
           (${direction}::int * sum(quantity))::int as quantity, min(row_number) as row_number
      from ${sql.table(splits)} group by 1, 2, 3, 4, 5`;
  const sameKey = sql`
    (e.enterprise_number, e.beneficiary_id, e.product_code, e.period, e.face_value)
      = (m.enterprise_number, m.beneficiary_id, m.product_code, m.earlier_period, m.earlier_face_value)`;
  await sql`
    insert into entitlement_change (enterprise_number, beneficiary_id, product_code, period, face_value, before, after, kind,
                                    file_id, row_number)
    select e.enterprise_number, e.beneficiary_id, e.product_code, e.period, e.face_value, e.quantity, e.quantity + m.quantity,
           'blended', ${delivery.fileId}::bigint, m.row_number
      from (${moved}) m join entitlement e on ${sameKey}`.execute(db);
  await sql`update entitlement e set added_quantity = e.added_quantity + m.quantity from (${moved}) m where ${sameKey}`.execute(
    db,
  );
}
