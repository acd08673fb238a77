/** The queue of e-invoices: which invoices have none yet, with everything that one says, and how it went. */
import { sql } from 'kysely';
import type { Cents, Day, Language, Period } from '../../model.ts';
import { onlyRow } from '../answers.ts';
import type { Db } from '../database.ts';

export interface QueuedEInvoice {
  readonly enterpriseNumber: string;
  readonly invoiceId: number;
  readonly kind: 'order' | 'product' | 'card' | 'credit';
  readonly number: string;
  readonly issuedOn: Day;
  readonly dueOn: Day;
  readonly structuredCommunication: string | null;
  readonly lines: readonly {
    readonly kind: 'service' | 'cardProduction' | 'cardDelivery';
    readonly quantity: number;
    readonly unit?: Cents;
    readonly amount: Cents;
  }[];
  readonly faceValueTotal: Cents;
  readonly feeTotal: Cents;
  readonly vatTotal: Cents;
  readonly total: Cents;
  readonly reference: string;
  readonly productName: string;
  readonly employerName: string;
  readonly language: Language;
  /** null for an invoice to the employer itself */
  readonly costCenter: {
    readonly label: string;
    readonly street: string;
    readonly postalCode: string;
    readonly city: string;
    readonly country: string;
  } | null;
  /** what was ordered for the cost center, by month worked and face value */
  readonly vouchers: readonly { readonly period: Period; readonly faceValue: Cents; readonly quantity: number }[];
  /** of a credit note: the invoices it takes back */
  readonly credited: readonly {
    readonly number: string;
    readonly issuedOn: Day;
    readonly faceValueTotal: Cents;
    readonly feeTotal: Cents;
  }[];
}

export async function countQueuedEInvoices(db: Db): Promise<number> {
  const found = await sql<{ count: number }>`
    select count(*)::int as count from e_invoice where status = 'queued'`.execute(db);
  return onlyRow(found).count;
}

/** The next queued e-invoices, locked for the caller's transaction; those that another worker is writing are left out. */
export async function lockQueuedEInvoices(db: Db, count: number): Promise<QueuedEInvoice[]> {
  const found = await sql<QueuedEInvoice>`
    with next as (
      select enterprise_number, invoice_id from e_invoice
       where status = 'queued' order by enterprise_number, invoice_id limit ${count} for update skip locked
    )
    select i.enterprise_number as "enterpriseNumber", i.id as "invoiceId", i.kind, i.number, i.issued_on as "issuedOn",
           i.due_on as "dueOn", i.structured_communication as "structuredCommunication", i.lines,
           i.face_value_total as "faceValueTotal", i.fee_total as "feeTotal", i.vat_total as "vatTotal", i.total,
           o.reference, coalesce(p.names ->> e.language, p.code) as "productName", e.name as "employerName", e.language,
           case when c.number is not null then jsonb_build_object(
             'label', c.label, 'street', concat_ws(' ', c.street, c.house_number, c.box), 'postalCode', c.postal_code,
             'city', c.city, 'country', c.country) end as "costCenter",
           coalesce(v.vouchers, '[]') as vouchers, coalesce(b.credited, '[]') as credited
      from next n
      join invoice i on i.enterprise_number = n.enterprise_number and i.id = n.invoice_id
      join voucher_order o on o.enterprise_number = i.enterprise_number and o.id = i.order_id
      join product p on p.code = o.product_code
      join employer e on e.enterprise_number = i.enterprise_number
      left join cost_center c on c.enterprise_number = i.enterprise_number and c.number = i.cost_center
      left join lateral (
        select jsonb_agg(jsonb_build_object('period', l.period, 'faceValue', l.face_value, 'quantity', l.quantity)
                         order by l.period, l.face_value) as vouchers
          from (select period, face_value, sum(quantity) as quantity from order_line
                 where enterprise_number = i.enterprise_number and order_id = i.order_id and cost_center = i.cost_center
                 group by 1, 2 having sum(quantity) <> 0) l
         where i.kind <> 'card') v on true
      left join lateral (
        select jsonb_agg(jsonb_build_object('number', o.number, 'issuedOn', o.issued_on, 'faceValueTotal', o.face_value_total,
                                            'feeTotal', o.fee_total) order by o.id) as credited
          from invoice o
         where i.kind = 'credit' and o.enterprise_number = i.enterprise_number and o.order_id = i.order_id
           and o.cost_center = i.cost_center and o.kind <> 'credit') b on true
     order by n.enterprise_number, n.invoice_id`.execute(db);
  return found.rows;
}

export interface EInvoiceOutcome {
  readonly enterpriseNumber: string;
  readonly invoiceId: number;
  readonly status: 'written' | 'failed';
  readonly failure: string | null;
  /** names of its files */
  readonly files: readonly string[];
}

/** Writes how each e-invoice went; `at` is the ISO moment of writing. */
export async function writeEInvoiceOutcomes(db: Db, outcomes: readonly EInvoiceOutcome[], at: string): Promise<void> {
  await sql`
    update e_invoice n
       set status = o.status, failure = o.failure, files = o.files,
           written_at = case o.status when 'written' then ${at}::timestamptz end
      from jsonb_to_recordset(${JSON.stringify(outcomes)}::jsonb)
             as o ("enterpriseNumber" text, "invoiceId" bigint, status text, failure text, files text[])
     where n.enterprise_number = o."enterpriseNumber" and n.invoice_id = o."invoiceId"`.execute(db);
}
