/** A notice that a person has sent anew: what it was is kept, and it is queued under a new message key. */
import { sql } from 'kysely';
import type { Db } from '../database.ts';

export interface SentAgain {
  readonly enterpriseNumber: string;
  readonly invoiceNumber: string;
  readonly kind: string;
  readonly messageKey: string;
}

export interface AgainRequest {
  readonly messageKey: string;
  readonly by: string;
  readonly why: string;
  /** ISO moment */
  readonly at: string;
}

/**
 * Queues the notice again, to the address that employer or cost center has now and in the employer's language; an e-invoice of
 * it that failed is queued too. Nothing happens to a notice that is still queued.
 * @returns null when no notice of this key was sent or failed
 */
export async function queueNoticeAgain(db: Db, { messageKey, by, why, at }: AgainRequest): Promise<SentAgain | null> {
  const found = await sql<SentAgain>`
    with old as (
      select n.*, i.number, i.cost_center from invoice_notice n
        join invoice i on i.enterprise_number = n.enterprise_number and i.id = n.invoice_id
       where n.message_key = ${messageKey} and n.status <> 'queued' for update of n
    ), kept as (
      insert into notice_again (enterprise_number, invoice_id, kind, message_key, recipient, status, attempts, failure, sent_at,
                                decided_by, why, at)
      select enterprise_number, invoice_id, kind, message_key, recipient, status, attempts, failure, sent_at,
             ${by}, ${why}, ${at}::timestamptz from old
      returning enterprise_number
    ), e_invoice_again as (
      update e_invoice x set status = 'queued', failure = null from old
       where x.enterprise_number = old.enterprise_number and x.invoice_id = old.invoice_id and x.status = 'failed'
    )
    update invoice_notice n
       set status = 'queued', attempts = 0, failure = null, not_before = null, sent_at = null, queued_at = ${at}::timestamptz,
           language = e.language, recipient = coalesce(c.invoice_email, e.invoice_email),
           message_key = old.kind || '-' || old.number || '-again-' || (
             select count(*) + 1 from notice_again a
              where a.enterprise_number = old.enterprise_number and a.invoice_id = old.invoice_id and a.kind = old.kind)
      from old
      join employer e on e.enterprise_number = old.enterprise_number
      left join cost_center c on c.enterprise_number = old.enterprise_number and c.number = old.cost_center
     where n.enterprise_number = old.enterprise_number and n.invoice_id = old.invoice_id and n.kind = old.kind
    returning n.enterprise_number as "enterpriseNumber", old.number as "invoiceNumber", n.kind,
              n.message_key as "messageKey"`.execute(db);
  return found.rows[0] ?? null;
}
