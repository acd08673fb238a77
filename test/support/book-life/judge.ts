/** The stored books of a life beside those of the model: they are the same, and keep every promise. */

import { sql } from 'kysely';
import { expect } from 'vitest';
import type { Db } from '../../../src/load/database.ts';
import { entitled, type ModelOrder } from '../book-model/book.ts';
import { checkBooks } from '../invariant.ts';
import type { Living } from './living.ts';

interface StoredOrder extends Pick<ModelOrder, 'product' | 'period' | 'kind' | 'status'> {
  readonly id: number;
  readonly lines: readonly string[];
  readonly invoiced: readonly string[];
}

export async function readStored(db: Db, employer: string): Promise<StoredOrder[]> {
  const found = await sql<StoredOrder>`
    select o.id, o.product_code as product, o.run_period as period, o.kind, o.status,
           array(select concat_ws(' ', b.position, l.period, l.face_value, l.quantity, l.cost_center) from order_line l
                   join (${positions(employer)}) b on b.id = l.beneficiary_id
                  where l.enterprise_number = o.enterprise_number and l.order_id = o.id order by 1) as lines,
           array(select concat_ws(' ', i.cost_center, i.face_value_total) from invoice i
                  where i.enterprise_number = o.enterprise_number and i.order_id = o.id and i.kind = 'order' order by 1) as invoiced
      from voucher_order o where o.enterprise_number = ${employer} order by o.id`.execute(db);
  return found.rows;
}

/** People count from 0 in the order in which their employer's first file named them. */
function positions(employer: string) {
  return sql`select id, row_number() over (order by id) - 1 as position from beneficiary where enterprise_number = ${employer}`;
}

/** The stored books are the model's books, and keep every promise. */
export async function judge({ desk, employer, book, orders }: Living, stored: readonly StoredOrder[]): Promise<void> {
  const told = (map: ReadonlyMap<string, unknown>) => [...map].map(([key, value]) => `${key}: ${value}`).sort();
  const granted = await sql<{ line: string }>`
    select concat_ws(' ', b.position, product_code, period, face_value) || ': ' || quantity as line
      from entitlement e join (${positions(employer)}) b on b.id = e.beneficiary_id
     where enterprise_number = ${employer} and quantity <> 0`.execute(desk.db);
  expect(granted.rows.map(({ line }) => line).sort()).toEqual(told(withoutZeros(entitled(book))));
  const written = await sql<{ line: string }>`
    select concat_ws(' ', b.position, product_code, period, face_value) || ': ' || sum(before - after) as line
      from entitlement_change c join (${positions(employer)}) b on b.id = c.beneficiary_id
     where enterprise_number = ${employer} and kind = 'written-off'
     group by b.position, product_code, period, face_value having sum(before - after) <> 0`.execute(desk.db);
  expect(written.rows.map(({ line }) => line).sort()).toEqual(told(withoutZeros(book.written)));
  for (const { id, status, lines, invoiced } of stored) {
    const order = orders.get(id);
    expect(status).toBe(order?.status);
    const own = (order?.lines ?? []).map((line) => [line.person, line.period, line.value, line.quantity, line.center]);
    expect([...lines].sort()).toEqual(own.map((line) => line.join(' ')).sort());
    if (status === 'invoiced') expect(invoiced).toEqual(faceValues(order));
  }
  const carried = await sql<{ line: string }>`
    select concat_ws(' ', b.position, product_code, period, face_value) || ': ' || quantity || ' ' || reason as line
      from carry c join (${positions(employer)}) b on b.id = c.beneficiary_id where enterprise_number = ${employer}`.execute(
    desk.db,
  );
  const carry = new Map([...book.carry].map(([key, { quantity, reason }]) => [key, `${quantity} ${reason}`]));
  expect(carried.rows.map(({ line }) => line).sort()).toEqual(told(carry));
  expect(await checkBooks(desk.db)).toEqual([]);
}

function withoutZeros(quantities: ReadonlyMap<string, number>): Map<string, number> {
  return new Map([...quantities].filter(([, quantity]) => quantity !== 0));
}

function faceValues(order: ModelOrder | undefined): string[] {
  const centers = Map.groupBy(order?.lines ?? [], ({ center }) => center);
  return [...centers]
    .map(([center, lines]) => `${center} ${lines.reduce((sum, line) => sum + line.quantity * line.value, 0)}`)
    .sort();
}
