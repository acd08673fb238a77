/** The slots of one transaction: their temporary table, the lock on their employers, and what is true of them under that lock. */
import { sql } from 'kysely';
import type { Cents, Day, OrderKind, Period } from '../../model.ts';
import type { Db } from '../database.ts';

/** One order that may be made. At most one an employer in a transaction. */
export interface SlotToRun {
  readonly enterpriseNumber: string;
  /** null for an order made by hand */
  readonly standingOrderId: string | null;
  readonly productCode: string;
  /** the month worked; every month up to it is open */
  readonly period: Period;
  readonly kind: OrderKind;
  readonly reference: string;
  readonly validityStart: Day;
  readonly quantityFrom: 'payroll' | 'fixed' | 'amount';
  /** vouchers for each person, or cents */
  readonly quantity: number | null;
  /** for an order by hand: cents per voucher in place of the person's own */
  readonly faceValue: Cents | null;
  readonly late: 'missed' | 'all' | 'carry' | null;
  /** the day it was due, when it comes so late that somebody should look at it */
  readonly lateDueOn: Day | null;
}

/** Fills `slot_run` for the rest of the transaction and locks its employers, in order of their number. */
export async function createSlotRun(db: Db, slots: readonly SlotToRun[]): Promise<void> {
  await sql`
    create temporary table slot_run on commit drop as
    select row_number() over (order by enterprise_number)::int as slot, s.*, null::bigint as order_id, null::text as bar
      from jsonb_to_recordset(${JSON.stringify(slots.map(toRow))}::jsonb)
        as s (enterprise_number text, standing_order_id text, product_code text, period text, kind text, reference text,
              validity_start date, quantity_from text, quantity integer, face_value integer, late text, late_due_on date)`.execute(
    db,
  );
  await sql`alter table slot_run add primary key (slot), add unique (enterprise_number)`.execute(db);
  await sql`analyze slot_run`.execute(db);
  await sql`
    select e.enterprise_number from employer e
     where e.enterprise_number in (select enterprise_number from slot_run)
     order by e.enterprise_number for update`.execute(db);
}

function toRow(slot: SlotToRun): Record<string, string | number | null> {
  return {
    enterprise_number: slot.enterpriseNumber,
    standing_order_id: slot.standingOrderId,
    product_code: slot.productCode,
    period: slot.period,
    kind: slot.kind,
    reference: slot.reference,
    validity_start: slot.validityStart,
    quantity_from: slot.quantityFrom,
    quantity: slot.quantity,
    face_value: slot.faceValue,
    late: slot.late,
    late_due_on: slot.lateDueOn,
  };
}

export interface SlotOutOfRun {
  readonly enterpriseNumber: string;
  readonly standingOrderId: string | null;
  readonly productCode: string;
  readonly period: Period;
  /** `contract.missing` and `product.closed` need a person; the others are nothing to worry about */
  readonly reason: 'contract.missing' | 'product.closed' | 'filled' | 'closed' | 'payroll.missing';
}

/**
 * Takes out what may no longer be ordered now that nobody else can order for these employers, and says why. Slots for which
 * there is no contract or no product today stay, with a `bar`: it matters only when there turns out to be something to order.
 */
export async function dropUnorderableSlots(db: Db, today: Day): Promise<SlotOutOfRun[]> {
  // Asked for values, what a slot is about is looked up by its key; joined, or asked whether it exists, all employers and all
  // orders ever made would be read for each batch.
  const found = await sql<SlotOutOfRun>`
    with judged as (
      select r.slot,
             case
               when (select e.status from employer e where e.enterprise_number = r.enterprise_number) <> 'active'
                 or (r.standing_order_id is not null and coalesce((
                   select s.closed from standing_order s
                    where s.enterprise_number = r.enterprise_number and s.id = r.standing_order_id), true)) then 'closed'
               when r.kind = 'recurring' and (
                 select true from voucher_order o
                  where o.enterprise_number = r.enterprise_number and o.standing_order_id = r.standing_order_id
                    and o.run_period = r.period and o.kind = 'recurring' and o.status <> 'cancelled') then 'filled'
               when r.kind = 'recurring' and r.quantity_from = 'payroll' and not exists (
                 select from entitlement g
                  where g.enterprise_number = r.enterprise_number and g.product_code = r.product_code
                    and g.period = r.period and g.quantity > 0) then 'payroll.missing'
             end as reason
        from slot_run r)
    delete from slot_run r using judged j
     where r.slot = j.slot and j.reason is not null
    returning r.enterprise_number as "enterpriseNumber", r.standing_order_id as "standingOrderId",
              r.product_code as "productCode", r.period, j.reason`.execute(db);
  await sql`
    update slot_run r
       set bar = case when p.sale_until < ${today}::date then 'product.closed' else 'contract.missing' end
      from product p
     where p.code = r.product_code and (p.sale_until < ${today}::date or not exists (
       select from contract c
        where c.enterprise_number = r.enterprise_number and c.product_code = r.product_code
          and ${today}::date between c.valid_from and coalesce(c.valid_to, 'infinity')))`.execute(db);
  return found.rows;
}

/**
 * Takes out the barred slots with something to order: lines that `open_quantity` would give, or people to whom the slots with
 * these numbers would have granted something. A person who orders by hand is told in any case.
 */
export async function takeOutBarredSlots(db: Db, wouldGrant: readonly number[]): Promise<SlotOutOfRun[]> {
  const found = await sql<SlotOutOfRun>`
    delete from slot_run r
     where r.bar is not null and (r.kind = 'manual' or r.slot = any (${[...wouldGrant]}::int[]) or exists (
       select from open_quantity q where q.slot = r.slot and q.reason is null))
    returning r.enterprise_number as "enterpriseNumber", r.standing_order_id as "standingOrderId",
              r.product_code as "productCode", r.period, r.bar as reason`.execute(db);
  return found.rows;
}
