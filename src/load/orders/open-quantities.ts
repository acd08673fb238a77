/** What is granted and not yet ordered, per person, month and face value; and which of it may not become a line, with the reason. */
import { type RawBuilder, sql } from 'kysely';
import type { Cents, Day, Period } from '../../model.ts';
import { onlyRow } from '../answers.ts';
import type { Db } from '../database.ts';

const MANY_EMPLOYERS = 500;

/**
 * Fills `open_quantity` for the slots in `slot_run`: one row per difference, `reason` null where it may be ordered.
 * Leavers are judged at once: a status or an absence ends every line, an employment that ended only the months after it;
 * they get no new card, and what they owe is never netted. `needs_card`: an active person without a card, active or ordered;
 * `without_email`: nobody can write to the person.
 */
export async function findOpenQuantities(db: Db, today: Day): Promise<void> {
  const { first, last, employers } = await employersOfRun(db);
  if (employers >= MANY_EMPLOYERS) await joinByHash(db);
  // The bounds are implied by the joins; the planner cannot know that the slots are neighbours. The cards are looked up one by
  // one: joined, all cards of the country would be read for every batch. People are materialized so that the counts meet them
  // by two numbers; by employer and person, the counts would be sorted as texts first.
  await sql`
    create temporary table open_quantity on commit drop as
    with person as materialized (
      select r.slot, b.id as beneficiary_id, b.national_register_number, b.status, b.status_reason, b.employment_end, b.cost_center,
             coalesce(b.email, '') = '' as without_email,
             b.status = 'active' and ${cardOf(sql`true`, 'active')} is null and ${cardOf(sql`true`, 'ordered')} is null
               as needs_card
        from slot_run r
        join beneficiary b on b.enterprise_number = r.enterprise_number and b.enterprise_number between ${first} and ${last}
    )
    select slot, beneficiary_id, b.status = 'active' as active, b.cost_center, q.period, q.face_value, q.quantity, b.needs_card,
           b.without_email,
           case
             when b.status = 'active' then null
             when q.quantity < 0 then 'leaver.residue'
             when b.status_reason is distinct from 'employment-ended'
               or to_char(b.employment_end, 'YYYY-MM') < q.period then 'leaver.unordered'
             when coalesce(${cardOf(sql`coalesce(a.expires_on, 'infinity')`, 'active')}, '-infinity') < ${today}::date then 'no-card'
           end as reason,
           null::bigint as excess
      from (
        select slot, beneficiary_id, period, face_value, sum(quantity)::int as quantity
          from (select r.slot, e.beneficiary_id, e.period, e.face_value, e.quantity
                  from slot_run r
                  join entitlement e on e.enterprise_number = r.enterprise_number and e.product_code = r.product_code
                                    and e.period <= r.period and e.enterprise_number between ${first} and ${last}
                union all
                select r.slot, l.beneficiary_id, l.period, l.face_value, -l.quantity
                  from slot_run r
                  join voucher_order o on o.enterprise_number = r.enterprise_number and o.product_code = r.product_code
                                      and o.status <> 'cancelled' and o.enterprise_number between ${first} and ${last}
                  join order_line l on l.enterprise_number = o.enterprise_number and l.order_id = o.id
                                   and l.period <= r.period and l.enterprise_number between ${first} and ${last}) moved
         group by 1, 2, 3, 4
        having sum(quantity) <> 0) q
      join person b using (slot, beneficiary_id)`.execute(db);
  if (employers >= MANY_EMPLOYERS) await joinAsUsual(db);
  await sql`set local default_statistics_target to 20`.execute(db);
  await sql`analyze open_quantity (slot, beneficiary_id, reason, quantity, needs_card, without_email)`.execute(db);
  await sql`set local default_statistics_target to default`.execute(db);
}

function cardOf(column: RawBuilder<unknown>, status: 'active' | 'ordered'): RawBuilder<unknown> {
  return sql`(
    select ${column} from card a
     where a.national_register_number = b.national_register_number and a.status = ${sql.lit(status)})`;
}

/**
 * Joining on employer and person at once, the planner expects one row and looks every person up by index; with tens of
 * thousands of people, hashing is twice as fast.
 */
async function joinByHash(db: Db): Promise<void> {
  await sql`set local enable_nestloop to off`.execute(db);
  await sql`set local work_mem to '64MB'`.execute(db);
}

/** The memory stays for the rest of the transaction: the lines are sorted in it. */
async function joinAsUsual(db: Db): Promise<void> {
  await sql`set local enable_nestloop to default`.execute(db);
}

interface RunEmployers {
  readonly first: string;
  readonly last: string;
  readonly employers: number;
}

async function employersOfRun(db: Db): Promise<RunEmployers> {
  const found = await sql<RunEmployers>`
    select coalesce(min(enterprise_number), '') as first, coalesce(max(enterprise_number), '') as last, count(*) as employers
      from slot_run`.execute(db);
  return onlyRow(found);
}

/**
 * For slots that were ordered before, by their rule. `all`: nothing is held back. `carry`: everything waits for the next slot.
 * `missed`: everything waits but what concerns people who have something granted for the month and no line at all.
 */
export async function holdBackLate(db: Db): Promise<void> {
  await sql`
    update open_quantity q set reason = 'late'
      from slot_run r
     where q.slot = r.slot and r.kind = 'supplement' and r.late <> 'all' and q.reason is null
       and not (r.late = 'missed' and exists (
         select from open_quantity m
          where m.slot = q.slot and m.beneficiary_id = q.beneficiary_id and m.period = r.period and m.quantity > 0
            and m.reason is null
            and not exists (
              select from order_line l
              join voucher_order o on o.enterprise_number = l.enterprise_number and o.id = l.order_id
             where l.enterprise_number = r.enterprise_number and l.beneficiary_id = q.beneficiary_id
               and l.period = r.period and o.product_code = r.product_code and o.status <> 'cancelled')))`.execute(db);
}

/** One difference of a person who would come above a yearly limit if all of them were ordered. */
export interface LimitedQuantity {
  readonly slot: number;
  readonly beneficiaryId: number;
  readonly period: Period;
  readonly faceValue: Cents;
  readonly quantity: number;
  /** what live lines of the period's calendar year come to, without these */
  readonly usedInYear: Cents;
  /** of the period's calendar year; null = none */
  readonly yearlyLimit: Cents | null;
}

/** All orderable differences of those people and years, for which the limit may not hold. */
export async function readQuantitiesAboveLimit(db: Db): Promise<LimitedQuantity[]> {
  const found = await sql<LimitedQuantity>`
    with limited_slot as materialized (
      select * from slot_run r
       where exists (select from product_limit l where l.product_code = r.product_code and l.yearly_max is not null)
    ), limited as (
      select q.slot, q.beneficiary_id, q.period, left(q.period, 4) as year, q.face_value, q.quantity,
             p.yearly_max + coalesce(p.yearly_max_per_child, 0) * b.children as yearly_limit
        from limited_slot r
        join open_quantity q using (slot)
        join beneficiary b on b.enterprise_number = r.enterprise_number and b.id = q.beneficiary_id
        join lateral (
          select l.yearly_max, l.yearly_max_per_child from product_limit l
           where l.product_code = r.product_code and l.valid_from <= to_date(q.period, 'YYYY-MM')
           order by l.valid_from desc limit 1) p on true
       where q.reason is null
    ), person as (
      select slot, beneficiary_id, year, min(yearly_limit) as lowest_limit,
             sum(quantity::bigint * face_value) filter (where quantity > 0) as wanted
        from limited group by 1, 2, 3
    ), used as (
      select p.slot, p.beneficiary_id, p.year, p.lowest_limit, p.wanted, coalesce((
               select sum(l.quantity::bigint * l.face_value)
                 from order_line l
                 join voucher_order o on o.enterprise_number = l.enterprise_number and o.id = l.order_id
                where l.enterprise_number = r.enterprise_number and l.beneficiary_id = p.beneficiary_id
                  and left(l.period, 4) = p.year and o.product_code = r.product_code and o.status <> 'cancelled'
             ), 0)::bigint as used_in_year
        from person p join slot_run r using (slot)
       where p.wanted > 0 and p.lowest_limit is not null
    )
    select l.slot, l.beneficiary_id as "beneficiaryId", l.period, l.face_value as "faceValue", l.quantity,
           u.used_in_year as "usedInYear", l.yearly_limit as "yearlyLimit"
      from used u join limited l using (slot, beneficiary_id, year)
     where u.used_in_year + u.wanted > u.lowest_limit
     order by 1, 2, 3, 4`.execute(db);
  return found.rows;
}

/** A difference that is not ordered because of the yearly limit; `excess` in cents. */
export interface QuantityAboveLimit {
  readonly slot: number;
  readonly beneficiaryId: number;
  readonly period: Period;
  readonly faceValue: Cents;
  readonly excess: Cents;
}

export async function dropAboveLimit(db: Db, above: readonly QuantityAboveLimit[]): Promise<void> {
  if (above.length === 0) return;
  await sql`
    update open_quantity q set reason = 'limit.yearly', excess = a.excess
      from jsonb_to_recordset(${JSON.stringify(above)}::jsonb)
        as a (slot int, "beneficiaryId" bigint, period text, "faceValue" int, excess bigint)
     where q.slot = a.slot and q.beneficiary_id = a."beneficiaryId" and q.period = a.period
       and q.face_value = a."faceValue"`.execute(db);
}

/** Nets what is left of each person in money: nothing or less than nothing makes no line at all. */
export async function dropNetNegative(db: Db): Promise<void> {
  await sql`
    update open_quantity q set reason = 'net-negative', excess = n.net
      from (select slot, beneficiary_id, sum(quantity::bigint * face_value) as net
              from open_quantity
             where reason is null
               and (slot, beneficiary_id) in (select slot, beneficiary_id from open_quantity where reason is null and quantity < 0)
             group by 1, 2) n
     where q.slot = n.slot and q.beneficiary_id = n.beneficiary_id and q.reason is null and n.net <= 0`.execute(db);
}
