/** The queue of notices: what is to be sent, with everything that its text says, and how it went. */
import { type RawBuilder, sql } from 'kysely';
import type { Cents, Day, Language, Period } from '../../model.ts';
import { onlyRow } from '../answers.ts';
import type { Db } from '../database.ts';

export interface NoticeKey {
  readonly enterpriseNumber: string;
  readonly invoiceId: number;
  readonly kind: 'invoice' | 'credit-note' | 'reminder-1' | 'reminder-2';
}

export interface QueuedNotice extends NoticeKey {
  readonly language: Language;
  readonly recipient: string;
  readonly messageKey: string;
  /** that failed so far */
  readonly attempts: number;
  /** ISO moment */
  readonly queuedAt: string;
  readonly invoiceNumber: string;
  /** of a credit note: the invoices it takes back */
  readonly creditedNumbers: string | null;
  readonly lines: readonly {
    readonly kind: 'service' | 'cardProduction' | 'cardDelivery';
    readonly amount: Cents;
  }[];
  readonly faceValueTotal: Cents;
  readonly feeTotal: Cents;
  readonly vatTotal: Cents;
  readonly total: Cents;
  readonly structuredCommunication: string | null;
  readonly issuedOn: Day;
  readonly dueOn: Day;
  readonly reference: string;
  readonly period: Period;
  readonly productName: string;
  readonly employerName: string;
  /** null for an invoice to the employer itself */
  readonly costCenterLabel: string | null;
}

/**
 * The next queued notices after `after` that are due at the ISO moment `now`, locked for the caller's transaction; those that
 * another worker is sending are left out.
 */
export async function lockQueuedNotices(
  db: Db,
  { after, count, now }: { readonly after: NoticeKey | null; readonly count: number; readonly now: string },
): Promise<QueuedNotice[]> {
  const found = await sql<QueuedNotice>`
    with next as (
      select enterprise_number, invoice_id, kind, language, recipient, message_key, attempts, queued_at
        from invoice_notice
       where ${isDue(now)}
         and (enterprise_number, invoice_id, kind)
           > (${after?.enterpriseNumber ?? ''}, ${after?.invoiceId ?? 0}::bigint, ${after?.kind ?? ''})
       order by enterprise_number, invoice_id, kind
       limit ${count} for update skip locked
    )
    select n.enterprise_number as "enterpriseNumber", n.invoice_id as "invoiceId", n.kind, n.language, n.recipient,
           n.message_key as "messageKey", n.attempts, n.queued_at as "queuedAt", i.number as "invoiceNumber",
           case when i.kind = 'credit' then (
             select string_agg(b.number, ', ' order by b.id) from invoice b
              where b.enterprise_number = i.enterprise_number and b.order_id = i.order_id
                and b.cost_center = i.cost_center and b.kind <> 'credit') end as "creditedNumbers",
           i.lines, i.face_value_total as "faceValueTotal", i.fee_total as "feeTotal", i.vat_total as "vatTotal", i.total,
           i.structured_communication as "structuredCommunication", i.issued_on as "issuedOn", i.due_on as "dueOn",
           o.reference, o.run_period as period, coalesce(p.names ->> n.language, p.code) as "productName",
           e.name as "employerName", c.label as "costCenterLabel"
      from next n
      join invoice i on i.enterprise_number = n.enterprise_number and i.id = n.invoice_id
      join voucher_order o on o.enterprise_number = i.enterprise_number and o.id = i.order_id
      join product p on p.code = o.product_code
      join employer e on e.enterprise_number = i.enterprise_number
      left join cost_center c on c.enterprise_number = i.enterprise_number and c.number = i.cost_center
     order by n.enterprise_number, n.invoice_id, n.kind`.execute(db);
  return found.rows;
}

/** Notices that are due at the ISO moment `now`. */
export async function countQueuedNotices(db: Db, now: string): Promise<number> {
  const found = await sql<{ count: number }>`
    select count(*)::int as count from invoice_notice where ${isDue(now)}`.execute(db);
  return onlyRow(found).count;
}

function isDue(now: string): RawBuilder<boolean> {
  return sql<boolean>`status = 'queued' and (not_before is null or not_before <= ${now}::timestamptz)`;
}

export interface NoticeOutcome extends NoticeKey {
  /** `queued`: to be tried again */
  readonly status: 'sent' | 'failed' | 'queued';
  readonly failure: string | null;
  /** so far, this one included when it counts */
  readonly attempts: number;
  /** ISO moment before which it is not tried again; null for any time */
  readonly notBefore: string | null;
}

/** Writes how each notice went; `at` is the ISO moment of sending. */
export async function writeNoticeOutcomes(db: Db, outcomes: readonly NoticeOutcome[], at: string): Promise<void> {
  await sql`
    update invoice_notice n
       set status = o.status, failure = o.failure, attempts = o.attempts, not_before = o."notBefore",
           sent_at = case o.status when 'sent' then ${at}::timestamptz end
      from jsonb_to_recordset(${JSON.stringify(outcomes)}::jsonb)
             as o ("enterpriseNumber" text, "invoiceId" bigint, kind text, status text, failure text,
                   attempts integer, "notBefore" timestamptz)
     where n.enterprise_number = o."enterpriseNumber" and n.invoice_id = o."invoiceId" and n.kind = o.kind`.execute(db);
}
