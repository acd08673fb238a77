/** Orders and their lines out of what is open, and the carry: what was left, and why. */
import { sql } from 'kysely';
import type { Day } from '../../model.ts';
import type { Db } from '../database.ts';

export interface DraftOrder {
  readonly enterpriseNumber: string;
  readonly id: number;
  readonly standingOrderId: string | null;
  readonly productCode: string;
  readonly period: string;
  readonly kind: string;
  readonly lines: number;
  /** it comes so late that a person should look */
  readonly isLate: boolean;
}

/**
 * Makes a draft of every slot in `slot_run` with something to order, numbered by employer, and its lines.
 * @returns the drafts, in that order
 */
export async function writeDrafts(db: Db, today: Day): Promise<DraftOrder[]> {
  const found = await sql<DraftOrder>`
    with counted as (
      select slot, count(*) as lines from open_quantity where reason is null group by slot
    ), numbered as materialized (
      select slot, lines, nextval('voucher_order_id') as id
        from (select r.slot, c.lines from slot_run r join counted c using (slot)
               order by r.enterprise_number, r.standing_order_id) s
    ), marked as (
      update slot_run r set order_id = n.id from numbered n where r.slot = n.slot returning r.*, n.lines
    ), made as (
      insert into voucher_order (enterprise_number, id, standing_order_id, product_code, run_period, kind, reference,
                                 validity_start, status, ordered_on)
      select enterprise_number, order_id, standing_order_id, product_code, period, kind, reference, validity_start, 'draft',
             ${today}::date
        from marked
    )
    select enterprise_number as "enterpriseNumber", order_id as id, standing_order_id as "standingOrderId",
           product_code as "productCode", period, kind, lines, late_due_on is not null as "isLate"
      from marked order by order_id`.execute(db);
  await sql`
    insert into order_line (enterprise_number, order_id, beneficiary_id, period, face_value, quantity, cost_center)
    select r.enterprise_number, r.order_id, q.beneficiary_id, q.period, q.face_value, q.quantity, q.cost_center
      from open_quantity q join slot_run r using (slot)
     where q.reason is null
     order by r.order_id, q.beneficiary_id`.execute(db);
  return found.rows;
}

/**
 * Replaces the carry of what the slots in `slot_run` looked at. A supplement that found nothing to order keeps the rows that
 * still hold, so that they go on naming the order that left them.
 */
export async function replaceCarry(db: Db): Promise<void> {
  await sql`
    delete from carry c using slot_run r
     where c.enterprise_number = r.enterprise_number and c.product_code = r.product_code and c.period <= r.period
       and not (r.kind = 'supplement' and r.order_id is null and exists (
         select from open_quantity q
          where q.slot = r.slot and q.beneficiary_id = c.beneficiary_id and q.period = c.period
            and q.face_value = c.face_value and q.quantity = c.quantity and q.reason = c.reason))`.execute(db);
  await sql`
    insert into carry (enterprise_number, beneficiary_id, product_code, period, face_value, quantity, reason, order_id)
    select r.enterprise_number, q.beneficiary_id, r.product_code, q.period, q.face_value, q.quantity, q.reason, r.order_id
      from open_quantity q join slot_run r using (slot)
     where q.reason is not null
    on conflict do nothing`.execute(db);
}

/** Takes the slots without an order out of `slot_run` and fills `order_set` with the orders that were made. */
export async function keepDrafts(db: Db): Promise<void> {
  await sql`
    create temporary table order_set on commit drop as
    select enterprise_number, order_id from slot_run where order_id is not null`.execute(db);
  await sql`alter table order_set add primary key (enterprise_number, order_id)`.execute(db);
  await sql`analyze order_set`.execute(db);
}
