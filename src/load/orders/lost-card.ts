/** A lost card: blocked at once, and a draft that makes another one at an employer of the person. */
import { sql } from 'kysely';
import type { Day, Period } from '../../model.ts';
import { onlyRow } from '../answers.ts';
import type { Db } from '../database.ts';
import { type OrderKey, selectOrder } from './order-locks.ts';

export interface PersonOfCard {
  readonly known: boolean;
  readonly active: boolean;
  /** another one is on order already, such as a renewal */
  readonly ordered: boolean;
}

/** Locks every employer of the person, in order, and tells how the person's cards stand. */
export async function lockPersonOfCard(db: Db, nationalRegisterNumber: string): Promise<PersonOfCard> {
  await sql`
    select enterprise_number from employer
     where enterprise_number in (
       select enterprise_number from beneficiary where national_register_number = ${nationalRegisterNumber})
     order by enterprise_number for update`.execute(db);
  const found = await sql<PersonOfCard>`
    select exists (select from beneficiary where national_register_number = ${nationalRegisterNumber}) as known,
           coalesce(bool_or(status = 'active'), false) as active, coalesce(bool_or(status = 'ordered'), false) as ordered
      from card where national_register_number = ${nationalRegisterNumber}`.execute(db);
  return onlyRow(found);
}

/** Blocks the active card; the history of the person at every employer says who did it. */
export async function blockCard(db: Db, nationalRegisterNumber: string, by: string): Promise<void> {
  await sql`
    with blocked as (
      update card set status = 'blocked'
       where national_register_number = ${nationalRegisterNumber} and status = 'active'
      returning national_register_number, sequence
    )
    insert into beneficiary_change (enterprise_number, beneficiary_id, before, after, changed_by, why)
    select b.enterprise_number, b.id, '{"card": "active"}', '{"card": "blocked"}', ${by}, 'lost'
      from beneficiary b join blocked using (national_register_number)`.execute(db);
}

/**
 * Makes a draft with the replacement alone: at the first active employer of the person, in order of enterprise number, that
 * has a contract today; of a product the person has before any other. It fills `order_set`.
 * @returns null when no employer can order it
 */
export async function draftReplacement(
  db: Db,
  nationalRegisterNumber: string,
  order: { readonly today: Day; readonly period: Period; readonly reference: string },
): Promise<OrderKey | null> {
  const { today, period, reference } = order;
  const made = await sql<OrderKey>`
    with place as (
      select b.enterprise_number, b.cost_center, case b.card_delivery when 'employer' then b.card_delivery_point end as point,
             c.product_code
        from beneficiary b
        join employer e using (enterprise_number)
        join contract c on c.enterprise_number = b.enterprise_number
                       and ${today}::date between c.valid_from and coalesce(c.valid_to, 'infinity')
        join product p on p.code = c.product_code and coalesce(p.sale_until, 'infinity') >= ${today}::date
       where b.national_register_number = ${nationalRegisterNumber} and b.status = 'active' and e.status = 'active'
       order by b.enterprise_number,
                exists (select from beneficiary_product x
                         where x.enterprise_number = b.enterprise_number and x.beneficiary_id = b.id
                           and x.product_code = c.product_code) desc,
                p.kind desc, c.product_code
       limit 1
    ), made as (
      insert into voucher_order (enterprise_number, product_code, run_period, kind, reference, validity_start, status, ordered_on)
      select enterprise_number, product_code, ${period}, 'manual', ${reference}, ${today}::date, 'draft', ${today}::date from place
      returning enterprise_number, id
    ), named as (
      insert into order_card (enterprise_number, order_id, national_register_number, sequence, action, delivery_point, cost_center)
      select m.enterprise_number, m.id, ${nationalRegisterNumber},
             (select max(sequence) + 1 from card where national_register_number = ${nationalRegisterNumber}),
             'replacement', p.point, p.cost_center
        from made m join place p using (enterprise_number)
    )
    select enterprise_number as "enterpriseNumber", id from made`.execute(db);
  const [draft] = made.rows;
  if (draft === undefined) return null;
  await selectOrder(db, draft);
  return draft;
}
