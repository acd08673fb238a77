/** One bank entry and the invoice that a person puts it to, or none. */
import { sql } from 'kysely';
import type { Cents, OrderStatus } from '../../model.ts';
import type { Db } from '../database.ts';
import type { EntryStatus } from './payments.ts';

export interface EntryToAccept {
  readonly amount: Cents;
  readonly status: EntryStatus;
  readonly reversal: boolean;
  readonly why: string | null;
  /** what of the amount was accepted for other invoices before */
  readonly spent: Cents;
}

export async function readEntryToAccept(db: Db, id: number): Promise<EntryToAccept | null> {
  const found = await sql<EntryToAccept>`
    select e.amount, e.status, e.reversal, e.why,
           (select coalesce(sum(p.amount), 0)::bigint from payment p
             where p.bank_entry_id = e.id and p.status = 'accepted') as spent
      from bank_entry e where e.id = ${id} for update of e`.execute(db);
  return found.rows[0] ?? null;
}

export interface InvoiceToAccept {
  readonly enterpriseNumber: string;
  readonly id: number;
  readonly orderId: number;
  readonly kind: string;
  /** null for a credit note */
  readonly structuredCommunication: string | null;
  readonly total: Cents;
  readonly status: string;
  readonly orderStatus: OrderStatus;
}

/** The invoice of a number such as `2026-000123`, under the lock of its employer; null when there is none. */
export async function lockInvoiceByNumber(db: Db, number: string): Promise<InvoiceToAccept | null> {
  const [, series = '', digits = ''] = /^(.+)-(\d{1,9})$/.exec(number) ?? [];
  const named = sql`
    select enterprise_number, invoice_id from invoice_number
     where series = ${series} and number = ${digits === '' ? null : Number(digits)}`;
  await sql`
    select e.enterprise_number from employer e
     where e.enterprise_number in (select enterprise_number from (${named}) n) for update`.execute(db);
  const found = await sql<InvoiceToAccept>`
    select i.enterprise_number as "enterpriseNumber", i.id, i.order_id as "orderId", i.kind,
           i.structured_communication as "structuredCommunication", i.total, i.status,
           o.status as "orderStatus"
      from (${named}) n
      join invoice i on i.enterprise_number = n.enterprise_number and i.id = n.invoice_id
      join voucher_order o on o.enterprise_number = i.enterprise_number and o.id = i.order_id
     where i.number = ${number}`.execute(db);
  return found.rows[0] ?? null;
}

/** Who decided about an entry, and why. */
interface Word {
  readonly entryId: number;
  readonly by: string;
  readonly why: string;
}

/** The entry is accepted; what was decided about it by rule no longer holds. */
export async function closeEntry(db: Db, word: Word): Promise<void> {
  await markAccepted(db, word);
  await sql`delete from payment where bank_entry_id = ${word.entryId} and status <> 'accepted'`.execute(db);
}

/** The entry is accepted; what the rule said of it and its invoice stays, with the person's word beside it. */
export async function settleEntry(db: Db, word: Word): Promise<void> {
  await markAccepted(db, word);
  await noteDecider(db, word.entryId, word.by, word.why);
}

async function markAccepted(db: Db, { entryId, by, why }: Word): Promise<void> {
  await sql`
    update bank_entry set status = 'accepted', why = ${why}, decided_by = ${by} where id = ${entryId}`.execute(db);
}

/** The entry is accepted as a payment of `amount` for the invoice; what was decided about it by rule no longer holds. */
export async function writeAcceptance(
  db: Db,
  payment: {
    readonly entryId: number;
    readonly enterpriseNumber: string;
    readonly invoiceId: number;
    readonly amount: Cents;
    readonly by: string;
    readonly why: string;
  },
): Promise<void> {
  const { entryId, enterpriseNumber, invoiceId, amount, by, why } = payment;
  await closeEntry(db, payment);
  await sql`
    insert into payment (bank_entry_id, enterprise_number, invoice_id, amount, status, decided_by, why)
    values (${entryId}, ${enterpriseNumber}, ${invoiceId}, ${amount}, 'accepted', ${by}, ${why})`.execute(db);
}

/** Notes beside what was decided by rule about an entry that a person had it decided, and why. */
export async function noteDecider(db: Db, entryId: number, by: string, why: string): Promise<void> {
  await sql`
    update payment set decided_by = ${by}, why = format('%s (%s)', why, ${why}::text) where bank_entry_id = ${entryId}
  `.execute(db);
}
