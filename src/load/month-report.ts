/** What a month came to, in sums that name nobody: files and rows by secretariat, reasons of refusal, orders and money by product. */
import { sql } from 'kysely';
import type { Cents, Day, Period } from '../model.ts';
import type { Db } from './database.ts';

/** Files received in a month, from one secretariat (or the bank, or the issuer). */
export interface SenderMonth {
  readonly period: Period;
  readonly code: string;
  /** as configured; null for one that is not known any more */
  readonly name: string | null;
  readonly files: number;
  readonly applied: number;
  readonly held: number;
  readonly rejectedFiles: number;
  readonly copies: number;
  readonly rows: number;
  readonly created: number;
  readonly updated: number;
  readonly unchanged: number;
  readonly reactivated: number;
  readonly rejected: number;
  readonly duplicates: number;
  readonly deactivated: number;
}

/** By month received and sender; a file that is not decided has no rows yet. */
export async function readSenderMonths(db: Db, first: Period, last: Period): Promise<SenderMonth[]> {
  const sum = (name: string) => sql`coalesce(sum((f.counts->>${sql.lit(name)})::int), 0)::int`;
  const found = await sql<SenderMonth>`
    select to_char(f.received_on, 'YYYY-MM') as period, f.secretariat_code as code, s.name,
           count(*)::int as files,
           (count(*) filter (where f.status in ('applied', 'archived')))::int as applied,
           (count(*) filter (where f.status = 'held'))::int as held,
           (count(*) filter (where f.status in ('rejected', 'parked')))::int as "rejectedFiles",
           (count(*) filter (where f.status in ('duplicate', 'superseded')))::int as copies,
           ${sum('read')} as rows, ${sum('created')} as created, ${sum('updated')} as updated,
           ${sum('unchanged')} as unchanged, ${sum('reactivated')} as reactivated, ${sum('rejected')} as rejected,
           ${sum('duplicateInFile')} as duplicates, ${sum('deactivated')} as deactivated
      from drop_file f left join social_secretariat s on s.code = f.secretariat_code
     where to_char(f.received_on, 'YYYY-MM') between ${first} and ${last}
     group by 1, 2, 3 order by 1, 2`.execute(db);
  return found.rows;
}

export interface Refusal {
  readonly secretariat: string;
  readonly code: string;
  /** rows and files that were refused for it */
  readonly times: number;
}

/** Why rows and files received in a month were refused, the most frequent reasons of each secretariat first. */
export async function readRefusals(db: Db, period: Period, most: number): Promise<Refusal[]> {
  const found = await sql<Refusal>`
    select secretariat, code, times from (
      select f.secretariat_code as secretariat, i.code, count(*)::int as times,
             row_number() over (partition by f.secretariat_code order by count(*) desc, i.code) as place
        from row_issue i join drop_file f on f.id = i.file_id
       where i.severity = 'error' and to_char(f.received_on, 'YYYY-MM') = ${period}
       group by 1, 2) r
     where place <= ${most} order by secretariat, times desc, code`.execute(db);
  return found.rows;
}

/** Live orders of a month worked, by product. */
export interface ProductMonth {
  readonly period: Period;
  readonly code: string;
  readonly orders: number;
  readonly drafts: number;
  readonly people: number;
  readonly vouchers: number;
  readonly faceValue: Cents;
  readonly fees: Cents;
  readonly vat: Cents;
  readonly total: Cents;
  readonly paid: Cents;
}

export async function readProductMonths(db: Db, first: Period, last: Period): Promise<ProductMonth[]> {
  const found = await sql<ProductMonth>`
    with live as (
      select enterprise_number, id, product_code, run_period, status, face_value_total, fee_total, vat_total, total
        from voucher_order where status <> 'cancelled' and run_period between ${first} and ${last}
    ), line as (
      select o.run_period, o.product_code, count(distinct (l.enterprise_number, l.beneficiary_id))::int as people,
             sum(l.quantity)::int as vouchers
        from live o join order_line l on l.enterprise_number = o.enterprise_number and l.order_id = o.id group by 1, 2
    )
    select o.run_period as period, o.product_code as code, count(*)::int as orders,
           (count(*) filter (where o.status = 'draft'))::int as drafts,
           coalesce(max(l.people), 0) as people, coalesce(max(l.vouchers), 0) as vouchers,
           sum(o.face_value_total)::bigint as "faceValue", sum(o.fee_total)::bigint as fees, sum(o.vat_total)::bigint as vat,
           sum(o.total)::bigint as total,
           coalesce(sum(o.total) filter (where o.status in ('paid', 'released')), 0)::bigint as paid
      from live o left join line l on l.run_period = o.run_period and l.product_code = o.product_code
     group by 1, 2 order by 1, 2`.execute(db);
  return found.rows;
}

/** Invoices that are open on a day, of whatever month, by how long they are overdue. */
export interface OpenInvoices {
  readonly age: 'not-due' | 'to-14' | 'to-30' | 'older';
  readonly invoices: number;
  readonly total: Cents;
}

export async function readOpenInvoices(db: Db, today: Day): Promise<OpenInvoices[]> {
  const found = await sql<OpenInvoices>`
    select case when due_on >= ${today}::date then 'not-due' when due_on >= ${today}::date - 14 then 'to-14'
                when due_on >= ${today}::date - 30 then 'to-30' else 'older' end as age,
           count(*)::int as invoices, sum(total)::bigint as total
      from invoice where status = 'open' and kind <> 'credit' group by 1`.execute(db);
  return found.rows;
}

/** Bank entries that wait for a person, by why. */
export async function readEntriesToDecide(
  db: Db,
): Promise<{ readonly status: string; readonly entries: number; readonly amount: Cents }[]> {
  const found = await sql<{ status: string; entries: number; amount: Cents }>`
    select status, count(*)::int as entries, sum(amount)::bigint as amount from bank_entry
     where status in ('partial', 'over', 'duplicate', 'unknown') group by 1 order by 1`.execute(db);
  return found.rows;
}
