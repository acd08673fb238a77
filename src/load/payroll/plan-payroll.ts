/** What every row of a staged payroll file is about and would do: person, contract, limit, face value and outcome in one pass. */
import { sql } from 'kysely';
import type { Db } from '../database.ts';
import { type Delivery, findIssue } from '../files/found-issues.ts';

/**
 * A correction may still come after a mandate has ended: for any month that it covered in part, until the last day of the
 * month after that month's quarter, when quarterly declarations close.
 */
const mandated = (delivery: Delivery) =>
  delivery.secretariat === 'issuer'
    ? sql`exists (select from employer e where e.enterprise_number = g.enterprise_number)`
    : sql`exists (
        select from mandate m
         where m.enterprise_number = g.enterprise_number and m.secretariat_code = ${delivery.secretariat}
           and (${delivery.receivedOn}::date between m.valid_from and coalesce(m.valid_to, 'infinity')
             or (m.valid_to < ${delivery.receivedOn}::date
                 and m.valid_from <= (g.month + interval '1 month - 1 day')::date and m.valid_to >= g.month
                 and ${delivery.receivedOn}::date
                     <= (date_trunc('quarter', g.month) + interval '4 months - 1 day')::date)))`;

/**
 * Fills `payroll_scope`: what is the same for all rows of an employer, product and month. A file has far fewer of them than rows.
 * Rows whose product or month could not be read stand in it with null, for their mandate alone.
 */
export async function scopePayroll(db: Db, delivery: Delivery): Promise<ScopeFacts> {
  await sql`
    create temporary table payroll_scope on commit drop as
    select g.*, ${mandated(delivery)} as mandated,
           exists (select from contract c
                    where c.enterprise_number = g.enterprise_number and c.product_code = g.product_code
                      and c.valid_from <= (g.month + interval '1 month - 1 day')::date
                      and coalesce(c.valid_to, 'infinity') >= g.month) as contracted,
           exists (select from confirmed_entitlement c
                    where c.enterprise_number = g.enterprise_number and c.product_code = g.product_code
                      and c.period = g.period and c.as_of > ${delivery.asOf}::timestamptz) as confirmed_later,
           coalesce(p.sale_until < ${delivery.receivedOn}::date, false) as closed,
           (select l.max_face_value from product_limit l
             where l.product_code = g.product_code and l.valid_from <= g.month
             order by l.valid_from desc limit 1) as max_face_value
      from (select enterprise_number, product_code, period, to_date(period, 'YYYY-MM') as month,
                   bool_or(value is not null) as printed, bool_or(employment_end is not null) as ends
              from stage_payroll where enterprise_number is not null group by 1, 2, 3) g
      left join product p on p.code = g.product_code`.execute(db);
  await sql`analyze payroll_scope`.execute(db);
  await findIssue(
    'mandate.missing',
    null,
    sql`select s.row_number from stage_payroll s
          join payroll_scope g on g.enterprise_number = s.enterprise_number
           and g.product_code is not distinct from s.product_code and g.period is not distinct from s.period
         where not g.mandated`,
  ).execute(db);
  const found = await sql<ScopeFacts>`
    select coalesce(bool_or(printed), false) as printed, coalesce(bool_or(ends), false) as ends,
           exists (select from entitlement_split
                    where enterprise_number in (select enterprise_number from payroll_scope)) as split
      from payroll_scope`.execute(db);
  const [facts] = found.rows;
  if (facts === undefined) throw new Error('the database gave no facts');
  return facts;
}

/** What a file brings; a statement that finds nothing to do looks at every row all the same. */
export interface ScopeFacts {
  /** some row prints a value beside a total */
  readonly printed: boolean;
  /** some row brings an end of employment */
  readonly ends: boolean;
  /** an employer has a total that was split before */
  readonly split: boolean;
}

/**
 * Fills `plan_payroll` with the rows that may be about their employer. `outcome` is what a row does as long as no check refuses
 * it; rows that were rejected when they were read have none and are there for their other faults; `leads` tells the one row of a key that is written; `others` counts the other face values that a total replaces.
 */
export async function planPayroll(db: Db, delivery: Delivery, counts: 'restated' | 'signed'): Promise<void> {
  const outcome =
    counts === 'signed'
      ? sql`case when k.added then 'updated' else 'created' end`
      : sql`case when k.stale then 'unchanged' when k.restated_as_of is null then 'created'
                 when k.restated_quantity <> k.quantity then 'updated' else 'unchanged' end`;
  await sql`
    create temporary table plan_payroll on commit drop as
    select k.*, case when not k.rejected then ${outcome} end as outcome, false as deactivated, true as leads, 0 as given_back
      from (
        select s.row_number, s.rejected, s.enterprise_number, s.period, s.product_code, s.quantity, s.employment_end,
               s.face_value as said_value, s.value as printed_value, s.total, g.month, g.contracted, g.closed, g.max_face_value,
               b.id as beneficiary_id, b.status as old_status, b.employment_end as old_end,
               held.product_code is not null as assigned, held.face_value as own_value, held.valid_from as own_from,
               found.face_value, case when s.face_value is null then e.values end as entitled_values,
               coalesce(e.latest > ${delivery.asOf}::timestamptz, false) or g.confirmed_later and exists (
                 select from confirmed_entitlement c
                  where c.enterprise_number = s.enterprise_number and c.product_code = s.product_code and c.period = s.period
                    and c.as_of > ${delivery.asOf}::timestamptz and b.id = any (c.beneficiary_ids)) as stale,
               cardinality(array_remove(e.restated, found.face_value)) as others, same.restated_quantity, same.restated_as_of,
               same.added_quantity is not null as added
          from stage_payroll s
          join payroll_scope g using (enterprise_number, product_code, period)
          left join beneficiary b on b.enterprise_number = s.enterprise_number
           and b.national_register_number = s.national_register_number
          left join lateral (
            select x.product_code, x.face_value, x.valid_from, x.removed from beneficiary_product x
             where x.enterprise_number = b.enterprise_number and x.beneficiary_id = b.id
               and x.product_code = s.product_code and x.valid_from <= g.month
             order by x.valid_from desc limit 1) held on not held.removed
          left join lateral (
            select count(*) filter (where e.quantity <> 0)::int as values,
                   min(e.face_value) filter (where e.quantity <> 0) as value, max(e.restated_as_of) as latest,
                   array_agg(e.face_value) filter (where e.restated_quantity <> 0) as restated
              from entitlement e
             where e.enterprise_number = b.enterprise_number and e.beneficiary_id = b.id
               and e.product_code = s.product_code and e.period = s.period) e on true
          cross join lateral (
            select coalesce(s.face_value, case e.values when 1 then e.value when 0 then held.face_value end) as face_value
          ) found
          left join entitlement same on same.enterprise_number = b.enterprise_number and same.beneficiary_id = b.id
           and same.product_code = s.product_code and same.period = s.period and same.face_value = found.face_value
         where g.mandated) k`.execute(db);
}

/** What there is in a plan to write. */
export interface PlanFacts {
  readonly stale: boolean;
  readonly updated: boolean;
  readonly unchanged: boolean;
  readonly others: boolean;
}

export async function readPlanFacts(db: Db): Promise<PlanFacts> {
  const found = await sql<PlanFacts>`
    select coalesce(bool_or(stale), false) as stale, coalesce(bool_or(outcome = 'updated'), false) as updated,
           coalesce(bool_or(outcome = 'unchanged'), false) as unchanged, coalesce(bool_or(others > 0), false) as others
      from plan_payroll where outcome is not null`.execute(db);
  const [facts] = found.rows;
  if (facts === undefined) throw new Error('the database gave no facts');
  return facts;
}
