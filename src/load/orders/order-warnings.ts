/** The warnings of drafts: what is written for a person to acknowledge, and which of them still hold an order. */
import { type RawBuilder, sql } from 'kysely';
import type { Day } from '../../model.ts';
import type { Db } from '../database.ts';

/**
 * A warning that was acknowledged for the employer and product with the same key does not come back; one about the person or the
 * card, whatever the product.
 */
const NOT_ACKNOWLEDGED_BEFORE = sql`not exists (
  select from order_warning a
    join voucher_order x on x.enterprise_number = a.enterprise_number and x.id = a.order_id
   where a.enterprise_number = w.enterprise_number and a.code = w.code and a.key = w.key
     and a.acknowledged_by is not null
     and (x.product_code = w.product_code or w.code in ('person.without-email', 'card.renewal')))`;

/**
 * A renewal is none any more when another order has ordered the card, or the old card is not the active one. Asked for a value, the
 * person is looked up; asked whether it exists, all cards may be read.
 */
const RENEWAL_IS_DUE = sql`(
  select true from beneficiary b
    join card c on c.national_register_number = b.national_register_number and c.status = 'active'
     and c.expires_on = (w.params ->> 'expiresOn')::date
   where b.enterprise_number = w.enterprise_number and b.id = (w.params ->> 'beneficiaryId')::bigint
     and not exists (
       select from card o where o.national_register_number = b.national_register_number and o.status = 'ordered'))`;

/** Keys are made of what a person judged: the beneficiary, the period, the amount. */
async function writeWarnings(db: Db, warnings: RawBuilder<unknown>): Promise<void> {
  await sql`
    insert into order_warning (enterprise_number, order_id, code, key, params)
    select w.enterprise_number, w.order_id, w.code, w.key, w.params
      from (${warnings}) w
     where ${NOT_ACKNOWLEDGED_BEFORE}
    on conflict do nothing`.execute(db);
}

/** Warnings that follow from the rows of the drafts in `slot_run` and `open_quantity`. */
export async function writeDraftWarnings(db: Db): Promise<void> {
  const draft = sql`(select * from slot_run where order_id is not null) r`;
  await writeWarnings(
    db,
    sql`
      select r.enterprise_number, r.order_id, r.product_code, q.reason as code,
             concat_ws(':', q.beneficiary_id, q.period, q.face_value, coalesce(q.excess, q.quantity)) as key,
             jsonb_strip_nulls(jsonb_build_object('beneficiaryId', q.beneficiary_id, 'period', q.period,
               'excess', case q.reason when 'limit.yearly' then q.excess
                                       when 'leaver.residue' then -q.quantity::bigint * q.face_value end,
               'amount', case when q.reason in ('leaver.unordered', 'no-card') then q.quantity::bigint * q.face_value end)) as params
        from open_quantity q join ${draft} using (slot)
       where q.reason in ('leaver.residue', 'leaver.unordered', 'no-card', 'limit.yearly')
      union all
      select r.enterprise_number, r.order_id, r.product_code, 'carry.negative',
             concat_ws(':', q.beneficiary_id, min(q.period) filter (where q.quantity < 0), q.excess),
             jsonb_build_object('beneficiaryId', q.beneficiary_id,
               'period', min(q.period) filter (where q.quantity < 0), 'excess', -q.excess)
        from open_quantity q join ${draft} using (slot)
       where q.reason = 'net-negative' and q.excess < 0
       group by r.enterprise_number, r.order_id, r.product_code, q.beneficiary_id, q.excess`,
  );
  await writeWarnings(
    db,
    sql`
      select r.enterprise_number, r.order_id, r.product_code, 'person.without-email' as code, q.beneficiary_id::text as key,
             jsonb_build_object('beneficiaryId', q.beneficiary_id) as params
        from (select distinct slot, beneficiary_id from open_quantity where reason is null and without_email) q
        join ${draft} using (slot)
      union all
      ${renewalsOn(draft)}
      union all
      select r.enterprise_number, r.order_id, r.product_code, 'slot.late', concat_ws(':', r.standing_order_id, r.period),
             jsonb_build_object('dueOn', r.late_due_on)
        from ${draft} where r.late_due_on is not null
      union all
      select r.enterprise_number, r.order_id, r.product_code, 'first-order', r.standing_order_id, '{}'
        from ${draft}
       where r.standing_order_id is not null and not exists (${confirmedOrderOf(sql`r`)})`,
  );
}

/** Warnings of the renewals that the drafts in `order_set` name; what was written before stays as it is. */
export async function writeRenewalWarnings(db: Db): Promise<void> {
  await writeWarnings(db, renewalsOn(sql`order_set r`));
}

function renewalsOn(draft: RawBuilder<unknown>): RawBuilder<unknown> {
  return sql`
    select r.enterprise_number, r.order_id, r.product_code, 'card.renewal' as code,
           concat_ws(':', b.id, c.expires_on) as key,
           jsonb_build_object('beneficiaryId', b.id, 'expiresOn', c.expires_on) as params
      from ${draft}
      join order_card k on k.enterprise_number = r.enterprise_number and k.order_id = r.order_id and k.action = 'renewal'
      join beneficiary b on b.enterprise_number = k.enterprise_number
                        and b.national_register_number = k.national_register_number
      join card c on c.national_register_number = k.national_register_number and c.status = 'active'`;
}

function confirmedOrderOf(order: RawBuilder<unknown>): RawBuilder<unknown> {
  return sql`
    select from voucher_order c
     where c.enterprise_number = ${order}.enterprise_number and c.standing_order_id = ${order}.standing_order_id
       and c.confirmed_on is not null`;
}

export interface NetTotals {
  readonly enterpriseNumber: string;
  readonly orderId: number;
  readonly period: string;
  readonly net: number;
  /** net face value of the last live recurring order of the same standing order; null = none */
  readonly lastNet: number | null;
}

/** What the recurring drafts in `slot_run` come to, beside the order before them. */
export async function readNetTotals(db: Db): Promise<NetTotals[]> {
  const found = await sql<NetTotals>`
    select r.enterprise_number as "enterpriseNumber", r.order_id as "orderId", r.period, o.face_value_total as net,
           last.face_value_total as "lastNet"
      from slot_run r
      join voucher_order o on o.enterprise_number = r.enterprise_number and o.id = r.order_id
      join lateral (
        select p.face_value_total from voucher_order p
         where p.enterprise_number = r.enterprise_number and p.standing_order_id = r.standing_order_id
           and p.kind = 'recurring' and p.status <> 'cancelled' and p.id <> r.order_id
         order by p.run_period desc limit 1) last on true
     where r.kind = 'recurring'`.execute(db);
  return found.rows;
}

export async function writeUnusualTotals(db: Db, unusual: readonly NetTotals[]): Promise<void> {
  if (unusual.length === 0) return;
  await writeWarnings(
    db,
    sql`
      select u."enterpriseNumber" as enterprise_number, u."orderId" as order_id, r.product_code, 'total.unusual' as code,
             concat_ws(':', r.standing_order_id, u.period, u.net) as key,
             jsonb_build_object('found', u.net, 'expected', u."lastNet") as params
        from jsonb_to_recordset(${JSON.stringify(unusual)}::jsonb)
          as u ("enterpriseNumber" text, "orderId" bigint, period text, net bigint, "lastNet" bigint)
        join slot_run r on r.enterprise_number = u."enterpriseNumber"`,
  );
}

/**
 * Whether warnings hold an order `o` (a `voucher_order`): one of the holding codes, not acknowledged here nor, with the same
 * key, on another order; a first order stops being one when another of its standing order was confirmed, a renewal when the
 * card is on order.
 */
export function isHeld(holdingCodes: readonly string[]): RawBuilder<boolean> {
  return sql<boolean>`exists (${openWarnings(holdingCodes)})`;
}

function openWarnings(holdingCodes: readonly string[]): RawBuilder<unknown> {
  return sql`
    select w.code
      from (select h.*, o.product_code, o.standing_order_id from order_warning h
             where h.enterprise_number = o.enterprise_number and h.order_id = o.id) w
     where w.acknowledged_by is null and w.code = any (${[...holdingCodes]}::text[])
       and ${NOT_ACKNOWLEDGED_BEFORE}
       and not (w.code = 'first-order' and exists (${confirmedOrderOf(sql`w`)}))
       and (w.code <> 'card.renewal' or ${RENEWAL_IS_DUE})`;
}

/** The codes that still hold one order, each once. */
export async function readHoldingCodes(
  db: Db,
  enterpriseNumber: string,
  orderId: number,
  holdingCodes: readonly string[],
): Promise<string[]> {
  const found = await sql<{ code: string }>`
    select distinct h.code
      from voucher_order o cross join lateral (${openWarnings(holdingCodes)}) h
     where o.enterprise_number = ${enterpriseNumber} and o.id = ${orderId} order by 1`.execute(db);
  return found.rows.map((row) => row.code);
}

/** Those of the orders that are drafts and held. */
export async function readHeldOrders(
  db: Db,
  ids: readonly number[],
  holdingCodes: readonly string[],
): Promise<{ enterpriseNumber: string; id: number }[]> {
  const found = await sql<{ enterpriseNumber: string; id: number }>`
    select o.enterprise_number as "enterpriseNumber", o.id
      from voucher_order o
     where o.id = any (${[...ids]}::bigint[]) and o.status = 'draft' and ${isHeld(holdingCodes)}
     order by o.id`.execute(db);
  return found.rows;
}

/** Acknowledges the warnings of one order that have one of the codes; null = all of them. */
export async function acknowledgeWarnings(
  db: Db,
  order: { readonly enterpriseNumber: string; readonly id: number },
  codes: readonly string[] | null,
  by: string,
  on: Day,
): Promise<void> {
  await sql`
    update order_warning set acknowledged_by = ${by}, acknowledged_at = ${on}::date
     where enterprise_number = ${order.enterpriseNumber} and order_id = ${order.id} and acknowledged_by is null
       and (${codes === null} or code = any (${[...(codes ?? [])]}::text[]))`.execute(db);
}
