/** Invoices and credit notes with their gap-free numbers, and their queued notices and e-invoices. */
import { sql } from 'kysely';
import type { Cents, Day } from '../../model.ts';
import { onlyRow } from '../answers.ts';
import type { Db } from '../database.ts';

export interface InvoiceToWrite {
  readonly enterpriseNumber: string;
  readonly orderId: number;
  /** 0 = the employer itself */
  readonly costCenter: number;
  readonly kind: 'order' | 'product' | 'card' | 'credit';
  readonly lines: readonly object[];
  readonly faceValueTotal: Cents;
  readonly feeTotal: Cents;
  readonly vatTotal: Cents;
  readonly total: Cents;
  /** 12 digits; null for a credit note, which nobody pays */
  readonly structuredCommunication: string | null;
}

/** The next `count` counters for structured communications; one that was drawn is never drawn again. */
export async function drawCommunicationCounters(db: Db, count: number): Promise<number[]> {
  const found = await sql<{ counter: number }>`
    select nextval('structured_communication_counter') as counter from generate_series(1, ${count})`.execute(db);
  return found.rows.map((row) => row.counter);
}

/**
 * Numbers the invoices in the order in which they come, writes them, and queues a notice and an e-invoice of each. To be the last thing that a
 * transaction does: the row of the series stays locked until its end, which is what keeps the numbers without gaps.
 * @param series the year, or `CN` and the year; a number is the series, a dash and six digits
 */
export async function writeInvoices(
  db: Db,
  series: string,
  invoices: readonly InvoiceToWrite[],
  days: { readonly issuedOn: Day; readonly dueOn: Day },
): Promise<void> {
  if (invoices.length === 0) return;
  const isCredit = series.startsWith('CN');
  await sql`
    create temporary table invoice_written on commit drop as
    select i.*, i.position::int as place, nextval('invoice_id') as id
      from rows from (jsonb_to_recordset(${JSON.stringify(invoices)}::jsonb)
             as ("enterpriseNumber" text, "orderId" bigint, "costCenter" integer, kind text, lines jsonb,
                 "faceValueTotal" bigint, "feeTotal" bigint, "vatTotal" bigint, total bigint,
                 "structuredCommunication" text)) with ordinality
             as i (enterprise_number, order_id, cost_center, kind, lines, face_value_total, fee_total, vat_total, total,
                   structured_communication, position)
     order by i.position`.execute(db);
  await sql`
    insert into structured_communication (number, enterprise_number, invoice_id)
    select structured_communication, enterprise_number, id from invoice_written
     where structured_communication is not null`.execute(db);
  const before = (await advanceSeries(db, series, invoices.length)) - invoices.length;
  await sql`
    insert into invoice_number (series, number, enterprise_number, invoice_id)
    select ${series}, ${before}::int + place, enterprise_number, id from invoice_written`.execute(db);
  await sql`
    insert into invoice (enterprise_number, id, number, order_id, cost_center, kind, lines, face_value_total, fee_total,
                         vat_total, total, structured_communication, issued_on, due_on, status)
    select enterprise_number, id, ${series} || '-' || lpad(n.text, greatest(6, length(n.text)), '0'), order_id, cost_center, kind,
           lines, face_value_total, fee_total, vat_total, total, structured_communication,
           ${days.issuedOn}::date, ${days.dueOn}::date, ${isCredit ? 'credited' : 'open'}
      from invoice_written cross join lateral (select (${before}::int + place)::text as text) n`.execute(db);
  await sql`
    insert into invoice_notice (enterprise_number, invoice_id, kind, language, recipient, status, message_key, queued_at)
    select i.enterprise_number, i.id, k.kind, e.language, coalesce(c.invoice_email, e.invoice_email), 'queued',
           k.kind || '-' || i.number, ${momentOf(days.issuedOn)}
      from invoice_written w
      join invoice i on i.enterprise_number = w.enterprise_number and i.id = w.id
      join employer e on e.enterprise_number = i.enterprise_number
      left join cost_center c on c.enterprise_number = i.enterprise_number and c.number = i.cost_center
      cross join (values (${isCredit ? 'credit-note' : 'invoice'}::text)) as k (kind)`.execute(db);
  await sql`
    insert into e_invoice (enterprise_number, invoice_id, status)
    select enterprise_number, id, 'queued' from invoice_written`.execute(db);
}

/** Now, or the last moment of another day in Belgium: the mail is dated like the invoice in it. */
function momentOf(day: Day) {
  return sql`case when (now() at time zone 'Europe/Brussels')::date = ${day}::date then now()
                  else (${day}::date + 1)::timestamp at time zone 'Europe/Brussels' - interval '1 millisecond' end`;
}

/** @returns the last number of the series, of which the last `count` are now the caller's */
async function advanceSeries(db: Db, series: string, count: number): Promise<number> {
  const found = await sql<{ last: number }>`
    insert into invoice_series as s (series, last_number) values (${series}, ${count})
    on conflict (series) do update set last_number = s.last_number + excluded.last_number
    returning last_number as last`.execute(db);
  return onlyRow(found).last;
}

/** The invoices of one order that were made to be paid. */
export async function readInvoicesOfOrder(
  db: Db,
  enterpriseNumber: string,
  orderId: number,
): Promise<Omit<InvoiceToWrite, 'structuredCommunication'>[]> {
  const found = await sql<Omit<InvoiceToWrite, 'structuredCommunication'>>`
    select enterprise_number as "enterpriseNumber", order_id as "orderId", cost_center as "costCenter", kind, lines,
           face_value_total as "faceValueTotal", fee_total as "feeTotal", vat_total as "vatTotal", total
      from invoice
     where enterprise_number = ${enterpriseNumber} and order_id = ${orderId} and kind <> 'credit'
     order by cost_center, kind`.execute(db);
  return found.rows;
}

/** The invoices of one order are credited: nothing is to be paid on them any more. */
export async function markInvoicesCredited(db: Db, enterpriseNumber: string, orderId: number): Promise<void> {
  await sql`
    update invoice set status = 'credited'
     where enterprise_number = ${enterpriseNumber} and order_id = ${orderId} and kind <> 'credit'`.execute(db);
}
