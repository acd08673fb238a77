/** Employments that have ended: whose end date has passed becomes inactive. */
import { sql } from 'kysely';
import type { Day } from '../../model.ts';
import type { Db } from '../database.ts';

/**
 * Makes everybody inactive whose employment ended before today, with a line of history each; the last day itself is still
 * active. Their employers are locked first, as by everybody who changes people.
 * @returns how many became inactive, by employer
 */
export async function deactivateLeavers(
  db: Db,
  today: Day,
): Promise<{ readonly enterpriseNumber: string; readonly people: number }[]> {
  return db.transaction().execute(async (trx) => {
    await sql`
      select e.enterprise_number from employer e
       where e.enterprise_number in (
         select b.enterprise_number from beneficiary b where b.status = 'active' and b.employment_end < ${today}::date)
       order by e.enterprise_number for update`.execute(trx);
    const found = await sql<{ enterpriseNumber: string; people: number }>`
      with ended as (
        update beneficiary b
           set status = 'inactive', status_reason = 'employment-ended', status_since = ${today}::date
         where b.status = 'active' and b.employment_end < ${today}::date
        returning b.enterprise_number, b.id
      ), history as (
        insert into beneficiary_change (enterprise_number, beneficiary_id, before, after, changed_by)
        select enterprise_number, id, '{"status": "active"}', '{"status": "inactive", "status_reason": "employment-ended"}', 'system'
          from ended
      )
      select enterprise_number as "enterpriseNumber", count(*) as people from ended group by 1 order by 1`.execute(trx);
    return found.rows;
  });
}
