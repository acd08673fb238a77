/** The cards that orders make: named in drafts, ordered when a draft is confirmed, given back by a cancellation. */
import { type RawBuilder, sql } from 'kysely';
import type { Day } from '../../model.ts';
import { countWritten } from '../answers.ts';
import type { Db } from '../database.ts';

const NEXT_SEQUENCE = sql`coalesce((
  select max(c.sequence) from card c where c.national_register_number = b.national_register_number), 0) + 1`;

const NONE_ORDERED = sql`not exists (
  select from card c where c.national_register_number = b.national_register_number and c.status = 'ordered')`;

const NONE_ACTIVE = sql`not exists (
  select from card c where c.national_register_number = b.national_register_number and c.status = 'active')`;

/** Somebody who had a card before, lost or replaced, gets another one. */
const ACTION = sql`case when exists (
  select from card c where c.national_register_number = b.national_register_number) then 'replacement' else 'new' end`;

const DELIVERY_POINT = sql`case b.card_delivery when 'employer' then b.card_delivery_point end`;

/**
 * The cost center of a card on an order, `b` being the person: that of their lines there, which may have been drafted before they
 * moved, so that one person stands under one center; that of the person when there are none.
 */
export function centerOnOrder(orderId: RawBuilder<unknown>): RawBuilder<unknown> {
  return sql`coalesce((
    select min(l.cost_center) from order_line l
     where l.enterprise_number = b.enterprise_number and l.order_id = ${orderId} and l.beneficiary_id = b.id), b.cost_center)`;
}

/** Names a new card for everybody with a line on a draft of `slot_run` whom `open_quantity` shows to need one. */
export async function nameNewCardsOfDrafts(db: Db): Promise<void> {
  await sql`
    insert into order_card (enterprise_number, order_id, national_register_number, sequence, action, delivery_point, cost_center)
    select r.enterprise_number, r.order_id, b.national_register_number, ${NEXT_SEQUENCE}, ${ACTION}, ${DELIVERY_POINT},
           b.cost_center
      from (select distinct slot, beneficiary_id from open_quantity where reason is null and needs_card) p
      join slot_run r using (slot)
      join beneficiary b on b.enterprise_number = r.enterprise_number and b.id = p.beneficiary_id
     where ${NONE_ORDERED}`.execute(db);
}

/** Names a new card for every active person with a line on an order in `order_set` who has none, active or ordered. */
export async function nameNewCards(db: Db): Promise<void> {
  await sql`
    insert into order_card (enterprise_number, order_id, national_register_number, sequence, action, delivery_point, cost_center)
    select p.enterprise_number, p.order_id, b.national_register_number, ${NEXT_SEQUENCE},
           ${ACTION}, ${DELIVERY_POINT}, ${centerOnOrder(sql`p.order_id`)}
      from (select distinct l.enterprise_number, l.order_id, l.beneficiary_id
              from order_set s join order_line l using (enterprise_number, order_id)) p
      join beneficiary b on b.enterprise_number = p.enterprise_number and b.id = p.beneficiary_id and b.status = 'active'
     where ${NONE_ACTIVE} and ${NONE_ORDERED}
    on conflict do nothing`.execute(db);
}

/** Names a renewal for every active person of the employers in `order_set` whose card expires by `lastDay`. */
export async function nameRenewals(db: Db, lastDay: Day): Promise<void> {
  await sql`
    insert into order_card (enterprise_number, order_id, national_register_number, sequence, action, delivery_point, cost_center)
    select s.enterprise_number, s.order_id, b.national_register_number, ${NEXT_SEQUENCE}, 'renewal', ${DELIVERY_POINT},
           ${centerOnOrder(sql`s.order_id`)}
      from card a
      join beneficiary b on b.national_register_number = a.national_register_number and b.status = 'active'
      join order_set s on s.enterprise_number = b.enterprise_number
     where a.status = 'active' and a.expires_on <= ${lastDay}::date and ${NONE_ORDERED}
    on conflict do nothing`.execute(db);
}

/** Takes out of the drafts in `order_set` the cards that somebody else ordered meanwhile, or that nobody needs any more. */
export async function dropMootCards(db: Db, lastDay: Day): Promise<void> {
  await sql`
    delete from order_card k using order_set s, beneficiary b
     where k.enterprise_number = s.enterprise_number and k.order_id = s.order_id
       and b.enterprise_number = k.enterprise_number and b.national_register_number = k.national_register_number
       and (b.status <> 'active' or not ${NONE_ORDERED}
            or (k.action <> 'renewal' and not ${NONE_ACTIVE})
            or (k.action = 'renewal' and not exists (
                  select from card c
                   where c.national_register_number = k.national_register_number and c.status = 'active'
                     and c.expires_on <= ${lastDay}::date)))`.execute(db);
}

/**
 * Orders the cards that the orders in `order_set` name. Where several name the same person's, the first employer's order
 * keeps it and the others lose theirs; so does an order whose card another transaction ordered first.
 * @returns how many cards orders have lost
 */
export async function orderCards(db: Db): Promise<number> {
  await sql`
    create temporary table card_ordered on commit drop as
    with first as (
      select distinct on (k.national_register_number) k.enterprise_number, k.order_id, b.national_register_number,
             ${NEXT_SEQUENCE} as sequence
        from order_set s
        join order_card k using (enterprise_number, order_id)
        join beneficiary b on b.enterprise_number = k.enterprise_number and b.national_register_number = k.national_register_number
       order by k.national_register_number, k.enterprise_number, k.order_id
    )
    select * from first order by national_register_number`.execute(db);
  // In order of the person, so that two confirmations that want the same cards wait for each other instead of locking up.
  await sql`
    with ordered as (
      insert into card (national_register_number, sequence, status)
      select national_register_number, sequence, 'ordered' from card_ordered order by national_register_number
      on conflict do nothing
      returning national_register_number
    )
    delete from card_ordered c
     where not exists (select from ordered o where o.national_register_number = c.national_register_number)`.execute(
    db,
  );
  const lost = await sql`
    delete from order_card k using order_set s
     where k.enterprise_number = s.enterprise_number and k.order_id = s.order_id
       and not exists (
         select from card_ordered c
          where c.enterprise_number = k.enterprise_number and c.order_id = k.order_id
            and c.national_register_number = k.national_register_number)`.execute(db);
  await sql`
    update order_card k set sequence = c.sequence
      from card_ordered c
     where k.enterprise_number = c.enterprise_number and k.order_id = c.order_id
       and k.national_register_number = c.national_register_number and k.sequence <> c.sequence`.execute(db);
  return countWritten(lost);
}

/** Takes back the cards of one order that were not made yet. */
export async function removeOrderedCards(db: Db, enterpriseNumber: string, orderId: number): Promise<void> {
  await sql`
    delete from card c using order_card k
     where k.enterprise_number = ${enterpriseNumber} and k.order_id = ${orderId}
       and c.national_register_number = k.national_register_number and c.sequence = k.sequence
       and c.status = 'ordered'`.execute(db);
}
