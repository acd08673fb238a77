/** What is wrong with the rows of a beneficiaries file once they meet the database: each check one statement. */
import { type RawBuilder, sql } from 'kysely';
import type { ImportMode } from '../../model.ts';
import type { Db } from '../database.ts';
import { findIssue, findMissingMandates, keepOneIssueAColumn, type RowSource } from '../files/found-issues.ts';
import { STAGED_COLUMNS } from './stage-beneficiaries.ts';

/** Checks that need no plan: mandates, and several rows about one person. */
export async function checkStagedBeneficiaries(db: Db, delivery: RowSource): Promise<void> {
  await findMissingMandates(
    db,
    'stage_beneficiary',
    delivery,
    sql`${delivery.receivedOn}::date between m.valid_from and coalesce(m.valid_to, 'infinity')`,
  );
  await sql`
    create temporary table named_twice on commit drop as
    select enterprise_number, national_register_number from stage_beneficiary
     where enterprise_number is not null and national_register_number is not null
     group by 1, 2 having count(*) > 1`.execute(db);
  // A rejected row of the same person differs from the good one too: nobody can tell which of them was meant.
  await findIssue(
    'person.conflict',
    'nationalRegisterNumber',
    sql`select s.row_number from stage_beneficiary s
          join (select enterprise_number, national_register_number
                  from stage_beneficiary s join named_twice using (enterprise_number, national_register_number)
                 group by 1, 2
                having bool_or(rejected) or count(distinct row (${SAID})::text) > 1) twice
            using (enterprise_number, national_register_number)
         where not s.rejected
           and not exists (select from found_issue f where f.row_number = s.row_number and f.code = 'mandate.missing')`,
  ).execute(db);
}

/** All that a row says, to the letter. */
const SAID = sql.join(['clears', ...STAGED_COLUMNS].map((column) => sql`s.${sql.ref(column)}`));

/** Checks of the planned records against the employer's reference data and the person as known. */
export async function checkPlannedBeneficiaries(db: Db, delivery: RowSource, mode: ImportMode): Promise<void> {
  if (mode === 'create') {
    await findIssue(
      'mode.exists',
      'nationalRegisterNumber',
      sql`select row_number from plan_beneficiary where known_id is not null`,
    ).execute(db);
  }
  if (mode === 'update') {
    await findIssue(
      'mode.unknown',
      'nationalRegisterNumber',
      sql`select row_number from plan_beneficiary where known_id is null`,
    ).execute(db);
  }
  await checkPlaces(db);
  await checkProducts(db, delivery);
  await keepOneIssueAColumn(db, 'stage_beneficiary');
}

/** Emptied, each of them may leave the PIN without the point it went to: its own, or the card's. */
const PLACES_OF_PIN = sql`array['pin_delivery_point', 'card_delivery_point', 'card_delivery']`;

/** The person, the places and the addresses: one look at each row. */
async function checkPlaces(db: Db): Promise<void> {
  await sql`
    insert into found_issue (row_number, column_name, code, severity, params)
    select p.row_number, i.column_name, i.code, 'error',
           case i.places when 'cost_center' then ${numbersOf('cost_center')}
                         when 'delivery_point' then ${numbersOf('delivery_point')} else '{}' end
      from plan_beneficiary p,
           lateral (values
             ('identity.conflict', 'nationalRegisterNumber', null, p.other_person),
             ('cost-center.unknown', 'costCenter', 'cost_center', ${UNKNOWN_CENTER}),
             ('required.missing', 'costCenter', null, ${UNSAID_CENTER}),
             ('delivery-point.unknown', 'cardDeliveryPoint', 'delivery_point', ${UNKNOWN_CARD_POINT}),
             ('delivery-point.unknown', 'pinDeliveryPoint', 'delivery_point', ${UNKNOWN_PIN_POINT}),
             ('address.incomplete', 'cardDelivery', null, ${INCOMPLETE_CARD}),
             ('address.incomplete', 'pinDelivery', null, ${INCOMPLETE_PIN})
           ) as i (code, column_name, places, holds)
     -- Asked before the list is made, which takes longer than all of them.
     where (p.other_person or ${UNKNOWN_CENTER} or ${UNSAID_CENTER} or ${UNKNOWN_CARD_POINT} or ${UNKNOWN_PIN_POINT}
            or ${INCOMPLETE_CARD} or ${INCOMPLETE_PIN}) and i.holds`.execute(db);
}

const UNKNOWN_CENTER = sql`(p.said_cost_center is not null and p.cost_center = 0)`;
const UNSAID_CENTER = sql`(p.said_cost_center is null and p.known_id is null and p.enterprise_number in (
  select c.enterprise_number from cost_center c where not c.closed group by 1 having count(*) > 1))`;
// A record that was right once is not refused because a point was closed since: only what the row says, or a new person.
const UNKNOWN_CARD_POINT = sql`((p.said_card_point is not null and p.card_delivery_point = 0)
  or (p.card_delivery = 'employer' and p.card_delivery_point is null
      and (p.known_id is null or p.said_card_delivery is not null or 'card_delivery_point' = any (p.clears))))`;
const UNKNOWN_PIN_POINT = sql`((p.said_pin_point is not null and p.pin_delivery_point = 0)
  or (p.pin_delivery = 'employer' and p.pin_delivery_point is null
      and not (p.card_delivery = 'employer' and p.card_delivery_point is not null)
      and (p.known_id is null or p.said_pin_delivery is not null or p.clears && ${PLACES_OF_PIN})))`;
const INCOMPLETE_CARD = sql`(p.card_delivery = 'beneficiary'
  and (p.known_id is null or p.said_card_delivery is not null or p.clears is not null)
  and (p.card_street is null or p.card_house_number is null or p.card_postal_code is null or p.card_city is null))`;
// Without an address of its own the PIN goes to the card's; a part of one would send it nowhere.
const INCOMPLETE_PIN = sql`(p.pin_delivery = 'beneficiary'
  and (p.known_id is null or p.said_pin_delivery is not null or p.clears is not null)
  and case when num_nonnulls(p.pin_street, p.pin_house_number, p.pin_postal_code, p.pin_city) = 0
           then num_nulls(p.card_street, p.card_house_number, p.card_postal_code, p.card_city) > 0
           else num_nulls(p.pin_street, p.pin_house_number, p.pin_postal_code, p.pin_city) > 0 end)`;

/** The numbers that the open places of a row's employer go by; the first of very many. */
function numbersOf(table: 'delivery_point' | 'cost_center'): RawBuilder<unknown> {
  return sql`jsonb_strip_nulls(jsonb_build_object('accepted', (
    select string_agg(p.number::text, ', ' order by p.number)
      from (select o.number from ${sql.table(table)} o
             where o.enterprise_number = p.enterprise_number and not o.closed order by o.number limit ${MOST_NUMBERS}) p)))`;
}

const MOST_NUMBERS = 20;

async function checkProducts(db: Db, delivery: RowSource): Promise<void> {
  // What a row names is much the same for all rows of an employer: asked once for each of them.
  await sql`
    with named as (
      select distinct s.enterprise_number, n.field, n.code
        from (select distinct enterprise_number, meal_product, second_product, third_product from plan_beneficiary) s,
             lateral (values ('mealProduct', s.meal_product), ('secondProduct', s.second_product), ('thirdProduct', s.third_product)
                     ) as n (field, code)
    ), unfit as (
      select n.*, p.kind, p.sale_until
        from named n join product p on p.code = n.code
       where (n.field = 'mealProduct') <> (p.kind = 'count') or p.sale_until < ${delivery.receivedOn}::date
          or not exists (
               select from contract c
                where c.enterprise_number = n.enterprise_number and c.product_code = n.code
                  and ${delivery.receivedOn}::date between c.valid_from and coalesce(c.valid_to, 'infinity'))
    )
    insert into found_issue (row_number, column_name, code, severity, params)
    select p.row_number, u.field,
           case when (u.field = 'mealProduct') <> (u.kind = 'count') then 'literal.unknown'
                when u.sale_until < ${delivery.receivedOn}::date then 'product.closed' else 'contract.missing' end,
           'error', jsonb_strip_nulls(jsonb_build_object('accepted', fitting.accepted))
      from unfit u
      left join lateral (
             select string_agg(c.product_code, ', ' order by c.product_code) as accepted
               from (select distinct c.product_code from contract c join product f on f.code = c.product_code
                      where c.enterprise_number = u.enterprise_number and (u.field = 'mealProduct') = (f.kind = 'count')
                        and ${delivery.receivedOn}::date between c.valid_from and coalesce(c.valid_to, 'infinity')
                        and ${delivery.receivedOn}::date <= coalesce(f.sale_until, 'infinity')) c) fitting on true
      join plan_beneficiary p on p.enterprise_number = u.enterprise_number
       and u.code = case u.field when 'mealProduct' then p.meal_product when 'secondProduct' then p.second_product
                                 else p.third_product end`.execute(db);
  // The face value may come without its product: then it is that of the count product the person has.
  await sql`
    with beyond as (
      select said.*, l.max_face_value
        from (select distinct meal_product, meal_face_value, month from plan_beneficiary where meal_face_value is not null) said,
             lateral (select l.max_face_value from product_limit l
                       where l.product_code = coalesce(nullif(said.meal_product, 'none'), 'meal') and l.valid_from <= said.month
                       order by l.valid_from desc limit 1) l
       where said.meal_face_value > l.max_face_value
    )
    insert into found_issue (row_number, column_name, code, severity, params)
    select p.row_number, 'mealFaceValue', 'limit.exceeded', 'error', jsonb_build_object('limit', b.max_face_value)
      from beyond b
      join plan_beneficiary p on p.meal_face_value = b.meal_face_value and p.month = b.month
       and p.meal_product is not distinct from b.meal_product`.execute(db);
  await findIssue(
    'required.missing',
    'mealFaceValue',
    sql`select p.row_number from plan_beneficiary p
         where p.meal_product <> 'none' and p.meal_face_value is null
           and not exists (select from beneficiary_product x
                            where x.enterprise_number = p.enterprise_number and x.beneficiary_id = p.known_id
                              and x.product_code = p.meal_product and x.face_value is not null)`,
  ).execute(db);
  await findIssue(
    'required.missing',
    'mealProduct',
    sql`select p.row_number from plan_beneficiary p
         where p.meal_product is null and p.meal_face_value is not null
           and not exists (
             select from product c
               join lateral (select x.removed from beneficiary_product x
                              where x.enterprise_number = p.enterprise_number and x.beneficiary_id = p.known_id
                                and x.product_code = c.code and x.valid_from <= p.month
                              order by x.valid_from desc limit 1) held on not held.removed
              where c.kind = 'count')`,
  ).execute(db);
}
