/** What is wrong with the rows of a beneficiaries file once they meet the database: each check one statement. */
import { type RawBuilder, sql } from 'kysely';
import type { ImportMode } from '../../model.ts';
import type { Db } from '../database.ts';
import { findIssue, findMissingMandates, keepOneIssueAColumn, type RowSource } from '../files/found-issues.ts';

/** Checks that need no plan: mandates, and several rows about one person. */
export async function checkStagedBeneficiaries(db: Db, delivery: RowSource): Promise<void> {
  await findMissingMandates(
    db,
    'stage_beneficiary',
    delivery,
    sql`${delivery.receivedOn}::date between m.valid_from and coalesce(m.valid_to, 'infinity')`,
  );
  // A rejected row of the same person differs from the good one too: nobody can tell which of them was meant.
  await findIssue(
    'person.conflict',
    'nationalRegisterNumber',
    sql`select s.row_number from stage_beneficiary s
          join (select enterprise_number, national_register_number from stage_beneficiary
                 where enterprise_number is not null and national_register_number is not null
                 group by 1, 2
                having count(*) > 1 and (count(distinct fingerprint) > 1 or bool_or(rejected))) twice
            using (enterprise_number, national_register_number)
         where not s.rejected
           and not exists (select from found_issue f where f.row_number = s.row_number and f.code = 'mandate.missing')`,
  ).execute(db);
}

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
  await findIssue(
    'identity.conflict',
    'nationalRegisterNumber',
    sql`select p.row_number from plan_beneficiary p
          join beneficiary b on b.enterprise_number = p.enterprise_number and b.id = p.known_id
         where p.birth_date <> b.birth_date
           and (lower(p.last_name), lower(p.first_name)) <> (lower(b.last_name), lower(b.first_name))`,
  ).execute(db);
  await checkPlaces(db);
  await checkProducts(db, delivery);
  await keepOneIssueAColumn(db, 'stage_beneficiary');
}

/** Emptied, each of them may leave the PIN without the point it went to: its own, or the card's. */
const PLACES_OF_PIN = sql`array['pin_delivery_point', 'card_delivery_point', 'card_delivery']`;

async function checkPlaces(db: Db): Promise<void> {
  await findIssue(
    'cost-center.unknown',
    'costCenter',
    sql`select row_number, enterprise_number from plan_beneficiary where said_cost_center is not null and cost_center = 0`,
    'error',
    numbersOf('cost_center'),
  ).execute(db);
  await findIssue(
    'required.missing',
    'costCenter',
    sql`select p.row_number from plan_beneficiary p
         where p.said_cost_center is null and p.known_id is null
           and (select count(*) from cost_center c where c.enterprise_number = p.enterprise_number and not c.closed) > 1`,
  ).execute(db);
  // A record that was right once is not refused because a point was closed since: only what the row says, or a new person.
  await findIssue(
    'delivery-point.unknown',
    'cardDeliveryPoint',
    sql`select row_number, enterprise_number from plan_beneficiary
         where (said_card_point is not null and card_delivery_point = 0)
            or (card_delivery = 'employer' and card_delivery_point is null
                and (known_id is null or said_card_delivery is not null or 'card_delivery_point' = any (clears)))`,
    'error',
    numbersOf('delivery_point'),
  ).execute(db);
  await findIssue(
    'delivery-point.unknown',
    'pinDeliveryPoint',
    sql`select row_number, enterprise_number from plan_beneficiary
         where (said_pin_point is not null and pin_delivery_point = 0)
            or (pin_delivery = 'employer' and pin_delivery_point is null
                and not (card_delivery = 'employer' and card_delivery_point is not null)
                and (known_id is null or said_pin_delivery is not null or clears && ${PLACES_OF_PIN}))`,
    'error',
    numbersOf('delivery_point'),
  ).execute(db);
  await findIssue(
    'address.incomplete',
    'cardDelivery',
    sql`select p.row_number from plan_beneficiary p
         where p.card_delivery = 'beneficiary'
           and (p.known_id is null or p.said_card_delivery is not null or p.clears is not null)
           and (p.card_street is null or p.card_house_number is null or p.card_postal_code is null or p.card_city is null)`,
  ).execute(db);
  // Without an address of its own the PIN goes to the card's; a part of one would send it nowhere.
  await findIssue(
    'address.incomplete',
    'pinDelivery',
    sql`select p.row_number from plan_beneficiary p
         where p.pin_delivery = 'beneficiary'
           and (p.known_id is null or p.said_pin_delivery is not null or p.clears is not null)
           and case when num_nonnulls(p.pin_street, p.pin_house_number, p.pin_postal_code, p.pin_city) = 0
                    then num_nulls(p.card_street, p.card_house_number, p.card_postal_code, p.card_city) > 0
                    else num_nulls(p.pin_street, p.pin_house_number, p.pin_postal_code, p.pin_city) > 0 end`,
  ).execute(db);
}

/** The numbers that an employer's open places go by, for an issue about `found`; the first of very many. */
function numbersOf(table: 'delivery_point' | 'cost_center'): RawBuilder<unknown> {
  return sql`jsonb_strip_nulls(jsonb_build_object('accepted', (
    select string_agg(p.number::text, ', ' order by p.number)
      from (select number from ${sql.table(table)} p
             where p.enterprise_number = found.enterprise_number and not p.closed order by number limit ${MOST_NUMBERS}) p)))`;
}

const MOST_NUMBERS = 20;

/** The products a row names, one line each: column, code, value. */
const NAMED_PRODUCTS = sql`
  select p.row_number, p.enterprise_number, p.known_id, p.month, n.field, n.code, n.face_value
    from plan_beneficiary p,
         lateral (values ('mealProduct', p.meal_product, p.meal_face_value),
                         ('secondProduct', p.second_product, null), ('thirdProduct', p.third_product, null)
                 ) as n (field, code, face_value)
   where n.code is not null and n.code <> 'none'`;

async function checkProducts(db: Db, delivery: RowSource): Promise<void> {
  await sql`
    insert into found_issue (row_number, column_name, code, severity, params)
    select n.row_number, n.field,
           case when (n.field = 'mealProduct') <> (p.kind = 'count') then 'literal.unknown'
                when p.sale_until < ${delivery.receivedOn}::date then 'product.closed' else 'contract.missing' end,
           'error', jsonb_strip_nulls(jsonb_build_object('accepted', fitting.accepted))
      from (${NAMED_PRODUCTS}) n join product p on p.code = n.code
      left join lateral (
             select string_agg(c.product_code, ', ' order by c.product_code) as accepted
               from (select distinct c.product_code from contract c join product f on f.code = c.product_code
                      where c.enterprise_number = n.enterprise_number and (n.field = 'mealProduct') = (f.kind = 'count')
                        and ${delivery.receivedOn}::date between c.valid_from and coalesce(c.valid_to, 'infinity')
                        and ${delivery.receivedOn}::date <= coalesce(f.sale_until, 'infinity')) c) fitting on true
     where (n.field = 'mealProduct') <> (p.kind = 'count') or p.sale_until < ${delivery.receivedOn}::date
        or not exists (
             select from contract c
              where c.enterprise_number = n.enterprise_number and c.product_code = n.code
                and ${delivery.receivedOn}::date between c.valid_from and coalesce(c.valid_to, 'infinity'))`.execute(
    db,
  );
  // The face value may come without its product: then it is that of the count product the person has.
  await sql`
    insert into found_issue (row_number, column_name, code, severity, params)
    select p.row_number, 'mealFaceValue', 'limit.exceeded', 'error', jsonb_build_object('limit', l.max_face_value)
      from plan_beneficiary p,
           lateral (select l.max_face_value from product_limit l
                     where l.product_code = coalesce(nullif(p.meal_product, 'none'), 'meal') and l.valid_from <= p.month
                     order by l.valid_from desc limit 1) l
     where p.meal_face_value > l.max_face_value`.execute(db);
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
