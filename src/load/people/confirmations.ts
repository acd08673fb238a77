/** People whom their sender said again as they are: one row an employer and file in place of a write to every person. */
import { sql } from 'kysely';
import type { Db } from '../database.ts';
import type { Delivery } from '../files/found-issues.ts';

/** Fills `confirmed`: when the people of the staged employers were last said again as they are. */
export async function readConfirmations(db: Db): Promise<void> {
  await sql`
    create temporary table confirmed on commit drop as
    select c.enterprise_number, i.id as beneficiary_id, max(c.as_of) as as_of
      from confirmed_beneficiary c cross join unnest(c.beneficiary_ids) as i (id)
     where c.enterprise_number in (select enterprise_number from stage_beneficiary)
     group by 1, 2`.execute(db);
  await sql`analyze confirmed`.execute(db);
}

/**
 * Confirms the unchanged rows of the plan: an older file may not change these people later. Whoever was known by another
 * sender is this one's from now on, and that stands in the record itself, as does when their end was last spoken of.
 */
export async function confirmUnchanged(db: Db, delivery: Delivery): Promise<void> {
  await sql`
    update beneficiary b
       set as_of = ${delivery.asOf}::timestamptz,
           end_as_of = case when p.says_end then ${delivery.asOf}::timestamptz else b.end_as_of end, secretariat_code = ${delivery.secretariat},
           last_file_id = ${delivery.fileId}::bigint
      from plan_beneficiary p
     where p.outcome = 'unchanged' and b.enterprise_number = p.enterprise_number and b.id = p.known_id and p.old_as_of <= ${delivery.asOf}::timestamptz
       and (p.old_secretariat is distinct from ${delivery.secretariat}
            or p.says_end and coalesce(b.end_as_of < ${delivery.asOf}::timestamptz, true))`.execute(db);
  const written = await sql`
    insert into confirmed_beneficiary (enterprise_number, file_id, as_of, beneficiary_ids)
    select p.enterprise_number, ${delivery.fileId}::bigint, ${delivery.asOf}::timestamptz, array_agg(p.known_id)
      from plan_beneficiary p
     where p.outcome = 'unchanged' and p.old_as_of < ${delivery.asOf}::timestamptz and p.old_secretariat = ${delivery.secretariat}
     group by 1
    on conflict (enterprise_number, file_id, as_of) do update
      set beneficiary_ids = confirmed_beneficiary.beneficiary_ids || excluded.beneficiary_ids`.execute(db);
  if (written.numAffectedRows === 0n) return;
  await sql`
    delete from confirmed_beneficiary old using confirmed_beneficiary new
     where new.file_id = ${delivery.fileId}::bigint and new.as_of = ${delivery.asOf}::timestamptz
       and old.enterprise_number = new.enterprise_number and (old.file_id, old.as_of) <> (new.file_id, new.as_of)
       and old.as_of <= new.as_of and old.beneficiary_ids <@ new.beneficiary_ids`.execute(db);
}
