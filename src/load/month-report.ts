/** What a month came to, in sums that name nobody: files and rows by secretariat, reasons of refusal, orders and money by product. */
import { sql } from 'kysely';
import type { Cents, Day, Period } from '../model.ts';
import type { Db } from './database.ts';
import { TAKEN_BACK, WAITS_FOR_PERSON } from './payments/waiting-entries.ts';

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
  /** `rows` and `rejected` are of all files; what the rows came to, of those that were applied */
  readonly rows: number;
  readonly created: number;
  readonly updated: number;
  readonly unchanged: number;
  readonly reactivated: number;
  readonly rejected: number;
  readonly duplicates: number;
  readonly deactivated: number;
  /** rows read and not refused, of files that were not applied */
  readonly notApplied: number;
  /** rejected rows whose reasons are no longer kept */
  readonly withoutReason: number;
}

/** By month received and sender; a file that is not decided has no rows yet. */
export async function readSenderMonths(db: Db, first: Period, last: Period): Promise<SenderMonth[]> {
  const all = (name: string) => sql`coalesce(sum((f.counts->>${sql.lit(name)})::int), 0)::int`;
  // A plan that waits, or that nobody approved, has counts as well.
  const done = (name: string) =>
    sql`coalesce(sum((f.counts->>${sql.lit(name)})::int) filter (where f.status in ('applied', 'archived')), 0)::int`;
  const found = await sql<SenderMonth>`
    select to_char(f.received_on, 'YYYY-MM') as period, f.secretariat_code as code, s.name,
           count(*)::int as files,
           (count(*) filter (where f.status in ('applied', 'archived')))::int as applied,
           (count(*) filter (where f.status = 'held'))::int as held,
           (count(*) filter (where f.status in ('rejected', 'parked')))::int as "rejectedFiles",
           (count(*) filter (where f.status in ('duplicate', 'superseded')))::int as copies,
           ${all('read')} as rows, ${done('created')} as created, ${done('updated')} as updated,
           ${done('unchanged')} as unchanged, ${done('reactivated')} as reactivated, ${all('rejected')} as rejected,
           ${done('duplicateInFile')} as duplicates, ${done('deactivated')} as deactivated,
           ${all('read')} - ${all('rejected')} - ${done('read')} + ${done('rejected')} as "notApplied",
           coalesce(sum((f.counts->>'rejected')::int) filter (where f.raw_removed_on is not null), 0)::int
             as "withoutReason"
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

/**
 * Why rows and files received in a month were refused, the most frequent reasons of each secretariat first. A row counts once
 * for a reason, however many of its columns have it. Told besides them: plans that were discarded or expired, parked files.
 */
export async function readRefusals(db: Db, period: Period, most: number): Promise<Refusal[]> {
  const found = await sql<Refusal>`
    with file as (
      select id, secretariat_code as secretariat, status from drop_file where to_char(received_on, 'YYYY-MM') = ${period}
    ), refused as (
      select f.id, f.secretariat, i.code, i.row_number as row, false as whole
        from file f join row_issue i on i.file_id = f.id and i.severity = 'error'
      union all
      select f.id, f.secretariat, case f.status when 'parked' then 'file.parked' else 'plan.' || p.decision end, null, true
        from file f
        left join lateral (select decision from held_plan where file_id = f.id order by id desc limit 1) p on true
       where f.status = 'parked' or f.status = 'rejected' and p.decision in ('discarded', 'expired')
    ), reason as (
      select secretariat, code, count(distinct (id, row))::int as times,
             row_number() over (partition by secretariat, whole order by count(distinct (id, row)) desc, code) as place
        from refused group by secretariat, whole, code
    )
    select secretariat, code, times from reason where place <= ${most} order by secretariat, times desc, code`.execute(
    db,
  );
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
  /** of the invoices that are paid, also while others of their order are open */
  readonly paid: Cents;
  /** of `paid`, what went back after the release and is not settled */
  readonly takenBack: Cents;
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
    ), money as (
      select o.run_period, o.product_code, sum(i.total) filter (where i.status = 'paid') as paid, sum(b.amount) as taken_back
        from live o
        join invoice i on i.enterprise_number = o.enterprise_number and i.order_id = o.id and i.kind <> 'credit'
        left join lateral (
          select -sum(p.amount) as amount from payment p join bank_entry on bank_entry.id = p.bank_entry_id
           where p.enterprise_number = i.enterprise_number and p.invoice_id = i.id and p.status = 'reversed' and ${TAKEN_BACK}
        ) b on true
       group by 1, 2
    )
    select o.run_period as period, o.product_code as code, count(*)::int as orders,
           (count(*) filter (where o.status = 'draft'))::int as drafts,
           coalesce(max(l.people), 0) as people, coalesce(max(l.vouchers), 0) as vouchers,
           sum(o.face_value_total)::bigint as "faceValue", sum(o.fee_total)::bigint as fees, sum(o.vat_total)::bigint as vat,
           sum(o.total)::bigint as total,
           coalesce(max(m.paid), 0)::bigint as paid, coalesce(max(m.taken_back), 0)::bigint as "takenBack"
      from live o left join line l on l.run_period = o.run_period and l.product_code = o.product_code
      left join money m on m.run_period = o.run_period and m.product_code = o.product_code
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

/** Bank entries that wait for a person, those that `readHealth` counts; what came in is never set off against what went out. */
export interface WaitingEntries {
  readonly status: string;
  readonly currency: string;
  readonly entries: number;
  /** in hundredths of the currency */
  readonly amount: Cents;
}

export async function readEntriesToDecide(db: Db): Promise<WaitingEntries[]> {
  const found = await sql<WaitingEntries>`
    select status, currency, count(*)::int as entries, sum(amount)::bigint as amount from bank_entry
     where ${WAITS_FOR_PERSON} group by status, currency, amount < 0 order by status, currency, amount`.execute(db);
  return found.rows;
}
