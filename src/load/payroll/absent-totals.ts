/** Totals that end because a full payroll file, whose layout says `absent: zero`, no longer names their person. */
import { sql } from 'kysely';
import type { Db } from '../database.ts';
import { type Delivery, namedByRefusedRow } from '../files/found-issues.ts';

/**
 * Fills `absent_total` with the totals that the same drop gave before, for an employer, product and month of the file in which
 * their person has no row now, and lets the gates weigh their people as departures. A rejected row is a row: where its person
 * cannot be read, nobody of its employer is absent, and whom it names is absent nowhere. A total newer than the file stays.
 */
export async function findAbsentTotals(db: Db, delivery: Delivery): Promise<void> {
  await sql`
    create temporary table absent_total on commit drop as
    select e.enterprise_number, e.beneficiary_id, e.product_code, e.period, e.face_value, e.restated_quantity, e.restated_as_of
      from (select distinct enterprise_number, product_code, period from plan_payroll where outcome is not null) m
      join entitlement e using (enterprise_number, product_code, period)
      join beneficiary b on b.enterprise_number = e.enterprise_number and b.id = e.beneficiary_id
      join drop_file before on before.id = e.file_id
      join drop_file now on now.id = ${delivery.fileId}::bigint and now.drop_id = before.drop_id
     where e.restated_quantity <> 0 and e.restated_as_of <= ${delivery.asOf}::timestamptz
       and not exists (
         select from confirmed_entitlement c
          where c.enterprise_number = e.enterprise_number and c.product_code = e.product_code and c.period = e.period
            and c.as_of > ${delivery.asOf}::timestamptz and e.beneficiary_id = any (c.beneficiary_ids))
       and not exists (
         select from stage_payroll s
          where coalesce(s.national_register_number, b.national_register_number) = b.national_register_number
            and coalesce(s.enterprise_number, e.enterprise_number) = e.enterprise_number
            and coalesce(s.product_code, e.product_code) = e.product_code and coalesce(s.period, e.period) = e.period)
       and not ${namedByRefusedRow('stage_payroll', sql`b.national_register_number`)}`.execute(db);
  await sql`
    insert into departure (enterprise_number, beneficiary_id, cause)
    select distinct enterprise_number, beneficiary_id, 'absent' from absent_total`.execute(db);
}

/** Plans a total of nothing in their place. They are none of the file's rows: to be called when those are counted. */
export async function planAbsentTotals(db: Db): Promise<boolean> {
  const planned = await sql`
    insert into plan_payroll (enterprise_number, beneficiary_id, product_code, period, face_value, quantity, restated_quantity,
                              restated_as_of, rejected, known, outcome, leads, stale, others, given_back, deactivated)
    select enterprise_number, beneficiary_id, product_code, period, face_value, 0, restated_quantity, restated_as_of,
           false, true, 'updated', true, false, 0, 0, false
      from absent_total`.execute(db);
  return (planned.numAffectedRows ?? 0n) > 0n;
}
