/** Writes what a checked beneficiaries plan changes: new people, changed people, their history; nothing for unchanged rows. */
import { type RawBuilder, sql } from 'kysely';
import type { Db } from '../database.ts';
import { historySource, type RowSource, refusedRow } from '../files/found-issues.ts';
import { SENSITIVE_CHANGES } from '../files/plan-tables.ts';
import { PLANNED_COLUMNS } from './beneficiary-columns.ts';
import { confirmUnchanged } from './confirmations.ts';
import { differs } from './plan-beneficiaries.ts';

/**
 * Decides the outcome of every row that is left: duplicates of a row before it, older than what is known, new, changed, unchanged.
 * The product changes must be planned already: a row that changes only a product is an update.
 */
export async function decideOutcomes(db: Db): Promise<void> {
  await sql`
    insert into row_outcome (row_number, outcome, deactivated)
    select p.row_number,
           case when p.position > 1 then 'duplicate'
                when p.known_id is null then 'created'
                when p.stale then 'unchanged'
                when p.old_status = 'inactive' and p.status = 'active' then 'reactivated'
                when ${differs} or exists (select from plan_product c where c.row_number = p.row_number) then 'updated'
                else 'unchanged' end,
           p.position = 1 and not p.stale and p.status = 'inactive' and coalesce(p.old_status = 'active', false)
      from (select *, coalesce(old_as_of > as_of, false) as stale,
                   row_number() over (partition by enterprise_number, national_register_number order by row_number) as position
              from plan_beneficiary p, (select as_of from delivery) d
             where not p.rejected and not ${refusedRow('p')}) p
      left join beneficiary b on b.enterprise_number = p.enterprise_number and b.id = p.known_id`.execute(db);
}

/** Warnings that go with an outcome: an older file about somebody newer, or about an end told since; an unknown person who has left. */
export async function warnOfOutcomes(db: Db): Promise<void> {
  await sql`
    insert into found_issue (row_number, column_name, code, severity)
    select p.row_number, null, 'row.stale', 'warning'
      from plan_beneficiary p join row_outcome o using (row_number)
     where o.outcome = 'unchanged' and p.old_as_of > (select as_of from delivery)
    union all
    select p.row_number, p.older_about_end, 'employment-end.stale', 'warning'
      from plan_beneficiary p join row_outcome o using (row_number)
     where p.older_about_end is not null and o.outcome <> 'duplicate'
       and coalesce(p.old_as_of <= (select as_of from delivery), true)
    union all
    select p.row_number, 'status', 'person.unknown-leaver', 'warning'
      from plan_beneficiary p join row_outcome o using (row_number)
     where o.outcome = 'created' and p.status = 'inactive'`.execute(db);
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
  await SENSITIVE_CHANGES.execute(db);
  await sql`
    insert into sensitive_change (enterprise_number, known_id)
    select p.enterprise_number, p.known_id
      from plan_beneficiary p
      join row_outcome o on o.row_number = p.row_number and o.outcome in ('updated', 'reactivated')
      join beneficiary b on b.enterprise_number = p.enterprise_number and b.id = p.known_id
     where (${ofPlan}) is distinct from (${ofPerson})`.execute(db);
}

/** For a plan that is approved without its deactivations: everybody who is active stays so, the rest of their rows applies. */
export async function keepEverybodyActive(db: Db): Promise<void> {
  await sql`
    update plan_beneficiary p
       set status = 'active', status_reason = null, employment_end = b.employment_end
      from row_outcome o, beneficiary b
     where o.row_number = p.row_number and o.deactivated
       and b.enterprise_number = p.enterprise_number and b.id = p.known_id`.execute(db);
  await sql`delete from departure`.execute(db);
  await sql`delete from row_outcome`.execute(db);
  await decideOutcomes(db);
}

const asOfDelivery = sql`(select as_of from delivery)`;

/** What a person types confirms nobody for a secretariat: its next full file must find the same people as before. */
function confirmedBy(source: RowSource): RawBuilder<string | null> {
  return sql`${source.fileId === null ? null : source.secretariat}::text`;
}

const columns = sql.join(PLANNED_COLUMNS.map((column) => sql.ref(column)));
const planned = sql.join(PLANNED_COLUMNS.map((column) => sql`p.${sql.ref(column)}`));

const takesEffect = sql`o.outcome in ('created', 'updated', 'reactivated')`;

/** Rows `row_number, content`: what the rows that change something would write, which is part of what a person approves. */
export const PLANNED_PEOPLE: RawBuilder<unknown> = sql`
  select p.row_number, row (p.enterprise_number, p.national_register_number, ${planned})::text as content
    from plan_beneficiary p join row_outcome o using (row_number) where ${takesEffect}
  union all
  select c.row_number, row (c.product_code, c.face_value, c.removed, c.valid_from)::text
    from plan_product c join row_outcome o using (row_number) where ${takesEffect}`;

export async function insertBeneficiaries(db: Db, delivery: RowSource, today: string): Promise<void> {
  await sql`
    with new as (
      insert into beneficiary (enterprise_number, national_register_number, ${columns}, status_since, fingerprint, as_of,
                               secretariat_code, last_file_id)
      select p.enterprise_number, p.national_register_number, ${planned}, ${today}::date, p.fingerprint,
             ${asOfDelivery}, ${confirmedBy(delivery)}, ${delivery.fileId}::bigint
        from plan_beneficiary p join row_outcome o using (row_number)
       where o.outcome = 'created' order by p.row_number
      returning enterprise_number, id, national_register_number, status
    )
    insert into beneficiary_change (enterprise_number, beneficiary_id, file_id, row_number, changed_by, why, before, after)
    select new.enterprise_number, new.id, ${historySource(delivery, sql`p.row_number`)}, null,
           jsonb_build_object('status', new.status)
      from new join plan_beneficiary p using (enterprise_number, national_register_number)
      join row_outcome o on o.row_number = p.row_number and o.outcome = 'created'`.execute(db);
}

export async function updateBeneficiaries(db: Db, delivery: RowSource, today: string): Promise<void> {
  await sql`
    insert into beneficiary_change (enterprise_number, beneficiary_id, file_id, row_number, changed_by, why, before, after)
    select b.enterprise_number, b.id, ${historySource(delivery, sql`p.row_number`)}, changed.before, changed.after
      from plan_beneficiary p
      join row_outcome o on o.row_number = p.row_number and o.outcome in ('updated', 'reactivated')
      join beneficiary b on b.enterprise_number = p.enterprise_number and b.id = p.known_id,
           lateral (select jsonb_object_agg(n.key, f.value) as before, jsonb_object_agg(n.key, n.value) as after
                      from jsonb_each(to_jsonb((select r from (select ${planned}) r))) n
                      join jsonb_each(to_jsonb((select r from (select ${sql.join(
                        PLANNED_COLUMNS.map((column) => sql`b.${sql.ref(column)}`),
                      )}) r))) f using (key)
                     where n.value is distinct from f.value) changed
     where changed.after is not null`.execute(db);
  await sql`
    update beneficiary b
       set (${columns}) = row (${planned}),
           status_since = case when b.status = p.status then b.status_since else ${today}::date end,
           fingerprint = p.fingerprint, as_of = ${asOfDelivery},
           secretariat_code = coalesce(${confirmedBy(delivery)}, b.secretariat_code),
           last_file_id = coalesce(${delivery.fileId}::bigint, b.last_file_id)
      from plan_beneficiary p join row_outcome o on o.row_number = p.row_number and o.outcome in ('updated', 'reactivated')
     where b.enterprise_number = p.enterprise_number and b.id = p.known_id`.execute(db);
  if (delivery.fileId !== null) await confirmUnchanged(db, delivery);
}
