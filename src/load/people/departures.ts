/** Who would leave by a file: explicit leavers of its rows, and in a full file those who are not in it any more. */
import { sql } from 'kysely';
import { onlyRow } from '../answers.ts';
import type { Db } from '../database.ts';
import { type Delivery, namedByRefusedRow } from '../files/found-issues.ts';

/** The rows of a beneficiaries plan that end an active person. */
export async function findExplicitDepartures(db: Db): Promise<void> {
  await sql`
    insert into departure (enterprise_number, beneficiary_id, cause)
    select p.enterprise_number, p.known_id, 'explicit'
      from plan_beneficiary p where p.deactivated`.execute(db);
}

/**
 * Active people of the employers in a full file who are in none of its rows, good or rejected, nor in a rejected one about
 * another employer. Only people whom the same
 * secretariat confirmed last: two secretariats of one employer never end each other's people. An employer for which a newer
 * full file was applied is left alone, and so is one with a row whose person cannot be read: it may be the one who seems absent.
 * A row with `mandate.missing` whose person cannot be read protects nobody: both its numbers would have to be slips for it to be about
 * one of these people, and a mandate that has ended would otherwise keep the leavers of every employer in the file, month after month.
 * @returns employers that were left alone because of unreadable rows
 */
export async function findAbsent(
  db: Db,
  delivery: Pick<Delivery, 'asOf' | 'secretariat'>,
  place: { dropId: string; layoutId: string },
): Promise<number> {
  await sql`
    create temporary table covered on commit drop as
    select s.enterprise_number,
           bool_or(s.national_register_number is null) or (
             select bool_or(u.enterprise_number is null and u.national_register_number is null) from stage_beneficiary u
           ) as unreadable
      from stage_beneficiary s
     where s.enterprise_number is not null
       and not exists (select from found_issue f where f.row_number = s.row_number and f.code = 'mandate.missing')
       and not exists (select from full_file l
                        where l.enterprise_number = s.enterprise_number and l.drop_id = ${place.dropId}
                          and l.layout_id = ${place.layoutId} and l.as_of > ${delivery.asOf}::timestamptz)
     group by 1`.execute(db);
  await sql`
    create temporary table absent on commit drop as
    select b.enterprise_number, b.id, c.unreadable
      from beneficiary b join covered c using (enterprise_number)
      left join confirmed k on k.enterprise_number = b.enterprise_number and k.beneficiary_id = b.id
     where b.status = 'active' and b.secretariat_code = ${delivery.secretariat}
       and greatest(k.as_of, b.as_of, b.end_as_of) <= ${delivery.asOf}::timestamptz
       and not exists (select from stage_beneficiary s
                        where s.national_register_number = b.national_register_number
                          and coalesce(s.enterprise_number, b.enterprise_number) = b.enterprise_number)
       and not ${namedByRefusedRow('stage_beneficiary', sql`b.national_register_number`)}`.execute(db);
  await sql`
    insert into departure (enterprise_number, beneficiary_id, cause)
    select enterprise_number, id, 'absent' from absent where not unreadable`.execute(db);
  const left = await sql<{ employers: number }>`
    select count(distinct enterprise_number)::int as employers from absent where unreadable`.execute(db);
  return onlyRow(left).employers;
}

/** Is every employer of this full file covered by a newer full one already? */
export async function isSuperseded(
  db: Db,
  delivery: Delivery,
  place: { dropId: string; layoutId: string },
): Promise<boolean> {
  const found = await sql<{ superseded: boolean }>`
    select coalesce(bool_and(exists (
             select from full_file l
              where l.enterprise_number = s.enterprise_number and l.drop_id = ${place.dropId}
                and l.layout_id = ${place.layoutId} and l.as_of > ${delivery.asOf}::timestamptz)), false) as superseded
      from (select distinct enterprise_number from stage_beneficiary where enterprise_number is not null) s`.execute(
    db,
  );
  return onlyRow(found).superseded;
}

/** Ends the absent people, with their history, and notes which full file spoke last; @returns how many */
export async function writeAbsences(
  db: Db,
  delivery: Delivery,
  place: { dropId: string; layoutId: string },
  today: string,
): Promise<number> {
  const ended = await sql<{ people: number }>`
    with ended as (
      update beneficiary b
         set status = 'inactive', status_reason = 'absent', status_since = ${today}::date,
             as_of = ${delivery.asOf}::timestamptz, last_file_id = ${delivery.fileId}::bigint
        from departure d
       where d.cause = 'absent' and b.enterprise_number = d.enterprise_number and b.id = d.beneficiary_id
      returning b.enterprise_number, b.id
    ), history as (
      insert into beneficiary_change (enterprise_number, beneficiary_id, file_id, before, after)
      select enterprise_number, id, ${delivery.fileId}::bigint, '{"status": "active", "status_reason": null}',
             '{"status": "inactive", "status_reason": "absent"}'
        from ended
    )
    select count(*)::int as people from ended`.execute(db);
  await sql`
    insert into full_file (enterprise_number, drop_id, layout_id, as_of, file_id)
    select enterprise_number, ${place.dropId}, ${place.layoutId}, ${delivery.asOf}::timestamptz, ${delivery.fileId}::bigint
      from covered
    on conflict (enterprise_number, drop_id, layout_id) do update set as_of = excluded.as_of, file_id = excluded.file_id
     where full_file.as_of <= excluded.as_of`.execute(db);
  return onlyRow(ended).people;
}
