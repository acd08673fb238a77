/** Writes what a checked beneficiaries plan changes: new people, changed people, their history; nothing for unchanged rows. */
import { type RawBuilder, sql } from 'kysely';
import type { Db } from '../database.ts';
import { historySource, type RowSource } from '../files/found-issues.ts';
import { PLANNED_COLUMNS } from './beneficiary-columns.ts';
import { differs } from './plan-beneficiaries.ts';

/**
 * Takes what the checks and the plan of products found out into the outcomes: rows that were refused, copies of a row before them,
 * and, with `products` planned, rows that change only a product.
 */
export async function settleOutcomes(db: Db, products: boolean): Promise<void> {
  await sql`
    update plan_beneficiary p set outcome = null, deactivated = false
     where p.outcome is not null and p.row_number in (select row_number from found_issue where severity = 'error')`.execute(
    db,
  );
  await sql`
    update plan_beneficiary p set outcome = 'duplicate', deactivated = false
      from (select p.row_number,
                   row_number() over (partition by enterprise_number, national_register_number order by p.row_number) as position
              from plan_beneficiary p join named_twice using (enterprise_number, national_register_number)
             where p.outcome is not null) copy
     where copy.position > 1 and copy.row_number = p.row_number`.execute(db);
  if (!products) return;
  await sql`
    update plan_beneficiary p set outcome = 'updated'
     where p.outcome = 'unchanged' and not ${stale}
       and p.row_number in (select row_number from plan_product)`.execute(db);
}

const stale = sql`coalesce(p.old_as_of > (select as_of from delivery), false)`;

/** Warnings that go with an outcome: an older file about somebody newer, or about an end told since; an unknown person who has left. */
export async function warnOfOutcomes(db: Db): Promise<void> {
  // No row has two of them: in one look, whoever there are millions of are met once.
  await sql`
    insert into found_issue (row_number, column_name, code, severity)
    select p.row_number, case p.warning when 'person.unknown-leaver' then 'status' when 'employment-end.stale' then p.older_about_end end,
           p.warning, 'warning'
      from (select p.row_number, p.older_about_end,
                   case when p.outcome = 'unchanged' and ${stale} then 'row.stale'
                        when p.older_about_end is not null and p.outcome <> 'duplicate' and not ${stale} then 'employment-end.stale'
                        when p.outcome = 'created' and p.status = 'inactive' then 'person.unknown-leaver' end as warning
              from plan_beneficiary p) p
     where p.warning is not null`.execute(db);
}

/** Columns whose change in bulk looks like a shifted column rather than like life. */
const SENSITIVE_COLUMNS = [
  'last_name',
  'first_name',
  'other_name',
  'birth_date',
  'email',
  'card_delivery',
  'card_delivery_point',
  'card_street',
  'card_house_number',
  'card_box',
  'card_postal_code',
  'card_city',
  'card_country',
  'card_address_extra',
  'pin_delivery',
  'pin_delivery_point',
  'pin_street',
  'pin_house_number',
  'pin_box',
  'pin_postal_code',
  'pin_city',
  'pin_country',
  'pin_address_extra',
  'cost_center',
];

/** Fills `sensitive_change` with the known people whose sensitive columns the plan would change. */
export async function findSensitiveChanges(db: Db): Promise<void> {
  const ofPlan = sql.join(SENSITIVE_COLUMNS.map((column) => sql`p.${sql.ref(column)}`));
  const ofPerson = sql.join(SENSITIVE_COLUMNS.map((column) => sql`b.${sql.ref(column)}`));
  await sql`
    insert into sensitive_change (enterprise_number, known_id)
    select p.enterprise_number, p.known_id
      from plan_beneficiary p
      join beneficiary b on b.enterprise_number = p.enterprise_number and b.id = p.known_id
     where p.outcome in ('updated', 'reactivated') and (${ofPlan}) is distinct from (${ofPerson})`.execute(db);
}

/** For a plan that is approved without its deactivations: everybody who is active stays so, the rest of their rows applies. */
export async function keepEverybodyActive(db: Db): Promise<void> {
  await sql`
    update plan_beneficiary p
       set status = 'active', status_reason = null, employment_end = b.employment_end, says_end = false
      from beneficiary b
     where p.deactivated and b.enterprise_number = p.enterprise_number and b.id = p.known_id`.execute(db);
  await sql`
    update plan_beneficiary p
       set deactivated = false,
           outcome = case when ${differs} or exists (select from plan_product c where c.row_number = p.row_number)
                          then 'updated' else 'unchanged' end
      from beneficiary b
     where p.deactivated and b.enterprise_number = p.enterprise_number and b.id = p.known_id`.execute(db);
  await sql`delete from departure`.execute(db);
}

const asOfDelivery = sql`(select as_of from delivery)`;

/** What a person types confirms nobody for a secretariat: its next full file must find the same people as before. */
function confirmedBy(source: RowSource): RawBuilder<string | null> {
  return sql`${source.fileId === null ? null : source.secretariat}::text`;
}

const columns = sql.join(PLANNED_COLUMNS.map((column) => sql.ref(column)));
const planned = sql.join(PLANNED_COLUMNS.map((column) => sql`p.${sql.ref(column)}`));

const takesEffect = sql`p.outcome in ('created', 'updated', 'reactivated')`;

/** Rows `row_number, content`: what the rows that change something would write, which is part of what a person approves. */
export const PLANNED_PEOPLE: RawBuilder<unknown> = sql`
  select p.row_number, row (p.enterprise_number, p.national_register_number, ${planned}, p.meal_product, p.meal_face_value,
                            p.second_product, p.third_product)::text as content
    from plan_beneficiary p where ${takesEffect}
  union all
  select c.row_number, row (c.product_code, c.face_value, c.removed, c.valid_from)::text
    from plan_product c join plan_beneficiary p using (row_number) where ${takesEffect}`;

/** Writes the new people with the first row of their history. Their ids follow the rows; `new_person` tells them, and what follows. */
export async function insertBeneficiaries(db: Db, delivery: RowSource, today: string): Promise<void> {
  await sql`
    create temporary table new_person on commit drop as
    select nextval('beneficiary_id') as id, p.*
      from (select row_number, enterprise_number, status, meal_product, meal_face_value, second_product, third_product
              from plan_beneficiary where outcome = 'created' order by row_number) p`.execute(db);
  await sql`analyze new_person`.execute(db);
  await sql`
    insert into beneficiary (enterprise_number, id, national_register_number, ${columns}, status_since, as_of,
                             end_as_of, secretariat_code, last_file_id)
    select p.enterprise_number, n.id, p.national_register_number, ${planned}, ${today}::date,
           ${asOfDelivery}, case when p.says_end then ${asOfDelivery} end, ${confirmedBy(delivery)}, ${delivery.fileId}::bigint
      from plan_beneficiary p join new_person n using (row_number)`.execute(db);
  await sql`
    insert into beneficiary_change (enterprise_number, beneficiary_id, file_id, row_number, changed_by, why, before, after)
    select n.enterprise_number, n.id, ${historySource(delivery, sql`n.row_number`)}, null,
           case n.status when 'active' then '{"status": "active"}'::jsonb else '{"status": "inactive"}' end
      from new_person n`.execute(db);
}

export async function updateBeneficiaries(db: Db, delivery: RowSource, today: string): Promise<void> {
  await sql`
    insert into beneficiary_change (enterprise_number, beneficiary_id, file_id, row_number, changed_by, why, before, after)
    select b.enterprise_number, b.id, ${historySource(delivery, sql`p.row_number`)}, changed.before, changed.after
      from plan_beneficiary p
      join beneficiary b on b.enterprise_number = p.enterprise_number and b.id = p.known_id,
           lateral (select jsonb_object_agg(n.key, f.value) as before, jsonb_object_agg(n.key, n.value) as after
                      from jsonb_each(to_jsonb((select r from (select ${planned}) r))) n
                      join jsonb_each(to_jsonb((select r from (select ${sql.join(
                        PLANNED_COLUMNS.map((column) => sql`b.${sql.ref(column)}`),
                      )}) r))) f using (key)
                     where n.value is distinct from f.value) changed
     where p.outcome in ('updated', 'reactivated') and changed.after is not null`.execute(db);
  await sql`
    update beneficiary b
       set (${columns}) = row (${planned}),
           status_since = case when b.status = p.status then b.status_since else ${today}::date end,
           as_of = ${asOfDelivery}, end_as_of = case when p.says_end then ${asOfDelivery} else b.end_as_of end,
           secretariat_code = coalesce(${confirmedBy(delivery)}, b.secretariat_code),
           last_file_id = coalesce(${delivery.fileId}::bigint, b.last_file_id)
      from plan_beneficiary p
     where p.outcome in ('updated', 'reactivated') and b.enterprise_number = p.enterprise_number and b.id = p.known_id`.execute(
    db,
  );
}
