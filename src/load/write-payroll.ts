/** Writes the entitlements of a checked payroll plan: totals that replace what was restated before, or signed increments. */
import { sql } from 'kysely';
import { planSplits, undoSplits, writeSplits } from './blends.ts';
import type { Db } from './database.ts';
import { type Delivery, refusedRow } from './found-issues.ts';

/** Totals: the latest file wins, for all face values of a person, product and month. Decides the outcome of every row. */
export async function decideRestated(db: Db, delivery: Delivery, sameKey: 'conflict' | 'sum'): Promise<void> {
  await sql`
    create temporary table restated on commit drop as
    select p.enterprise_number, p.beneficiary_id, p.product_code, p.period, p.face_value, min(p.row_number) as row_number,
           ${sameKey === 'sum' ? sql`sum(p.quantity)::int` : sql`min(p.quantity)`} as quantity,
           min(p.given_back) as given_back,
           coalesce(max(p.restated_as_of) > ${delivery.asOf}::timestamptz, false) as stale
      from plan_payroll p where not ${refusedRow('p')}
     group by 1, 2, 3, 4, 5`.execute(db);
  await sql`
    insert into row_outcome (row_number, outcome)
    select p.row_number,
           case when r.row_number <> p.row_number then ${sameKey === 'sum' ? sql`'updated'` : sql`'duplicate'`}
                when r.stale then 'unchanged'
                when e.restated_as_of is null then 'created'
                when e.restated_quantity <> r.quantity or r.given_back <> coalesce(s.quantity, 0) then 'updated'
                else 'unchanged' end
      from plan_payroll p
      join restated r on (r.enterprise_number, r.beneficiary_id, r.product_code, r.period, r.face_value)
                       = (p.enterprise_number, p.beneficiary_id, p.product_code, p.period, p.face_value)
      left join entitlement e on (e.enterprise_number, e.beneficiary_id, e.product_code, e.period, e.face_value)
                               = (p.enterprise_number, p.beneficiary_id, p.product_code, p.period, p.face_value)
      left join entitlement_split s on (s.enterprise_number, s.beneficiary_id, s.product_code, s.period)
                                     = (p.enterprise_number, p.beneficiary_id, p.product_code, p.period)
     where not ${refusedRow('p')}`.execute(db);
  await sql`
    insert into found_issue (row_number, code, severity)
    select row_number, 'row.stale', 'warning' from restated where stale`.execute(db);
}

export async function writeRestated(db: Db, delivery: Delivery): Promise<void> {
  await planSplits(db);
  await undoSplits(db, delivery);
  await noteRestated(db, delivery);
  await sql`
    insert into entitlement as e (enterprise_number, beneficiary_id, product_code, period, face_value, restated_quantity,
                                  restated_as_of, file_id, row_number)
    select enterprise_number, beneficiary_id, product_code, period, face_value, quantity, ${delivery.asOf}::timestamptz,
           ${delivery.fileId}::bigint, row_number
      from restated where not stale
    on conflict (enterprise_number, beneficiary_id, product_code, period, face_value) do update
      set restated_quantity = excluded.restated_quantity, restated_as_of = excluded.restated_as_of,
          file_id = excluded.file_id, row_number = excluded.row_number`.execute(db);
  await sql`
    update entitlement e set restated_quantity = 0, restated_as_of = ${delivery.asOf}::timestamptz,
                             file_id = ${delivery.fileId}::bigint
      from (select distinct enterprise_number, beneficiary_id, product_code, period from restated where not stale) k
     where (e.enterprise_number, e.beneficiary_id, e.product_code, e.period)
         = (k.enterprise_number, k.beneficiary_id, k.product_code, k.period)
       and e.restated_quantity <> 0
       and not exists (select from restated r
                        where (r.enterprise_number, r.beneficiary_id, r.product_code, r.period, r.face_value)
                            = (e.enterprise_number, e.beneficiary_id, e.product_code, e.period, e.face_value))`.execute(
    db,
  );
  await writeSplits(db, delivery);
}

/** History of the values that change; a first value is told by its entitlement itself. */
async function noteRestated(db: Db, delivery: Delivery): Promise<void> {
  await sql`
    insert into entitlement_change (enterprise_number, beneficiary_id, product_code, period, face_value, before, after, kind,
                                    file_id, row_number)
    select e.enterprise_number, e.beneficiary_id, e.product_code, e.period, e.face_value, e.quantity,
           e.added_quantity + coalesce(r.quantity, 0), 'restated', ${delivery.fileId}::bigint, coalesce(r.row_number, k.row_number)
      from (select enterprise_number, beneficiary_id, product_code, period, min(row_number) as row_number
              from restated where not stale group by 1, 2, 3, 4) k
      join entitlement e on (e.enterprise_number, e.beneficiary_id, e.product_code, e.period)
                          = (k.enterprise_number, k.beneficiary_id, k.product_code, k.period)
      left join restated r on (r.enterprise_number, r.beneficiary_id, r.product_code, r.period, r.face_value)
                            = (e.enterprise_number, e.beneficiary_id, e.product_code, e.period, e.face_value)
     where e.restated_quantity <> coalesce(r.quantity, 0)`.execute(db);
}

/** Increments: every row counts, also twice the same one. */
export async function decideSigned(db: Db): Promise<void> {
  await sql`
    create temporary table signed on commit drop as
    select p.*, row_number() over same as position,
           (sum(p.quantity) over same)::int as so_far
      from plan_payroll p where not ${refusedRow('p')}
    window same as (partition by p.enterprise_number, p.beneficiary_id, p.product_code, p.period, p.face_value
                    order by p.row_number)`.execute(db);
  await sql`
    insert into row_outcome (row_number, outcome)
    select s.row_number, case when e.enterprise_number is null and s.position = 1 then 'created' else 'updated' end
      from signed s
      left join entitlement e on (e.enterprise_number, e.beneficiary_id, e.product_code, e.period, e.face_value)
                               = (s.enterprise_number, s.beneficiary_id, s.product_code, s.period, s.face_value)`.execute(
    db,
  );
}

export async function writeSigned(db: Db, delivery: Delivery): Promise<void> {
  await sql`
    insert into entitlement_change (enterprise_number, beneficiary_id, product_code, period, face_value, before, after, kind,
                                    file_id, row_number)
    select s.enterprise_number, s.beneficiary_id, s.product_code, s.period, s.face_value,
           coalesce(e.quantity, 0) + s.so_far - s.quantity, coalesce(e.quantity, 0) + s.so_far, 'signed',
           ${delivery.fileId}::bigint, s.row_number
      from signed s
      left join entitlement e on (e.enterprise_number, e.beneficiary_id, e.product_code, e.period, e.face_value)
                               = (s.enterprise_number, s.beneficiary_id, s.product_code, s.period, s.face_value)`.execute(
    db,
  );
  await sql`
    insert into entitlement as e (enterprise_number, beneficiary_id, product_code, period, face_value, added_quantity,
                                  file_id, row_number)
    select enterprise_number, beneficiary_id, product_code, period, face_value, sum(quantity)::int,
           ${delivery.fileId}::bigint, max(row_number)
      from signed group by 1, 2, 3, 4, 5
    on conflict (enterprise_number, beneficiary_id, product_code, period, face_value) do update
      set added_quantity = e.added_quantity + excluded.added_quantity, file_id = excluded.file_id,
          row_number = excluded.row_number`.execute(db);
}

/**
 * End dates that payroll rows bring. One that has passed makes the person inactive now; a later one is stored. The last row of a
 * person counts.
 */
export async function decideEmploymentEnds(db: Db, today: string): Promise<void> {
  await sql`
    create temporary table ended on commit drop as
    select distinct on (p.enterprise_number, p.beneficiary_id)
           p.row_number, p.enterprise_number, p.beneficiary_id, p.employment_end, p.old_end, p.old_status,
           p.old_status = 'active' and p.employment_end < ${today}::date as deactivates
      from plan_payroll p join row_outcome o using (row_number)
     where p.employment_end is not null
       and not exists (select from found_issue f where f.row_number = p.row_number and f.code = 'row.stale')
     order by p.enterprise_number, p.beneficiary_id, p.row_number desc`.execute(db);
  await sql`delete from ended where employment_end is not distinct from old_end and not deactivates`.execute(db);
  await sql`
    update row_outcome o
       set deactivated = e.deactivates, outcome = case when o.outcome = 'unchanged' then 'updated' else o.outcome end
      from ended e where o.row_number = e.row_number`.execute(db);
  await sql`
    insert into departure (enterprise_number, beneficiary_id, cause)
    select enterprise_number, beneficiary_id, 'explicit' from ended where deactivates`.execute(db);
}

/** For a plan that is approved without its deactivations: ends that have passed are not taken over. */
export async function dropPassedEnds(db: Db): Promise<void> {
  await sql`
    update row_outcome o set deactivated = false from ended e where o.row_number = e.row_number and e.deactivates`.execute(
    db,
  );
  await sql`delete from ended where deactivates`.execute(db);
  await sql`delete from departure`.execute(db);
}

/** Writes the decided ends with their history, after the rows' own entitlements are recorded. */
export async function writeEmploymentEnds(db: Db, delivery: Delivery, today: string): Promise<void> {
  await sql`
    insert into beneficiary_change (enterprise_number, beneficiary_id, file_id, row_number, before, after)
    select enterprise_number, beneficiary_id, ${delivery.fileId}::bigint, row_number,
           jsonb_build_object('employment_end', old_end, 'status', old_status),
           jsonb_build_object('employment_end', employment_end,
                              'status', case when deactivates then 'inactive' else old_status end)
      from ended`.execute(db);
  await sql`
    update beneficiary b
       set employment_end = e.employment_end,
           status = case when e.deactivates then 'inactive' else b.status end,
           status_reason = case when e.deactivates then 'employment-ended' else b.status_reason end,
           status_since = case when e.deactivates then ${today}::date else b.status_since end,
           fingerprint = null
      from ended e where b.enterprise_number = e.enterprise_number and b.id = e.beneficiary_id`.execute(db);
}
