/** The products of people and their face values by month: what a row's columns AG to AJ change. */
import { sql } from 'kysely';
import type { Db } from '../database.ts';
import { historySource, type RowSource, refusedRow } from '../files/found-issues.ts';

/** A person's first value of a product holds from here on. */
export const FIRST_DAY = '1900-01-01';

/**
 * Fills `plan_product`: for every planned row of a known person the products that would differ from what the person has in its
 * month, all that writing them takes included: the table they are written to is not asked again while it grows.
 * A blank keeps, "Not applicable" removes. When both free columns say something, every other product goes that neither names.
 * "Not applicable" beside a blank removes the one other product that the first column means; of several nobody knows which
 * stands where, and a rule by place would take the next one when the same row comes again: nothing goes, and a warning says so.
 * @returns whether anything would be written
 */
export async function planProducts(db: Db): Promise<boolean> {
  await sql`
    create temporary table plan_product (
      row_number integer, enterprise_number text, person_id bigint, product_code text, face_value integer,
      removed boolean, old_value integer, valid_from date
    ) on commit drop`.execute(db);
  const planned = await sql`
    with product_row as materialized (
      select p.row_number, p.rejected, p.enterprise_number, p.known_id, p.old_as_of, p.month, p.meal_product, p.meal_face_value,
             p.second_product, p.third_product
        from plan_beneficiary p
        left join beneficiary_product has on has.enterprise_number = p.enterprise_number and has.beneficiary_id = p.known_id
         and has.product_code = p.meal_product and has.valid_from = ${FIRST_DAY}::date and not has.removed
         and (p.meal_face_value is null or has.face_value = p.meal_face_value)
        left join (
          select enterprise_number, beneficiary_id from beneficiary_product
           where enterprise_number in (select enterprise_number from plan_beneficiary)
           group by 1, 2 having count(*) > 1
        ) several on several.enterprise_number = p.enterprise_number and several.beneficiary_id = p.known_id
       where p.known_id is not null
         and num_nonnulls(p.meal_product, p.meal_face_value, p.second_product, p.third_product) > 0
         -- Nearly everybody has one product from the beginning, and the row says just that.
         and not (has.product_code is not null and several.beneficiary_id is null
                  and num_nonnulls(p.second_product, p.third_product) = 0)
    ), held as (
      select p.row_number, x.product_code, x.face_value, c.kind,
             row_number() over (partition by p.row_number, c.kind order by x.product_code) as position,
             count(*) over (partition by p.row_number, c.kind) as of_kind
        from product_row p
        join lateral (
          select distinct on (x.product_code) x.product_code, x.face_value, x.removed
            from beneficiary_product x
           where x.enterprise_number = p.enterprise_number and x.beneficiary_id = p.known_id and x.valid_from <= p.month
           order by x.product_code, x.valid_from desc) x on not x.removed
        join product c on c.code = x.product_code
    ), named as (
      select p.row_number, n.code, p.meal_face_value as face_value, 'count' as kind
        from product_row p
        left join held h on h.row_number = p.row_number and h.kind = 'count' and h.position = 1
        cross join lateral (select coalesce(p.meal_product, h.product_code) as code) n
       where n.code <> 'none' and (p.meal_product is not null or p.meal_face_value is not null)
      union
      select p.row_number, n.code, null, 'amount'
        from product_row p, lateral (values (p.second_product), (p.third_product)) as n (code) where n.code <> 'none'
    ), wanted as (
      -- A product that comes back without a value has the one it had when it was taken away.
      select n.row_number, n.code as product_code, coalesce(n.face_value, h.face_value, (
               select x.face_value from product_row p
                 join beneficiary_product x on x.enterprise_number = p.enterprise_number and x.beneficiary_id = p.known_id
                where p.row_number = n.row_number and x.product_code = n.code and x.valid_from <= p.month
                order by x.valid_from desc limit 1)) as face_value, false as removed, h.face_value as old_value
        from named n left join held h on h.row_number = n.row_number and h.product_code = n.code
       where h.product_code is null or (n.kind = 'count' and n.face_value is distinct from h.face_value and n.face_value is not null)
      union all
      select p.row_number, h.product_code, h.face_value, true, h.face_value
        from product_row p join held h using (row_number)
       where case when h.kind = 'count' then p.meal_product = 'none'
                  when p.second_product is not null and p.third_product is not null then true
                  else p.second_product = 'none' and h.of_kind = 1 end
         and not exists (select from named n where n.row_number = h.row_number and n.code = h.product_code)
    ), unclear as (
      insert into found_issue (row_number, column_name, code, severity)
      select distinct p.row_number, case when p.second_product = 'none' then 'secondProduct' else 'thirdProduct' end,
             'product.unclear', 'warning'
        from product_row p join held h using (row_number)
       where h.kind = 'amount' and h.of_kind > 1 and not p.rejected and not ${refusedRow('p')}
         and coalesce(p.second_product, p.third_product) = 'none' and num_nulls(p.second_product, p.third_product) = 1
         and not coalesce(p.old_as_of > (select as_of from delivery), false)
    )
    insert into plan_product
    select w.row_number, p.enterprise_number, p.known_id, w.product_code, w.face_value, w.removed, w.old_value,
           case when exists (
             select from beneficiary_product x
              where x.enterprise_number = p.enterprise_number and x.beneficiary_id = p.known_id
                and x.product_code = w.product_code) then p.month else ${FIRST_DAY}::date end as valid_from
      from wanted w join product_row p using (row_number)`.execute(db);
  return planned.numAffectedRows !== 0n;
}

/** Writes the planned changes of rows that took effect. */
export async function writeProducts(db: Db, delivery: RowSource): Promise<void> {
  await sql`
    with due as (
      select c.* from plan_product c
        join plan_beneficiary p on p.row_number = c.row_number and p.outcome in ('updated', 'reactivated')
    ), history as (
      insert into beneficiary_change (enterprise_number, beneficiary_id, file_id, row_number, changed_by, why, before, after)
      select enterprise_number, person_id, ${historySource(delivery, sql`row_number`)},
             jsonb_build_object('product', product_code, 'faceValue', old_value),
             jsonb_build_object('product', product_code, 'faceValue', face_value, 'removed', removed, 'from', valid_from)
        from due
    )
    insert into beneficiary_product (enterprise_number, beneficiary_id, product_code, valid_from, face_value, removed)
    select enterprise_number, person_id, product_code, valid_from, face_value, removed from due
    on conflict (enterprise_number, beneficiary_id, product_code, valid_from)
      do update set face_value = excluded.face_value, removed = excluded.removed`.execute(db);
}

/**
 * Writes what the people in `new_person` begin with. By file it needs no history: the row itself tells it. They are new, so that
 * nothing can be there already.
 */
export async function insertProducts(db: Db, delivery: RowSource): Promise<void> {
  await sql`
    insert into beneficiary_product (enterprise_number, beneficiary_id, product_code, valid_from, face_value)
    ${FIRST_PRODUCTS}`.execute(db);
  if (delivery.fileId !== null) return;
  await sql`
    insert into beneficiary_change (enterprise_number, beneficiary_id, file_id, row_number, changed_by, why, before, after)
    select enterprise_number, beneficiary_id, ${historySource(delivery, sql`null`)},
           jsonb_build_object('product', product_code, 'faceValue', null),
           jsonb_build_object('product', product_code, 'faceValue', face_value, 'removed', false, 'from', valid_from)
      from (${FIRST_PRODUCTS}) as f`.execute(db);
}

/** The products of the new people, with the columns of `beneficiary_product`. */
const FIRST_PRODUCTS = sql`
  select n.enterprise_number, n.id as beneficiary_id, n.meal_product as product_code, ${FIRST_DAY}::date as valid_from,
         n.meal_face_value as face_value
    from new_person n where n.meal_product <> 'none'
  union all
  select n.enterprise_number, n.id, n.second_product, ${FIRST_DAY}::date, null from new_person n where n.second_product <> 'none'
  union all
  select n.enterprise_number, n.id, n.third_product, ${FIRST_DAY}::date, null
    from new_person n where n.third_product <> 'none' and n.third_product is distinct from n.second_product`;
