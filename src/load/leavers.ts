/** Employments that have ended: a stored end date that has passed makes the person inactive. */
import { sql } from 'kysely';
import type { Db } from './database.ts';

/** Deactivates everybody whose last day is before `today`, in one transaction; @returns how many people by employer */
export async function deactivateLeavers(db: Db, today: string): Promise<{ enterpriseNumber: string; people: number }[]> {
  return db.transaction().execute(async (trx) => {
    await sql`
      select enterprise_number from employer
       where enterprise_number in (select enterprise_number from beneficiary
                                    where status = 'active' and employment_end < ${today}::date)
       order by enterprise_number for update`.execute(trx);
    const found = await sql<{ enterpriseNumber: string; people: number }>`
      with ended as (
        update beneficiary
           set status = 'inactive', status_reason = 'employment-ended', status_since = ${today}::date, fingerprint = null
         where status = 'active' and employment_end < ${today}::date
        returning enterprise_number, id
      ), history as (
        insert into beneficiary_change (enterprise_number, beneficiary_id, before, after, changed_by)
        select enterprise_number, id, '{"status": "active"}',
               '{"status": "inactive", "status_reason": "employment-ended"}', 'run leavers'
          from ended
      )
      select enterprise_number as "enterpriseNumber", count(*)::int as people from ended group by 1 order by 1`.execute(trx);
    return found.rows;
  });
}
