/** Employers whose orders grant fixed quantities, and what stands of these grants. */

import { sql } from 'kysely';
import type { NewOrder } from '../../src/jobs/orders/new-order.ts';
import { runOrders } from '../../src/jobs/orders/run-orders.ts';
import type { Db } from '../../src/load/database.ts';
import { type Invented, inventBeneficiary, inventEmployer, orderDay, type StandingOrderOf } from './small-world.ts';

export const word = { by: 'ops', why: 'typing error' };
export const lunch = {
  quantityFrom: 'fixed',
  quantity: 20,
  worked: 'this-month',
  from: '2026-12',
  dayOfMonth: 4,
} as const;
export const gift = { product: 'gift', quantityFrom: 'amount', worked: 'this-month', from: '2026-12' } as const;

/** An employer with these standing orders, and somebody with one child who has meal vouchers of 8.00 and gifts. */
export async function world(db: Db, standingOrders: readonly Partial<StandingOrderOf>[]) {
  const employer = await inventEmployer(db, { standingOrders });
  const person = await inventBeneficiary(db, employer, {
    children: 1,
    products: [
      { code: 'meal', faceValue: 800 },
      { code: 'gift', faceValue: null },
    ],
  });
  return { employer, person };
}

export const byHand = (enterpriseNumber: string, productCode: string, more: Partial<NewOrder>): NewOrder => ({
  enterpriseNumber,
  productCode,
  reference: 'Extra',
  validityStart: '2026-12-15',
  quantity: null,
  faceValue: null,
  ...more,
});

/** Runs a day and tells what the new orders of the employer come to. */
export async function run(db: Db, employer: string, day: string): Promise<number[]> {
  const { orders } = await runOrders(orderDay(db, day));
  return orders.filter((order) => order.enterpriseNumber === employer).map((order) => order.total);
}

export async function history(db: Db, employer: string): Promise<unknown[][]> {
  const found = await sql<Record<string, unknown>>`
    select before, after, order_id, standing_order_id, changed_by, why from entitlement_change
     where enterprise_number = ${employer} and kind = 'fixed' order by id`.execute(db);
  return found.rows.map((row) => Object.values(row));
}

/** A signed row of payroll for December: so many vouchers of 8.00 more, or less. */
export async function addSigned(db: Db, { employer, id }: Invented, quantity: number): Promise<void> {
  await sql`
    with changed as (
      update entitlement set added_quantity = added_quantity + ${quantity}
       where enterprise_number = ${employer} and beneficiary_id = ${id} and period = '2026-12' and face_value = 800
      returning *
    )
    insert into entitlement_change (enterprise_number, beneficiary_id, product_code, period, face_value, before, after, kind)
    select enterprise_number, beneficiary_id, product_code, period, face_value, quantity - ${quantity}, quantity, 'signed'
      from changed`.execute(db);
}

export async function granted(db: Db, employer: string): Promise<number[]> {
  const found = await sql<{ quantity: number }>`
    select quantity from entitlement where enterprise_number = ${employer} order by beneficiary_id, face_value`.execute(
    db,
  );
  return found.rows.map(({ quantity }) => quantity);
}

export async function liveSlotOrder(db: Db, employer: string): Promise<number> {
  const found = await sql<{ id: number }>`
    select max(id) as id from voucher_order
     where enterprise_number = ${employer} and kind = 'recurring' and status <> 'cancelled'`.execute(db);
  return found.rows[0]?.id ?? 0;
}
