/** What was decided about bank entries, and what that makes of invoices and orders. */
import { sql } from 'kysely';
import type { Cents, Day } from '../../model.ts';
import type { Db } from '../database.ts';
import type { OrderKey } from '../orders/order-locks.ts';

export const ENTRY_STATUSES = [
  'matched',
  'partial',
  'over',
  'duplicate',
  'unknown',
  'reversed',
  'ignored',
  'accepted',
] as const;
export type EntryStatus = (typeof ENTRY_STATUSES)[number];

export interface DecisionToWrite {
  readonly entryId: number;
  /** null when the entry names no single invoice; then `enterpriseNumber` is null as well */
  readonly invoiceId: number | null;
  readonly enterpriseNumber: string | null;
  readonly amount: Cents;
  readonly status: EntryStatus;
  readonly why: string;
}

export interface InvoiceKey {
  readonly enterpriseNumber: string;
  readonly id: number;
}

/**
 * Each decision replaces what was said of its entry before; one that says the same again changes nothing. What a person
 * accepted stays readable in `why` when the payment is taken back, and then from every invoice that it paid.
 */
export async function writeDecisions(db: Db, decisions: readonly DecisionToWrite[]): Promise<void> {
  const decided = sql`jsonb_to_recordset(${JSON.stringify(decisions)}::jsonb)
    as d ("entryId" bigint, "invoiceId" bigint, "enterpriseNumber" text, amount bigint, status text, why text)`;
  await sql`
    update bank_entry e set status = d.status, why = d.why, decided_by = null from ${decided}
     where e.id = d."entryId" and (e.status, e.why) is distinct from (d.status, d.why)`.execute(db);
  await sql`
    delete from payment p using ${decided}
     where p.bank_entry_id = d."entryId" and p.status <> 'accepted' and p.invoice_id is distinct from d."invoiceId"
  `.execute(db);
  await sql`
    update payment p
       set status = d.status, decided_by = 'system', at = now(),
           why = d.why || case p.status when 'accepted' then format(' (accepted by %s: %s)', p.decided_by, p.why) else '' end
      from ${decided}
     where p.bank_entry_id = d."entryId" and (p.invoice_id = d."invoiceId" or d.status = 'reversed')
       and (p.status, p.why) is distinct from (d.status, d.why)
  `.execute(db);
  await sql`
    insert into payment (bank_entry_id, enterprise_number, invoice_id, amount, status, decided_by, why)
    select d."entryId", d."enterpriseNumber", d."invoiceId", d.amount, d.status, 'system', d.why from ${decided}
     where d."invoiceId" is not null
       and not exists (select from payment p where p.bank_entry_id = d."entryId" and p.invoice_id = d."invoiceId")
     order by d."entryId"`.execute(db);
}

/** Open invoices are paid; an order is paid once all its invoices are, credit notes aside. @returns the orders paid now */
export async function markInvoicesPaid(db: Db, invoices: readonly InvoiceKey[], today: Day): Promise<OrderKey[]> {
  await setInvoiceStatus(db, invoices, 'open', 'paid');
  const paid = await sql<OrderKey>`
    update voucher_order o set status = 'paid', paid_on = ${today}::date
      from (${ordersOf(invoices)}) k
     where o.enterprise_number = k.enterprise_number and o.id = k.order_id and o.status = 'invoiced'
       and not exists (
         select from invoice i
          where i.enterprise_number = o.enterprise_number and i.order_id = o.id and i.kind <> 'credit' and i.status <> 'paid')
    returning o.enterprise_number as "enterpriseNumber", o.id`.execute(db);
  return paid.rows;
}

/** Paid invoices are open again, and their orders wait for money as before. @returns the orders that were paid */
export async function markInvoicesOpen(db: Db, invoices: readonly InvoiceKey[]): Promise<OrderKey[]> {
  await setInvoiceStatus(db, invoices, 'paid', 'open');
  const reopened = await sql<OrderKey>`
    update voucher_order o set status = 'invoiced', paid_on = null
      from (${ordersOf(invoices)}) k
     where o.enterprise_number = k.enterprise_number and o.id = k.order_id and o.status = 'paid'
    returning o.enterprise_number as "enterpriseNumber", o.id`.execute(db);
  return reopened.rows;
}

async function setInvoiceStatus(db: Db, invoices: readonly InvoiceKey[], from: string, to: string): Promise<void> {
  await sql`
    update invoice i set status = ${to}
      from jsonb_to_recordset(${JSON.stringify(invoices)}::jsonb) as k ("enterpriseNumber" text, id bigint)
     where i.enterprise_number = k."enterpriseNumber" and i.id = k.id and i.status = ${from}`.execute(db);
}

function ordersOf(invoices: readonly InvoiceKey[]) {
  return sql`
    select distinct i.enterprise_number, i.order_id
      from jsonb_to_recordset(${JSON.stringify(invoices)}::jsonb) as k ("enterpriseNumber" text, id bigint)
      join invoice i on i.enterprise_number = k."enterpriseNumber" and i.id = k.id`;
}

/** Cents of bank entries in one currency and with one status. */
export interface EntryMoney {
  readonly currency: string;
  readonly status: EntryStatus;
  readonly cents: Cents;
}

/** What these bank entries amount to, as they stand now. */
export async function sumEntries(db: Db, ids: readonly number[]): Promise<EntryMoney[]> {
  const found = await sql<EntryMoney>`
    select currency, status, sum(amount)::bigint as cents from bank_entry
     where id = any(${ids}::bigint[]) group by 1, 2 order by 1, 2`.execute(db);
  return found.rows;
}

export interface PaymentRow {
  readonly id: number;
  readonly bookedOn: Day;
  readonly amount: Cents;
  readonly currency: string;
  /** 12 digits, null when the payer gave none or typed it as free text */
  readonly structuredCommunication: string | null;
  /** several, comma-separated, when a person spread one transfer over several invoices */
  readonly invoiceNumber: string | null;
  readonly status: EntryStatus;
}

/** Bank entries in the order in which they were stored: those with the status, or all (null). */
export async function readPayments(db: Db, status: EntryStatus | null): Promise<PaymentRow[]> {
  const found = await sql<PaymentRow>`
    select e.id, e.booked_on as "bookedOn", e.amount, e.currency,
           e.structured_communication as "structuredCommunication",
           (select string_agg(i.number, ', ' order by i.number)
              from payment p join invoice i on i.enterprise_number = p.enterprise_number and i.id = p.invoice_id
             where p.bank_entry_id = e.id) as "invoiceNumber",
           e.status
      from bank_entry e
     where (${status}::text is null or e.status = ${status})
     order by e.id`.execute(db);
  return found.rows;
}
