/** Totals that a file says again as they stand: found for whole groups of rows at once, so that only the other rows are planned. */
import { sql } from 'kysely';
import { onlyRow } from '../answers.ts';
import type { Db } from '../database.ts';
import type { Delivery } from '../files/found-issues.ts';
import { FIRST_DAY } from '../people/beneficiary-products.ts';

/** Of a month said for the first time nothing stands: this many employers, products and months tell which it is. */
const LOOKED_AT = 200;

/**
 * Fills `standing`, a row for each employer, product and month of the scope, and `long_row`, the rows that must be planned. A row
 * stands when its total is exactly what payroll said before, nothing about it can be wrong or worth a warning, it brings no end
 * of employment and no printed value, and neither the file nor the database has another total of the same person and month.
 * For files of totals.
 * @returns how many rows stand, null when so little of the file was said before that nobody looked
 */
export async function findStanding(db: Db, delivery: Delivery): Promise<number | null> {
  if (!(await isSaidAgain(db))) return null;
  await sql`
    insert into standing
    select s.enterprise_number, s.product_code, s.period, array_agg(b.id) filter (where b.id is not null),
           array_agg(b.id) filter (where t.stands and e.restated_as_of < ${delivery.asOf}::timestamptz),
           array_agg(s.row_number) filter (where t.stands),
           coalesce(array_agg(s.row_number) filter (where t.stands is not true), '{}')
      from stage_payroll s
      join payroll_scope g using (enterprise_number, product_code, period)
      left join beneficiary b on b.enterprise_number = s.enterprise_number
       and b.national_register_number = s.national_register_number
      -- Who has a product has had it from the beginning, unless it was ever taken: then it is looked up row by row.
      left join beneficiary_product held on held.enterprise_number = b.enterprise_number and held.beneficiary_id = b.id
       and held.product_code = s.product_code and held.valid_from = ${FIRST_DAY}::date and not held.removed
      left join (
        select distinct enterprise_number, beneficiary_id, product_code from beneficiary_product where removed
      ) taken on taken.enterprise_number = b.enterprise_number and taken.beneficiary_id = b.id
       and taken.product_code = s.product_code
      left join entitlement e on e.enterprise_number = b.enterprise_number and e.beneficiary_id = b.id
       and e.product_code = s.product_code and e.period = s.period
      cross join lateral (
        select not s.rejected and s.value is null and s.employment_end is null and held.product_code is not null and taken.product_code is null
           and e.restated_as_of <= ${delivery.asOf}::timestamptz and e.restated_quantity = s.quantity
           and case when s.face_value is null then e.quantity <> 0 else s.face_value = e.face_value end
           and (e.face_value > g.max_face_value) is not true as stands) t
     where g.plain
     group by 1, 2, 3`.execute(db);
  await giveUpRepeated(db);
  await sql`
    insert into long_row
    select unnest(long_rows) from standing
    union all
    select s.row_number from stage_payroll s join payroll_scope g using (enterprise_number, product_code, period)
     where not g.plain and g.mandated`.execute(db);
  await sql`analyze long_row`.execute(db);
  const found = await sql<{ rows: number }>`
    select coalesce(sum(cardinality(row_numbers)), 0)::int as rows from standing`.execute(db);
  return onlyRow(found).rows;
}

/** Where somebody has two rows, or two totals, in one month, all rows of that month are planned. */
async function giveUpRepeated(db: Db): Promise<void> {
  const met = await sql<{ repeated: boolean }>`
    select count(*) <> count(distinct id) as repeated from standing, unnest(met_ids) id`.execute(db);
  // The same person may also have rows of two products or two months, which do not meet.
  if (!onlyRow(met).repeated) return;
  await sql`
    update standing
       set beneficiary_ids = null, row_numbers = null, long_rows = long_rows || coalesce(row_numbers, '{}')
     where exists (select from unnest(met_ids) id group by id having count(*) > 1)`.execute(db);
}

async function isSaidAgain(db: Db): Promise<boolean> {
  const found = await sql<{ again: boolean }>`
    select coalesce(count(*) filter (where told) * 2 > count(*), false) as again
      from (
        select exists (select from entitlement e
                        where e.enterprise_number = g.enterprise_number and e.product_code = g.product_code
                          and e.period = g.period) as told
          from payroll_scope g where g.plain limit ${LOOKED_AT}) looked`.execute(db);
  return onlyRow(found).again;
}
