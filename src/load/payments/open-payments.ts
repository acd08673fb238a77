/** What the matching of payments looks at: the bank entries that are still open, and the invoices they name. */
import { sql } from 'kysely';
import type { Cents, OrderStatus } from '../../model.ts';
import type { Db } from '../database.ts';

export interface OpenEntry {
  readonly id: number;
  /** signed cents */
  readonly amount: Cents;
  readonly currency: string;
  readonly structuredCommunication: string | null;
  readonly freeText: string;
  readonly reversal: boolean;
  readonly twin: 'none' | 'same-movement' | 'look-alike';
}

export interface NamedInvoice {
  readonly id: number;
  readonly enterpriseNumber: string;
  readonly number: string;
  readonly orderId: number;
  readonly structuredCommunication: string;
  readonly total: Cents;
  readonly status: 'open' | 'paid' | 'cancelled' | 'credited';
  readonly orderStatus: OrderStatus;
  readonly paidBy: readonly { readonly entryId: number; readonly amount: Cents }[];
}

/**
 * One at a time stores or matches payments until its transaction ends: two files that tell of one movement, stored at
 * once, would not see each other.
 */
export async function lockPayments(db: Db): Promise<void> {
  await sql`select pg_advisory_xact_lock(hashtextextended('navette payments', 0))`.execute(db);
}

/**
 * The entries that wait for a decision, in the order in which they were stored. An entry is the same movement as one of an
 * earlier file when account, amount, day and reference agree; the second of two equal ones in its own file needs a second
 * one there. It merely looks alike when one of the two has no reference; with different communications it does not.
 */
export async function readOpenEntries(db: Db): Promise<OpenEntry[]> {
  const found = await sql<OpenEntry>`
    with open as materialized (
      select e.*, s.file_id from bank_entry e join bank_statement s on s.id = e.statement_id
       where e.status in ('partial', 'over', 'duplicate', 'unknown')
    ), moved as materialized (
      select e.id, e.account, e.booked_on, e.amount, e.currency, e.bank_reference, e.structured_communication, s.file_id,
             row_number() over (
               partition by e.account, e.booked_on, e.amount, e.currency, e.bank_reference, s.file_id order by e.id) as place
        from bank_entry e join bank_statement s on s.id = e.statement_id
       where (e.account, e.booked_on, e.amount, e.currency) in (select account, booked_on, amount, currency from open)
    ), told as (
      select account, booked_on, amount, currency, bank_reference, file_id, min(id) as first, count(*) as times
        from moved where bank_reference <> '' group by 1, 2, 3, 4, 5, 6
    ), same as (
      select o.id, max(t.times) as times
        from open o join told t using (account, booked_on, amount, currency, bank_reference)
       where t.first < o.id and t.file_id is distinct from o.file_id
       group by o.id
    ), look as (
      select account, booked_on, amount, currency, structured_communication, file_id, bank_reference = '' as blank, min(id) as first
        from moved group by 1, 2, 3, 4, 5, 6, 7
    ), pair as (
      select o.id, o.file_id, o.structured_communication as one, l.structured_communication as other, l.file_id as other_file, l.first
        from open o join look l using (account, booked_on, amount, currency) where o.bank_reference = ''
      union all
      select o.id, o.file_id, o.structured_communication, l.structured_communication, l.file_id, l.first
        from open o join look l using (account, booked_on, amount, currency) where l.blank
    ), alike as (
      select distinct id from pair
       where first < id and other_file is distinct from file_id and coalesce(one = other, true)
    )
    select o.id, o.amount, o.currency, o.structured_communication as "structuredCommunication",
           o.free_text as "freeText", o.reversal,
           case when s.times >= m.place then 'same-movement' when a.id is not null then 'look-alike' else 'none' end as twin
      from open o
      join moved m on m.id = o.id
      left join same s on s.id = o.id
      left join alike a on a.id = o.id
     order by o.id`.execute(db);
  return found.rows;
}

/**
 * The invoices that these structured communications name, and those that a person paid with the same entry: what takes back
 * the one takes back the other. Under the lock of their employers, as all who change orders lock them.
 */
export async function lockNamedInvoices(db: Db, communications: readonly string[]): Promise<NamedInvoice[]> {
  const wanted = sql`
    select enterprise_number, invoice_id from structured_communication where number = any(${communications}::text[])
     union
    select o.enterprise_number, o.invoice_id
      from structured_communication c
      join payment p on p.enterprise_number = c.enterprise_number and p.invoice_id = c.invoice_id and p.status = 'accepted'
      join payment o on o.bank_entry_id = p.bank_entry_id and o.status = 'accepted'
     where c.number = any(${communications}::text[])`;
  await sql`
    select enterprise_number from employer
     where enterprise_number in (select enterprise_number from (${wanted}) w)
     order by enterprise_number for update`.execute(db);
  const found = await sql<NamedInvoice>`
    select i.id, i.enterprise_number as "enterpriseNumber", i.number, i.order_id as "orderId",
           c.number as "structuredCommunication", i.total, i.status, o.status as "orderStatus",
           (select coalesce(jsonb_agg(jsonb_build_object('entryId', e.id, 'amount', e.amount) order by e.id), '[]')
              from payment p join bank_entry e on e.id = p.bank_entry_id
             where p.enterprise_number = i.enterprise_number and p.invoice_id = i.id
               and p.status in ('matched', 'accepted')) as "paidBy"
      from (${wanted}) w
      join structured_communication c on c.enterprise_number = w.enterprise_number and c.invoice_id = w.invoice_id
      join invoice i on i.enterprise_number = w.enterprise_number and i.id = w.invoice_id
      join voucher_order o on o.enterprise_number = i.enterprise_number and o.id = i.order_id
     order by i.enterprise_number, i.id`.execute(db);
  return found.rows;
}
