/** What every row of a staged payroll file is about: person, contract, limit and face value, found in one pass, then checked. */
import { sql } from 'kysely';
import { splitBlends } from './blends.ts';
import type { Db } from './database.ts';
import { type Delivery, findIssue, findMissingMandates, refusedRow } from './found-issues.ts';

/**
 * A correction may still come after a mandate has ended: for any month that it covered in part, until the last day of the
 * month after that month's quarter, when quarterly declarations close.
 */
const MANDATED = (receivedOn: string) => sql`(
  ${receivedOn}::date between m.valid_from and coalesce(m.valid_to, 'infinity')
  or (m.valid_to < ${receivedOn}::date
      and m.valid_from <= (to_date(s.period, 'YYYY-MM') + interval '1 month - 1 day')::date
      and m.valid_to >= to_date(s.period, 'YYYY-MM')
      and ${receivedOn}::date <= (date_trunc('quarter', to_date(s.period, 'YYYY-MM')) + interval '4 months - 1 day')::date))`;

/** Fills `plan_payroll` with the rows that are not refused so far, and finds what is wrong with them. */
export async function planPayroll(db: Db, delivery: Delivery): Promise<void> {
  await findMissingMandates(db, 'stage_payroll', delivery, MANDATED(delivery.receivedOn));
  await sql`
    create temporary table plan_payroll on commit drop as
    select s.row_number, s.enterprise_number, s.period, s.product_code, s.quantity, s.employment_end,
           s.face_value as said_value, b.id as beneficiary_id, b.status as old_status,
           b.employment_end as old_end, held.product_code is not null as assigned,
           coalesce(s.face_value, case entitled.values when 1 then entitled.value when 0 then held.face_value end) as face_value,
           case when s.face_value is null then entitled.values end as entitled_values,
           entitled.restated_as_of, s.value as printed_value, s.total, held.face_value as own_value, held.valid_from as own_from,
           bound.max_face_value, 0 as given_back
      from stage_payroll s
      left join lateral (
        select l.max_face_value from product_limit l
         where l.product_code = s.product_code and l.valid_from <= to_date(s.period, 'YYYY-MM')
         order by l.valid_from desc limit 1) bound on true
      left join beneficiary b using (enterprise_number, national_register_number)
      left join lateral (
        select x.product_code, x.face_value, x.valid_from, x.removed from beneficiary_product x
         where x.enterprise_number = b.enterprise_number and x.beneficiary_id = b.id and x.product_code = s.product_code
           and x.valid_from <= to_date(s.period, 'YYYY-MM')
         order by x.valid_from desc limit 1) held on not held.removed
      left join lateral (
        select count(*) filter (where e.quantity <> 0)::int as values,
               min(e.face_value) filter (where e.quantity <> 0) as value, max(e.restated_as_of) as restated_as_of
          from entitlement e
         where e.enterprise_number = b.enterprise_number and e.beneficiary_id = b.id
           and e.product_code = s.product_code and e.period = s.period) entitled on true
     where not s.rejected and not ${refusedRow('s')}`.execute(db);
  await sql`create index on plan_payroll (row_number)`.execute(db);
  await sql`analyze plan_payroll`.execute(db);
  await splitBlends(db);
  await checkPlan(db, delivery);
}

async function checkPlan(db: Db, delivery: Delivery): Promise<void> {
  await findIssue(
    'beneficiary.unknown',
    'nationalRegisterNumber',
    sql`select row_number from plan_payroll where beneficiary_id is null`,
  ).execute(db);
  await findIssue(
    'product.closed',
    'product',
    sql`select p.row_number from plan_payroll p join product c on c.code = p.product_code
         where c.sale_until < ${delivery.receivedOn}::date`,
  ).execute(db);
  await findIssue(
    'contract.missing',
    'product',
    sql`select p.row_number from plan_payroll p
         where not exists (
           select from contract c
            where c.enterprise_number = p.enterprise_number and c.product_code = p.product_code
              and c.valid_from <= (to_date(p.period, 'YYYY-MM') + interval '1 month - 1 day')::date
              and coalesce(c.valid_to, 'infinity') >= to_date(p.period, 'YYYY-MM'))
           and not exists (select from product c where c.code = p.product_code and c.sale_until < ${delivery.receivedOn}::date)`,
  ).execute(db);
  // A blended value that nothing explains is told as that alone.
  const known = sql`p.beneficiary_id is not null
    and not exists (select from blend b where b.row_number = p.row_number and not b.explained)`;
  await findIssue(
    'face-value.ambiguous',
    'faceValue',
    sql`select p.row_number from plan_payroll p where p.entitled_values > 1 and p.assigned and ${known}`,
  ).execute(db);
  await findIssue(
    'face-value.missing',
    'faceValue',
    sql`select p.row_number from plan_payroll p
         where p.said_value is null and (p.face_value is null or not p.assigned) and ${known}`,
  ).execute(db);
  await findIssue(
    'product.not-assigned',
    'product',
    sql`select p.row_number from plan_payroll p where p.said_value is not null and not p.assigned and ${known}`,
    'warning',
  ).execute(db);
  await sql`
    insert into found_issue (row_number, column_name, code, severity, params)
    select p.row_number, 'faceValue', 'limit.exceeded', 'error', jsonb_build_object('limit', p.max_face_value)
      from plan_payroll p where p.face_value > p.max_face_value and ${known}`.execute(db);
  await findIssue(
    'face-value.changed',
    'value',
    sql`select p.row_number from plan_payroll p
         where p.printed_value is not null and p.given_back = 0 and p.said_value <> p.own_value and ${known}`,
    'warning',
  ).execute(db);
}

/** Rows of one restated file that say different quantities for the same person, product, month and face value. */
export async function findPayrollConflicts(db: Db): Promise<void> {
  await findIssue(
    'row.conflict',
    'quantity',
    sql`select row_number from (
          select p.row_number, min(array[p.quantity, p.given_back]) over same as one,
                 max(array[p.quantity, p.given_back]) over same as other
            from plan_payroll p where not ${refusedRow('p')}
          window same as (partition by p.enterprise_number, p.beneficiary_id, p.product_code, p.period, p.face_value)
        ) s where one <> other`,
  ).execute(db);
}
