/** What every row of a staged payroll file is about and would do: person, contract, limit, face value and outcome in one pass. */
import { type RawBuilder, sql } from 'kysely';
import type { FileCounts } from '../../model.ts';
import { onlyRow } from '../answers.ts';
import type { Db } from '../database.ts';
import { type Delivery, findIssue } from '../files/found-issues.ts';
import { FEW } from './stage-payroll.ts';

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
  const scopes = await sql`
    insert into payroll_scope
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
      from (select enterprise_number, product_code, period, to_date(period, 'YYYY-MM') as month, count(*)::int as rows,
                   bool_or(value is not null) as printed, bool_or(employment_end is not null) as ends
              from stage_payroll where enterprise_number is not null group by 1, 2, 3) g
      left join product p on p.code = g.product_code`.execute(db);
  if ((scopes.numAffectedRows ?? 0n) > FEW) await sql`analyze payroll_scope`.execute(db);
  await findIssue(
    'mandate.missing',
    null,
    sql`select s.row_number from stage_payroll s
          join payroll_scope g on g.enterprise_number = s.enterprise_number
           and g.product_code is not distinct from s.product_code and g.period is not distinct from s.period
         where not g.mandated`,
  ).execute(db);
  const found = await sql<ScopeFacts>`
    select coalesce(sum(rows) filter (where mandated and product_code is not null and period is not null), 0)::int as rows,
           coalesce(bool_or(printed), false) as printed, coalesce(bool_or(ends), false) as ends,
           exists (select from entitlement_split
                    where enterprise_number in (select enterprise_number from payroll_scope)) as split
      from payroll_scope`.execute(db);
  return onlyRow(found);
}

/** What a file brings; a statement that finds nothing to do looks at every row all the same. */
export interface ScopeFacts {
  /** rows that name an employer of the sender, a product and a month */
  readonly rows: number;
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
export async function planPayroll(
  db: Db,
  delivery: Delivery,
  counts: 'restated' | 'signed',
  scope: ScopeFacts,
): Promise<void> {
  await planRows(db, delivery, counts, ONE_VALUE);
  const planned = await sql<{ rows: number }>`select count(*)::int as rows from plan_payroll`.execute(db);
  if (onlyRow(planned).rows === scope.rows) return;
  await sql`truncate plan_payroll`.execute(db);
  await planRows(db, delivery, counts, SEVERAL_VALUES);
}

/** How the entitlements of a row's person, product and month are met: `e` for all of them, `same` for the one of the row's value. */
interface Met {
  readonly all: RawBuilder<unknown>;
  readonly same: RawBuilder<unknown>;
}

/**
 * Nearly always a month has one face value, and one join finds it; a person with several would be planned several times. Joined
 * as whole tables, a country takes a third of the time that a look at the index for every row takes.
 */
const ONE_VALUE: Met = {
  all: sql`
    left join entitlement one on one.enterprise_number = b.enterprise_number and one.beneficiary_id = b.id
     and one.product_code = s.product_code and one.period = s.period
    cross join lateral (
      select coalesce(one.quantity <> 0, false)::int as values, case when one.quantity <> 0 then one.face_value end as value,
             one.restated_as_of as latest,
             case when one.restated_quantity <> 0 then array[one.face_value] end as restated) e`,
  same: sql`
    left join lateral (
      select one.restated_quantity, one.restated_as_of, one.added_quantity where one.face_value = found.face_value) same on true`,
};

const SEVERAL_VALUES: Met = {
  all: sql`
    left join lateral (
      select count(*) filter (where e.quantity <> 0)::int as values,
             min(e.face_value) filter (where e.quantity <> 0) as value, max(e.restated_as_of) as latest,
             array_agg(e.face_value) filter (where e.restated_quantity <> 0) as restated
        from entitlement e
       where e.enterprise_number = b.enterprise_number and e.beneficiary_id = b.id
         and e.product_code = s.product_code and e.period = s.period) e on true`,
  same: sql`
    left join entitlement same on same.enterprise_number = b.enterprise_number and same.beneficiary_id = b.id
     and same.product_code = s.product_code and same.period = s.period and same.face_value = found.face_value`,
};

async function planRows(db: Db, delivery: Delivery, counts: 'restated' | 'signed', met: Met): Promise<void> {
  const outcome =
    counts === 'signed'
      ? sql`case when k.known then 'updated' else 'created' end`
      : sql`case when k.stale then 'unchanged' when k.restated_as_of is null then 'created'
                 when k.restated_quantity <> k.quantity then 'updated' else 'unchanged' end`;
  await sql`
    insert into plan_payroll
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
               same.added_quantity is not null as known
          from stage_payroll s
          join payroll_scope g using (enterprise_number, product_code, period)
          left join beneficiary b on b.enterprise_number = s.enterprise_number
           and b.national_register_number = s.national_register_number
          left join (
            select x.*, lead(x.valid_from, 1, 'infinity') over (
                     partition by x.enterprise_number, x.beneficiary_id, x.product_code order by x.valid_from) as valid_until
              from beneficiary_product x where x.enterprise_number in (select enterprise_number from payroll_scope)
          ) held on held.enterprise_number = b.enterprise_number and held.beneficiary_id = b.id
           and held.product_code = s.product_code and held.valid_from <= g.month and g.month < held.valid_until
           and not held.removed
          ${met.all}
          cross join lateral (
            select coalesce(s.face_value, case e.values when 1 then e.value when 0 then held.face_value end) as face_value
          ) found
          ${met.same}
         where g.mandated) k`.execute(db);
}

/** What a plan comes to, in one look: its counts, and what there is to write. */
export interface PlanFacts {
  readonly counts: FileCounts;
  readonly stale: boolean;
  readonly updated: boolean;
  readonly unchanged: boolean;
  readonly others: boolean;
}

export async function readPlanFacts(db: Db): Promise<PlanFacts> {
  const found = await sql<Omit<FileCounts, 'rejected'> & Pick<PlanFacts, 'stale' | 'others'> & { decided: number }>`
    select (select count(*)::int from stage_payroll) as read, count(outcome)::int as decided,
           count(*) filter (where outcome = 'created')::int as created,
           count(*) filter (where outcome = 'updated')::int as updated,
           count(*) filter (where outcome = 'unchanged')::int as unchanged, 0 as reactivated,
           count(*) filter (where outcome = 'duplicate')::int as "duplicateInFile",
           count(*) filter (where deactivated)::int as deactivated,
           coalesce(bool_or(stale and outcome is not null), false) as stale,
           coalesce(bool_or(others > 0 and outcome is not null), false) as others
      from plan_payroll`.execute(db);
  const { stale, others, decided, ...counts } = onlyRow(found);
  return {
    counts: { ...counts, rejected: counts.read - decided },
    stale,
    others,
    updated: counts.updated > 0,
    unchanged: counts.unchanged > 0,
  };
}
