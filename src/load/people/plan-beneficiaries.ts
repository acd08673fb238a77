/** What every row of a staged beneficiaries file would make of its person: the merged record, before anything is checked. */
import { type RawBuilder, sql } from 'kysely';
import type { Db } from '../database.ts';
import type { RowSource } from '../files/found-issues.ts';
import { PLAIN_COLUMNS, PLANNED_COLUMNS } from './beneficiary-columns.ts';

/**
 * Fills `plan_beneficiary`: one row for every staged row that is not refused so far, with the record as it would be (columns of
 * `beneficiary`), the person it is about (`known_id`, null for a new one) and what the row does as long as no check refuses it
 * (`outcome`). Rows that were rejected when they were read have none and are there for their other faults only. Where payroll has
 * told an end since, the row's word on the end is left out, and on being active too once that end has passed; `older_about_end`
 * names the field. `says_end` tells the rows whose word on the end counts, a clear mark included.
 */
export async function planBeneficiaries(db: Db, delivery: RowSource, today: string): Promise<void> {
  const toldSince = sql`coalesce(b.end_as_of > (select as_of from delivery), false)`;
  const endedSince = sql`(${toldSince} and coalesce(b.employment_end < ${today}::date, false))`;
  const merged = PLAIN_COLUMNS.map(({ column, type }) => sql`${merge(column, type)} as ${sql.ref(column)}`);
  const merges = PLANNED_COLUMNS.filter((column) => !DERIVED_COLUMNS.includes(column));
  await sql`
    create temporary table plan_beneficiary on commit drop as
    with merged as (
      select s.row_number, s.rejected, s.enterprise_number, s.national_register_number, b.id as known_id,
             greatest(k.as_of, b.as_of) as old_as_of, b.secretariat_code as old_secretariat,
             ${sql.join(PLANNED_COLUMNS.map((column) => sql`b.${sql.ref(column)} as ${old(column)}`))},
             case when ${endedSince} and s.status = 'active' then null else s.status end as said_status,
             case when not ${toldSince} then s.employment_end end as said_end,
             not ${toldSince} and (s.employment_end is not null or coalesce('employment_end' = any (s.clears), false)) as says_end,
             case when not ${toldSince} then null
                  when ${endedSince} and s.status = 'active' and b.status = 'inactive' then 'status'
                  when coalesce(s.employment_end, b.employment_end) is distinct from b.employment_end
                    or 'employment_end' = any (s.clears) then 'employmentEnd' end as older_about_end,
             s.cost_center as said_cost_center, s.card_delivery as said_card_delivery, s.pin_delivery as said_pin_delivery,
             s.card_delivery_point as said_card_point, s.pin_delivery_point as said_pin_point, s.clears,
             s.meal_product, s.meal_face_value, s.second_product, s.third_product,
             case when s.face_value_from is null
                  then (select date_trunc('month', ${delivery.asOf}::timestamptz at time zone 'Europe/Brussels')::date)
                  else to_date(s.face_value_from, 'YYYY-MM') end as month,
             ${sql.join(merged)},
             ${merge('children', 'integer', sql`0`)} as children,
             case when ${toldSince} then b.employment_end else ${merge('employment_end', 'date')} end as merged_end,
             ${merge('card_delivery', 'text', sql`'beneficiary'`)} as card_delivery,
             ${country('card')} as card_country, ${country('pin')} as pin_country,
             ${placeNumber('delivery_point', 'card_delivery_point')} as card_delivery_point,
             ${placeNumber('delivery_point', 'pin_delivery_point')} as pin_delivery_point,
             ${placeNumber('cost_center', 'cost_center')} as cost_center,
             case when num_nulls(s.extra1, s.extra2, s.extra3, s.clears) = 4 then coalesce(b.extra, '{}')
                  else (coalesce(b.extra, '{}') || jsonb_strip_nulls(jsonb_build_object(
                         'extra1', s.extra1, 'extra2', s.extra2, 'extra3', s.extra3))) - coalesce(s.clears, '{}') end as extra
        from stage_beneficiary s
        left join beneficiary b using (enterprise_number, national_register_number)
        left join confirmed k on k.enterprise_number = b.enterprise_number and k.beneficiary_id = b.id
       where s.enterprise_number is not null and s.national_register_number is not null
         and not exists (select from found_issue f where f.row_number = s.row_number and f.severity = 'error')
    )
    -- What the statements after it ask of every row stands first: a column far behind is found through all before it.
    select m.row_number, m.rejected,
           case when m.rejected then null
                when m.known_id is null then 'created'
                when a.stale then 'unchanged'
                when m.old_status = 'inactive' and d.status = 'active' then 'reactivated'
                when (${sql.join(merges.map((column) => sql`m.${sql.ref(column)}`))}, d.employment_end, d.status, r.status_reason)
                     is distinct from (${sql.join([...merges, ...DERIVED_COLUMNS].map((column) => sql`m.${old(column)}`))})
                     then 'updated'
                else 'unchanged' end as outcome,
           not m.rejected and not a.stale and d.status = 'inactive' and coalesce(m.old_status = 'active', false) as deactivated,
           m.known_id, m.old_as_of, m.older_about_end, m.says_end, d.status, m.enterprise_number, m.meal_product, m.meal_face_value,
           m.second_product, m.third_product, m.month, m.national_register_number, m.old_secretariat, m.old_status, m.clears,
           m.said_cost_center, m.said_card_delivery, m.said_pin_delivery, m.said_card_point, m.said_pin_point,
           m.birth_date <> m.old_birth_date
             and (lower(m.last_name), lower(m.first_name)) <> (lower(m.old_last_name), lower(m.old_first_name)) as other_person,
           ${sql.join(merges.map((column) => sql`m.${sql.ref(column)}`))}, d.employment_end, r.status_reason
      from merged m,
           lateral (select
             -- An old end date would end a rehired person again the next night: the sender says Active and gives no other end.
             case when m.said_status = 'active' and m.said_end is null and m.merged_end < ${today}::date then null
                  else m.merged_end end as employment_end) e,
           lateral (select e.employment_end,
             case when m.said_status = 'inactive' or e.employment_end < ${today}::date then 'inactive'
                  when m.said_status = 'active' or m.known_id is null then 'active'
                  -- Absence was the only reason, and the person is there again.
                  when m.old_status = 'inactive' and m.old_status_reason = 'absent' then 'active'
                  -- A new end that has not come yet says that the employment goes on.
                  when m.old_status_reason = 'employment-ended' and m.said_end is not null then 'active'
                  else m.old_status end as status) d,
           lateral (select
             case when d.status = 'active' then null
                  -- Inactive said of somebody whose end has come already takes nothing from what they still earned.
                  when m.said_status = 'inactive' and m.old_status = 'inactive' and m.old_status_reason = 'employment-ended'
                       then 'employment-ended'
                  when m.said_status = 'inactive' then ${delivery.fileId === null ? 'by-hand' : 'status'}::text
                  -- An end is the reason when it ends somebody who was there, or when the row itself says it.
                  when d.employment_end < ${today}::date and (m.said_end is not null
                         or m.old_status is distinct from 'inactive' or m.old_status_reason = 'absent') then 'employment-ended'
                  else coalesce(m.old_status_reason, 'employment-ended') end as status_reason) r,
           lateral (select coalesce(m.old_as_of > (select as_of from delivery), false) as stale) a`.execute(db);
  await sql`analyze plan_beneficiary (enterprise_number, known_id, outcome, deactivated, month, meal_product, meal_face_value)`.execute(
    db,
  );
}

/** Planned columns that follow from the others; in this order wherever records are compared. */
const DERIVED_COLUMNS: readonly string[] = ['employment_end', 'status', 'status_reason'];

/** What is known of the person, beside what would be. */
function old(column: string): RawBuilder<unknown> {
  return sql.ref(`old_${column}`);
}

/** Blank keeps what is known, the clear mark empties. */
function merge(column: string, type: string, otherwise: RawBuilder<unknown> = sql`null`): RawBuilder<unknown> {
  const name = sql.ref(column);
  return sql`case when ${column}::text = any (s.clears) then ${otherwise}::${sql.raw(type)}
                  else coalesce(s.${name}, b.${name}, ${otherwise}::${sql.raw(type)}) end`;
}

/** An address without a country is in Belgium. */
function country(of: 'card' | 'pin'): RawBuilder<unknown> {
  const street = sql.ref(`${of}_street`);
  const merged = merge(`${of}_country`, 'text');
  return sql`coalesce(${merged}, case when coalesce(s.${street}, b.${street}) is not null then 'BE' end)`;
}

/**
 * The number of a delivery point or cost center as senders write it: an open one's label, the number inside
 * "Delivery Point 2", or the bare number. An unknown one gives 0 here and is found by the checks.
 */
function placeNumber(table: 'delivery_point' | 'cost_center', column: string): RawBuilder<unknown> {
  const said = sql.ref(`s.${column}`);
  // A new person without a cost center goes to the only one there is, or to the employer itself.
  const kept =
    table === 'delivery_point'
      ? sql`b.${sql.ref(column)}`
      : sql`coalesce(b.cost_center, (select case when count(*) = 1 then min(c.number) else 0 end from cost_center c
                                       where c.enterprise_number = s.enterprise_number and not c.closed))`;
  return sql`case
    when ${column}::text = any (s.clears) then ${table === 'cost_center' ? sql`0` : sql`null`}::integer
    when ${said} is null then ${kept}
    else coalesce(
      (select case when count(*) = 1 then min(p.number) end from ${sql.table(table)} p
        where p.enterprise_number = s.enterprise_number and not p.closed and ${folded(sql`p.label`)} = ${folded(said)}),
      (select p.number from ${sql.table(table)} p
        where p.enterprise_number = s.enterprise_number and not p.closed
          and p.number::text = substring(${said} from '^\\D*0*(\\d{1,9})\\D*$')),
      0) end`;
}

/** Lower case without accents, spaces folded. */
function folded(text: RawBuilder<unknown>): RawBuilder<string> {
  return sql<string>`regexp_replace(regexp_replace(normalize(lower(trim(${text})), nfd), '[\u0300-\u036f]', '', 'g'), '\\s+', ' ', 'g')`;
}

/** `(record of the plan) is distinct from (record of the person)`, for aliases `p` and `b`. */
export const differs: RawBuilder<boolean> = sql<boolean>`
  (${sql.join(PLANNED_COLUMNS.map((column) => sql`p.${sql.ref(column)}`))})
  is distinct from (${sql.join(PLANNED_COLUMNS.map((column) => sql`b.${sql.ref(column)}`))})`;
