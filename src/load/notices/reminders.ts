/** Unpaid invoices: the reminders that are queued for them, and the orders that nobody paid in time. */
import { sql } from 'kysely';
import type { Cents, Day } from '../../model.ts';
import { countWritten } from '../answers.ts';
import type { Db } from '../database.ts';
import type { OrderKey } from '../orders/order-locks.ts';

export interface ReminderToQueue {
  readonly kind: 'reminder-1' | 'reminder-2';
  /** days after the invoice date */
  readonly afterDays: number;
  /** days after the first reminder; null for the first one */
  readonly afterFirst: number | null;
}

/** Money for the invoice `i` came in and a person has to decide about it: nobody is asked for the whole of it meanwhile. */
const WITH_OPERATIONS = sql`exists (
  select from payment p
   where p.enterprise_number = i.enterprise_number and p.invoice_id = i.id and p.status in ('partial', 'over', 'duplicate'))`;

/**
 * Queues one kind of reminder for every open invoice that is due for it and did not get it yet; a second one only when the
 * first went long enough ago, so that nobody gets both at once after a standstill. None while money for it is with operations.
 * @param queuedAt ISO moment within `today`
 * @returns how many were queued
 */
export async function queueReminders(
  db: Db,
  { kind, afterDays, afterFirst }: ReminderToQueue,
  { today, queuedAt }: { readonly today: Day; readonly queuedAt: string },
): Promise<number> {
  const queued = await sql`
    insert into invoice_notice (enterprise_number, invoice_id, kind, language, recipient, status, message_key, queued_at)
    select i.enterprise_number, i.id, ${kind}, e.language, coalesce(c.invoice_email, e.invoice_email), 'queued',
           ${kind}::text || '-' || i.number, ${queuedAt}::timestamptz
      from invoice i
      join voucher_order o on o.enterprise_number = i.enterprise_number and o.id = i.order_id
      join employer e on e.enterprise_number = i.enterprise_number
      left join cost_center c on c.enterprise_number = i.enterprise_number and c.number = i.cost_center
     where i.status = 'open' and i.kind <> 'credit' and o.status = 'invoiced'
       and i.issued_on + ${afterDays}::int <= ${today}::date and not ${WITH_OPERATIONS}
       and (${afterFirst}::int is null or exists (
         select from invoice_notice f
          where f.enterprise_number = i.enterprise_number and f.invoice_id = i.id and f.kind = 'reminder-1'
            and (f.queued_at at time zone 'Europe/Brussels')::date + ${afterFirst}::int <= ${today}::date))
    on conflict (enterprise_number, invoice_id, kind) do nothing`.execute(db);
  return countWritten(queued);
}

/** Reminders of these employers that wait although their invoice is open no more, or money for it is with operations; one that is being handed over at this moment is left alone. */
export async function withdrawReminders(db: Db, employers: readonly string[]): Promise<void> {
  await sql`
    delete from invoice_notice n
     using (select q.enterprise_number, q.invoice_id, q.kind
              from invoice_notice q
              join invoice i on i.enterprise_number = q.enterprise_number and i.id = q.invoice_id
             where q.enterprise_number = any(${employers}::text[]) and q.status = 'queued'
               and q.kind in ('reminder-1', 'reminder-2') and (i.status <> 'open' or ${WITH_OPERATIONS})
               for update of q skip locked) moot
     where n.enterprise_number = moot.enterprise_number and n.invoice_id = moot.invoice_id and n.kind = moot.kind`.execute(
    db,
  );
}

/** Orders with an invoice that is open `afterDays` days after its date, or longer. */
export async function findExpiredOrders(
  db: Db,
  today: Day,
  afterDays: number,
): Promise<(OrderKey & { readonly total: Cents })[]> {
  const found = await sql<OrderKey & { total: Cents }>`
    select o.enterprise_number as "enterpriseNumber", o.id, o.total
      from voucher_order o
     where o.status = 'invoiced' and exists (
       select from invoice i
        where i.enterprise_number = o.enterprise_number and i.order_id = o.id and i.kind <> 'credit' and i.status = 'open'
          and i.issued_on + ${afterDays}::int <= ${today}::date)
     order by o.enterprise_number, o.id`.execute(db);
  return found.rows;
}
