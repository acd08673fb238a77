/** Orders under the lock of their employers: nobody else can order, confirm or cancel for these until the transaction ends. */
import { type RawBuilder, sql } from 'kysely';
import type { OrderStatus } from '../../model.ts';
import { onlyRow } from '../answers.ts';
import type { Db } from '../database.ts';
import { isHeld } from './order-warnings.ts';

export interface OrderKey {
  readonly enterpriseNumber: string;
  readonly id: number;
}

/** @returns employer and number of an order, or null; nothing is locked */
export async function findOrder(db: Db, id: number): Promise<OrderKey | null> {
  const found = await sql<OrderKey>`
    select enterprise_number as "enterpriseNumber", id from voucher_order where id = ${id}`.execute(db);
  return found.rows[0] ?? null;
}

/** Fills `order_set` with one order, and tells how it stands under the lock. */
export async function lockOrder(
  db: Db,
  order: OrderKey,
): Promise<{ readonly status: OrderStatus; readonly employerStatus: string }> {
  await lockIntoOrderSet(db, [order], sql<boolean>`true`);
  const found = await sql<{ status: OrderStatus; employerStatus: string }>`
    select o.status, e.status as "employerStatus"
      from order_set s
      join voucher_order o on o.enterprise_number = s.enterprise_number and o.id = s.order_id
      join employer e on e.enterprise_number = s.enterprise_number`.execute(db);
  return onlyRow(found);
}

/** Fills `order_set` with those of the orders that are drafts of active employers and that no warning holds. */
export async function lockFreeDrafts(
  db: Db,
  orders: readonly OrderKey[],
  holdingCodes: readonly string[],
): Promise<void> {
  await lockIntoOrderSet(
    db,
    orders,
    sql<boolean>`o.status = 'draft' and not ${isHeld(holdingCodes)}
      and exists (select from employer e where e.enterprise_number = o.enterprise_number and e.status = 'active')`,
  );
}

/** Fills `order_set` with one order to be looked at; nothing is locked. */
export async function selectOrder(db: Db, order: OrderKey): Promise<void> {
  await fillOrderSet(db, JSON.stringify([order]), sql<boolean>`true`);
}

/** The employers are locked in order of their number, as everybody does who orders. */
async function lockIntoOrderSet(db: Db, orders: readonly OrderKey[], isWanted: RawBuilder<boolean>): Promise<void> {
  const keys = JSON.stringify(orders);
  await sql`
    select e.enterprise_number from employer e
     where e.enterprise_number in (select "enterpriseNumber" from jsonb_to_recordset(${keys}::jsonb) as k ("enterpriseNumber" text))
     order by e.enterprise_number for update`.execute(db);
  await fillOrderSet(db, keys, isWanted);
}

async function fillOrderSet(db: Db, keys: string, isWanted: RawBuilder<boolean>): Promise<void> {
  await createOrderSet(
    db,
    sql`
      select o.enterprise_number, o.id, o.product_code, o.ordered_on
        from jsonb_to_recordset(${keys}::jsonb) as k ("enterpriseNumber" text, id bigint)
        join voucher_order o on o.enterprise_number = k."enterpriseNumber" and o.id = k.id
       where ${isWanted}`,
  );
}

/** `orders` gives employer, number, product and day of each order that a transaction works on. */
export async function createOrderSet(db: Db, orders: RawBuilder<unknown>): Promise<void> {
  await sql`
    create temporary table order_set (enterprise_number, order_id, product_code, ordered_on) on commit drop as
    ${orders}`.execute(db);
  await sql`alter table order_set add primary key (enterprise_number, order_id)`.execute(db);
  await sql`analyze order_set`.execute(db);
}
