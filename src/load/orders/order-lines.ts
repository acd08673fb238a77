/** Orders and their lines out of what is open, and the carry: what was left, and why. */
import { sql } from 'kysely';
import type { Day } from '../../model.ts';
import type { Db } from '../database.ts';
import { type OrderTotals, totalsTable } from './order-costs.ts';
import { createOrderSet } from './order-locks.ts';

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
 * Gives every slot in `slot_run` with something to order the number of its order, by employer, and writes the lines. The
 * orders themselves are written by `writeOrders` when they are priced, so that no row is written twice.
 * @returns the orders to be, in that order
 */
export async function writeLines(db: Db): Promise<DraftOrder[]> {
  const found = await sql<DraftOrder>`
    with counted as (
      select slot, count(*) as lines from open_quantity where reason is null group by slot
    ), numbered as materialized (
      select slot, lines, nextval('voucher_order_id') as id
        from (select r.slot, c.lines from slot_run r join counted c using (slot)
               order by r.enterprise_number, r.standing_order_id) s
    ), marked as (
      update slot_run r set order_id = n.id from numbered n where r.slot = n.slot returning r.*, n.lines
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

/** Fills `order_set` with the orders that are being made of the slots in `slot_run`. */
export async function selectNewOrders(db: Db, today: Day): Promise<void> {
  await createOrderSet(
    db,
    sql`select enterprise_number, order_id, product_code, ${today}::date from slot_run where order_id is not null`,
  );
}

/** Writes the orders of the slots in `slot_run`, as drafts, with what they come to. */
export async function writeOrders(db: Db, today: Day, totals: readonly OrderTotals[]): Promise<void> {
  await sql`
    insert into voucher_order (enterprise_number, id, standing_order_id, product_code, run_period, kind, reference,
                               validity_start, status, ordered_on, face_value_total, fee_total, vat_total, total)
    select r.enterprise_number, r.order_id, r.standing_order_id, r.product_code, r.period, r.kind, r.reference,
           r.validity_start, 'draft', ${today}::date, t."faceValueTotal", t."feeTotal", t."vatTotal", t.total
      from slot_run r join ${totalsTable(totals)} on t."orderId" = r.order_id
     order by r.order_id`.execute(db);
}
