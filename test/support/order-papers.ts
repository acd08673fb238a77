/** What an order leaves behind as a test reads it: its invoices, notices, cards and status. */
import { sql } from 'kysely';
import type { Db } from '../../src/load/database.ts';
import type { OrderRow } from '../../src/load/orders/orders.ts';

export async function invoicesOf(db: Db, order: OrderRow) {
  const found = await sql<{
    number: string;
    center: number;
    kind: string;
    face: number;
    fee: number;
    vat: number;
    total: number;
    status: string;
  }>`
    select number, cost_center as center, kind, face_value_total as face, fee_total as fee, vat_total as vat, total, status
      from invoice where order_id = ${order.id} order by id`.execute(db);
  return found.rows.map((row) => [row.number, row.center, row.kind, row.face, row.fee, row.vat, row.total, row.status]);
}

export async function noticesOf(db: Db, order: OrderRow): Promise<string[]> {
  const found = await sql<{ line: string }>`
    select n.message_key || ' ' || n.recipient || ' ' || n.language || ' ' || n.status as line
      from invoice_notice n join invoice i on i.id = n.invoice_id where i.order_id = ${order.id} order by i.id`.execute(
    db,
  );
  return found.rows.map((row) => row.line);
}

export async function cardsOf(db: Db, nrn: string): Promise<string[]> {
  const found = await sql<{ line: string }>`
    select sequence || ' ' || status as line from card where national_register_number = ${nrn} order by sequence`.execute(
    db,
  );
  return found.rows.map((row) => row.line);
}

/** Its status, who confirmed it and when, and its total. */
export async function statusOf(db: Db, order: OrderRow) {
  const found = await sql<{ status: string; by: string | null; on: string | null; total: number }>`
    select status, confirmed_by as by, confirmed_on as on, total from voucher_order where id = ${order.id}`.execute(db);
  return found.rows[0];
}

export async function setStatus(db: Db, order: OrderRow, status: 'paid' | 'released'): Promise<void> {
  await sql`update voucher_order set status = ${status} where id = ${order.id}`.execute(db);
  await sql`update invoice set status = 'paid' where order_id = ${order.id}`.execute(db);
}
