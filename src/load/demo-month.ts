/** What the demo tells of its month as it stands in the database: orders, notices, payments, releases, people. */
import { sql } from 'kysely';
import type { Cents, OrderStatus, Severity } from '../model.ts';
import { onlyRow } from './answers.ts';
import type { Db } from './database.ts';

export interface OrderTold {
  readonly id: number;
  readonly employerName: string;
  readonly reference: string;
  readonly people: number;
  readonly vouchers: number;
  readonly invoices: number;
  readonly total: Cents;
  readonly status: OrderStatus;
}

export async function readOrdersTold(db: Db): Promise<OrderTold[]> {
  const found = await sql<OrderTold>`
    select o.id, e.name as "employerName", o.reference, count(distinct l.beneficiary_id)::int as people,
           coalesce(sum(l.quantity), 0)::int as vouchers, o.total, o.status,
           (select count(*)::int from invoice i where i.enterprise_number = o.enterprise_number and i.order_id = o.id) as invoices
      from voucher_order o
      join employer e on e.enterprise_number = o.enterprise_number
      left join order_line l on l.enterprise_number = o.enterprise_number and l.order_id = o.id
     group by o.enterprise_number, o.id, e.name
     order by o.id`.execute(db);
  return found.rows;
}

export async function countNotices(db: Db): Promise<{ language: string; status: string; notices: number }[]> {
  const found = await sql<{ language: string; status: string; notices: number }>`
    select language, status, count(*)::int as notices from invoice_notice group by 1, 2 order by 1, 2`.execute(db);
  return found.rows;
}

export interface PaymentsTold {
  readonly status: string;
  readonly entries: number;
  readonly amount: Cents;
  /** whose invoices the entries name, for those that need a person */
  readonly employers: string | null;
}

export async function countPayments(db: Db): Promise<PaymentsTold[]> {
  const found = await sql<PaymentsTold>`
    select b.status, count(*)::int as entries, sum(b.amount)::bigint as amount,
           (select string_agg(distinct e.name, ', ') from payment p
              join bank_entry n on n.id = p.bank_entry_id
              join employer e on e.enterprise_number = p.enterprise_number
             where n.status = b.status and b.status in ('partial', 'over', 'duplicate')) as employers
      from bank_entry b group by 1 order by 2 desc, 1`.execute(db);
  return found.rows;
}

/** What the last runs left unordered, by reason. */
export async function countCarried(db: Db): Promise<{ reason: string; people: number; amount: Cents }[]> {
  const found = await sql<{ reason: string; people: number; amount: Cents }>`
    select reason, count(distinct (enterprise_number, beneficiary_id))::int as people,
           sum(quantity::bigint * face_value)::bigint as amount
      from carry group by 1 order by 1`.execute(db);
  return found.rows;
}

/** Release files that were written, by the order they are of. */
export async function readReleaseNames(
  db: Db,
): Promise<{ orderId: number; employerName: string; faceValueTotal: Cents; name: string }[]> {
  const found = await sql<{ orderId: number; employerName: string; faceValueTotal: Cents; name: string }>`
    select o.id as "orderId", e.name as "employerName", o.face_value_total as "faceValueTotal", f.name
      from outgoing_file f
      join voucher_order o on o.id = f.order_id
      join employer e on e.enterprise_number = o.enterprise_number
     where f.kind = 'release' and f.status = 'sent'
     order by o.id`.execute(db);
  return found.rows;
}

/** What some files were told about their rows and themselves, the most frequent first. */
export async function countIssues(
  db: Db,
  fileIds: readonly number[],
): Promise<{ severity: Severity; code: string; issues: number }[]> {
  const found = await sql<{ severity: Severity; code: string; issues: number }>`
    select severity, code, count(*)::int as issues from row_issue
     where file_id = any (${[...fileIds]}::bigint[]) group by 1, 2 order by 3 desc, 2`.execute(db);
  return found.rows;
}

/** People and cards by status, and receipts that were put into the senders' folders. */
export async function countWorld(
  db: Db,
): Promise<{ employers: number; active: number; inactive: number; cards: number; receipts: number; files: number }> {
  const found = await sql<{
    employers: number;
    active: number;
    inactive: number;
    cards: number;
    receipts: number;
    files: number;
  }>`
    select (select count(*)::int from employer) as employers,
           (select count(*)::int from beneficiary where status = 'active') as active,
           (select count(*)::int from beneficiary where status = 'inactive') as inactive,
           (select count(*)::int from card where status = 'active') as cards,
           (select count(*)::int from outgoing_file where kind = 'receipt' and status = 'sent') as receipts,
           (select count(*)::int from drop_file) as files`.execute(db);
  return onlyRow(found);
}
