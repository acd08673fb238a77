/** Confirmation in the database: which drafts confirm themselves, what their people may no longer get, and their new state. */
import { sql } from 'kysely';
import type { Day, Period } from '../../model.ts';
import type { Db } from '../database.ts';
import type { OrderKey } from './order-locks.ts';
import { isHeld } from './order-warnings.ts';

/** Looked up order by order: joined, the planner expects one draft and compares all of them with all standing orders. */
const confirmsItself = sql<boolean>`(
  select s.confirm from standing_order s where s.enterprise_number = o.enterprise_number and s.id = o.standing_order_id)
  = 'without-warnings'`;

/** Keeps in `order_set` only the drafts that confirm themselves and that no warning holds; @returns their ids */
export async function keepSelfConfirming(db: Db, holdingCodes: readonly string[]): Promise<number[]> {
  await sql`
    delete from order_set s
     where not exists (
       select from voucher_order o
        where o.enterprise_number = s.enterprise_number and o.id = s.order_id
          and ${confirmsItself} and not ${isHeld(holdingCodes)})`.execute(db);
  const left = await sql<{ id: number }>`select order_id as id from order_set`.execute(db);
  return left.rows.map(({ id }) => id);
}

/** Drafts of standing orders that confirm themselves and that no warning holds; by employer and order. */
export async function readSelfConfirmingDrafts(
  db: Db,
  holdingCodes: readonly string[],
  period: Period | null,
): Promise<OrderKey[]> {
  const found = await sql<OrderKey>`
    select o.enterprise_number as "enterpriseNumber", o.id
      from voucher_order o
     where o.status = 'draft' and ${confirmsItself} and (select e.status from employer e where e.enterprise_number = o.enterprise_number) = 'active'
       and (${period}::text is null or o.run_period = ${period}) and not ${isHeld(holdingCodes)}
     order by 1, 2`.execute(db);
  return found.rows;
}

/** Nothing but an employment that ended leaves its last months to be ordered, unless a person has ordered them by name. */
const EARNED_TOO_LATE = sql`(o.ordered_by is null
  and (b.status_reason is distinct from 'employment-ended' or to_char(b.employment_end, 'YYYY-MM') < l.period))`;

/**
 * Takes the lines of people who left since the draft was made, and carries them; on an order that a person made for leavers
 * only those of people without a card. An order without lines, and without a card in the place of a lost one that is still
 * wanted, has nothing to confirm: it is cancelled and taken out of `order_set`.
 * @returns the orders that were cancelled
 */
export async function carryLinesOfLeavers(db: Db, today: Day): Promise<OrderKey[]> {
  await sql`
    with gone as (
      delete from order_line l using order_set s, beneficiary b, voucher_order o
       where l.enterprise_number = s.enterprise_number and l.order_id = s.order_id
         and o.enterprise_number = s.enterprise_number and o.id = s.order_id
         and b.enterprise_number = l.enterprise_number and b.id = l.beneficiary_id and b.status <> 'active'
         and (l.quantity < 0 or ${EARNED_TOO_LATE}
              or not exists (
                select from card c
                 where c.national_register_number = b.national_register_number and c.status = 'active'
                   and coalesce(c.expires_on, 'infinity') >= ${today}::date))
      returning l.*, case when l.quantity < 0 then 'leaver.residue'
                          when ${EARNED_TOO_LATE} then 'leaver.unordered'
                          else 'no-card' end as reason
    ), summed as (
      select g.enterprise_number, g.beneficiary_id, o.product_code, g.period, g.face_value, sum(g.quantity)::int as quantity,
             min(g.reason) as reason, max(g.order_id) as order_id
        from gone g join voucher_order o on o.enterprise_number = g.enterprise_number and o.id = g.order_id
       group by 1, 2, 3, 4, 5
    ), cancelling_out as (
      delete from carry c using summed s
       where (c.enterprise_number, c.beneficiary_id, c.product_code, c.period, c.face_value)
           = (s.enterprise_number, s.beneficiary_id, s.product_code, s.period, s.face_value)
         and c.quantity = -s.quantity
      returning c.*
    )
    insert into carry as c (enterprise_number, beneficiary_id, product_code, period, face_value, quantity, reason, order_id)
    select s.enterprise_number, s.beneficiary_id, s.product_code, s.period, s.face_value, s.quantity, s.reason, s.order_id
      from summed s
     where s.quantity <> 0 and not exists (
       select from cancelling_out x
        where (x.enterprise_number, x.beneficiary_id, x.product_code, x.period, x.face_value)
            = (s.enterprise_number, s.beneficiary_id, s.product_code, s.period, s.face_value))
    on conflict (enterprise_number, beneficiary_id, product_code, period, face_value)
      do update set quantity = c.quantity + excluded.quantity, reason = excluded.reason`.execute(db);
  const emptied = await sql<OrderKey>`
    with emptied as (
      delete from order_set s
       where not exists (select from order_line l where l.enterprise_number = s.enterprise_number and l.order_id = s.order_id)
         and not exists (
           select from order_card k
             join beneficiary b on b.enterprise_number = k.enterprise_number and b.status = 'active'
                               and b.national_register_number = k.national_register_number
            where k.enterprise_number = s.enterprise_number and k.order_id = s.order_id and k.action = 'replacement'
              and not exists (select from card c where c.national_register_number = k.national_register_number
                                                   and c.status in ('active', 'ordered')))
      returning s.*
    )
    update voucher_order o
       set status = 'cancelled', cancelled_by = 'system', cancelled_on = ${today}::date, cancelled_why = 'nothing left to order',
           face_value_total = 0, fee_total = 0, vat_total = 0, total = 0
      from emptied s where o.enterprise_number = s.enterprise_number and o.id = s.order_id
    returning o.enterprise_number as "enterpriseNumber", o.id`.execute(db);
  return emptied.rows;
}

/** The drafts in `order_set` become invoiced, with totals that are already theirs. */
export async function markInvoiced(db: Db, by: string, on: Day): Promise<void> {
  await sql`
    update voucher_order o set status = 'invoiced', confirmed_by = ${by}, confirmed_on = ${on}::date
      from order_set s where o.enterprise_number = s.enterprise_number and o.id = s.order_id`.execute(db);
}
