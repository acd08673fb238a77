/** The queue of notices as commands list it. */
import { sql } from 'kysely';
import type { Db } from '../database.ts';

export interface NoticeRow {
  /** names one notice for good; also the id of its message */
  readonly messageKey: string;
  readonly enterpriseNumber: string;
  readonly invoiceId: number;
  readonly invoiceNumber: string;
  readonly kind: string;
  readonly language: string;
  readonly recipient: string;
  readonly status: string;
  readonly attempts: number;
  readonly failure: string | null;
  readonly queuedAt: string;
  readonly sentAt: string | null;
}

/** Notices in the order of their queueing: those with the status, or all (null). */
export async function readNotices(db: Db, status: string | null): Promise<NoticeRow[]> {
  const found = await sql<NoticeRow>`
    select n.message_key as "messageKey", n.enterprise_number as "enterpriseNumber", n.invoice_id as "invoiceId",
           i.number as "invoiceNumber", n.kind, n.language, n.recipient, n.status, n.attempts, n.failure,
           n.queued_at as "queuedAt", n.sent_at as "sentAt"
      from invoice_notice n
      join invoice i on i.enterprise_number = n.enterprise_number and i.id = n.invoice_id
     where (${status}::text is null or n.status = ${status})
     order by n.queued_at, n.invoice_id, n.kind`.execute(db);
  return found.rows;
}
