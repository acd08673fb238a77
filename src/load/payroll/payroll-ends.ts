/** End dates of employments that payroll rows bring: they count after the row's own entitlement. */
import { sql } from 'kysely';
import type { Db } from '../database.ts';
import type { Delivery } from '../files/found-issues.ts';

/**
 * One that has passed makes the person inactive now; a later one is stored. The last row of a person counts. An end that is
 * older than what is known of it is told and not taken, whatever becomes of the row's entitlement. One that is known already
 * changes nothing but the moment it was last said, by `repeated_end`: its row stays unchanged.
 */
export async function decideEmploymentEnds(db: Db, delivery: Delivery, today: string): Promise<void> {
  await sql`
    create temporary table ended on commit drop as
    select distinct on (p.enterprise_number, p.beneficiary_id)
           p.row_number, p.enterprise_number, p.beneficiary_id, p.employment_end, p.old_end, p.old_status,
           p.old_status = 'active' and p.employment_end < ${today}::date as deactivates
      from plan_payroll p
     where p.employment_end is not null and p.outcome is not null and not p.stale
     order by p.enterprise_number, p.beneficiary_id, p.row_number desc`.execute(db);
  await sql`
    create temporary table repeated_end on commit drop as
    select enterprise_number, beneficiary_id from ended where employment_end = old_end and not deactivates`.execute(db);
  await sql`delete from ended where employment_end = old_end and not deactivates`.execute(db);
  await dropOlderEnds(db, delivery);
  await sql`
    update plan_payroll p
       set deactivated = e.deactivates, outcome = case when p.outcome = 'unchanged' then 'updated' else p.outcome end
      from ended e where p.row_number = e.row_number`.execute(db);
  await sql`
    insert into departure (enterprise_number, beneficiary_id, cause)
    select enterprise_number, beneficiary_id, 'explicit' from ended where deactivates`.execute(db);
}

/** A newer word on the end goes before any; that somebody is there says only that their employment has not ended before. */
async function dropOlderEnds(db: Db, delivery: Delivery): Promise<void> {
  await sql`
    with said_later as (
      select b.enterprise_number, b.id
        from ended e join beneficiary b on b.enterprise_number = e.enterprise_number and b.id = e.beneficiary_id
       where b.end_as_of > ${delivery.asOf}::timestamptz or e.deactivates and b.as_of > ${delivery.asOf}::timestamptz
      union
      select c.enterprise_number, i.id
        from confirmed_beneficiary c cross join unnest(c.beneficiary_ids) as i (id)
        join ended e on e.enterprise_number = c.enterprise_number and e.beneficiary_id = i.id and e.deactivates
       where c.as_of > ${delivery.asOf}::timestamptz
    ), older as (
      delete from ended e using said_later l
       where l.enterprise_number = e.enterprise_number and l.id = e.beneficiary_id
      returning e.row_number
    )
    insert into found_issue (row_number, column_name, code, severity)
    select row_number, 'employmentEnd', 'employment-end.stale', 'warning' from older`.execute(db);
}

/** For a plan that is approved without its deactivations: ends that have passed are not taken over. */
export async function dropPassedEnds(db: Db): Promise<void> {
  await sql`
    update plan_payroll p set deactivated = false from ended e where p.row_number = e.row_number and e.deactivates`.execute(
    db,
  );
  await sql`delete from ended where deactivates`.execute(db);
  await sql`delete from departure`.execute(db);
}

/**
 * Writes the decided ends with their history. Older files about the person still tell everything but the end: an address sent the
 * same day, in a file that its name dates at midnight, is not lost to an export of eight o'clock.
 */
export async function writeEmploymentEnds(db: Db, delivery: Delivery, today: string): Promise<void> {
  await sql`
    insert into beneficiary_change (enterprise_number, beneficiary_id, file_id, row_number, before, after)
    select enterprise_number, beneficiary_id, ${delivery.fileId}::bigint, row_number,
           jsonb_build_object('employment_end', old_end, 'status', old_status),
           jsonb_build_object('employment_end', employment_end,
                              'status', case when deactivates then 'inactive' else old_status end)
      from ended`.execute(db);
  await sql`
    update beneficiary b set end_as_of = ${delivery.asOf}::timestamptz
      from repeated_end r
     where b.enterprise_number = r.enterprise_number and b.id = r.beneficiary_id
       and coalesce(b.end_as_of < ${delivery.asOf}::timestamptz, true)`.execute(db);
  await sql`
    update beneficiary b
       set employment_end = e.employment_end,
           status = case when e.deactivates then 'inactive' else b.status end,
           status_reason = case when e.deactivates then 'employment-ended' else b.status_reason end,
           status_since = case when e.deactivates then ${today}::date else b.status_since end,
           end_as_of = ${delivery.asOf}::timestamptz
      from ended e where b.enterprise_number = e.enterprise_number and b.id = e.beneficiary_id`.execute(db);
}
