/** Health at a glance: what came in, what waits, what is open. */
import { sql } from 'kysely';
import type { Db } from './database.ts';
import { refundsDue } from './payments/refunds.ts';

export interface DropHealth {
  readonly dropId: string;
  readonly files: number;
  /** ISO moment of the last delivery */
  readonly lastReceivedAt: string;
  readonly lastStatus: string;
}

export interface Health {
  readonly drops: readonly DropHealth[];
  readonly heldPlans: number;
  readonly parkedFiles: number;
  readonly unfinishedFiles: number;
  readonly draftOrders: number;
  readonly unpaidOrders: number;
  readonly unpaidTotal: number;
  readonly overdueInvoices: number;
  readonly queuedNotices: number;
  readonly failedNotices: number;
  readonly openBankEntries: number;
  /** payments that went back after their order was released */
  readonly paymentsTakenBack: number;
  /** cancelled orders whose money was not paid back yet, and that money in cents */
  readonly refundsDue: number;
  readonly refundTotal: number;
}

export async function readHealth(db: Db, today: string): Promise<Health> {
  const drops = await sql<DropHealth>`
    select distinct on (drop_id) drop_id as "dropId", (count(*) over (partition by drop_id))::int as files,
           received_at as "lastReceivedAt", status as "lastStatus"
      from drop_file order by drop_id, received_at desc, id desc`.execute(db);
  const counts = await sql<Omit<Health, 'drops'>>`
    select (select count(*)::int from held_plan where decision is null) as "heldPlans",
           (select count(*)::int from drop_file where status = 'parked') as "parkedFiles",
           (select count(*)::int from drop_file where status in ('seen', 'waiting', 'fetched')) as "unfinishedFiles",
           (select count(*)::int from voucher_order where status = 'draft') as "draftOrders",
           (select count(*)::int from voucher_order where status = 'invoiced') as "unpaidOrders",
           (select coalesce(sum(total), 0)::bigint from voucher_order where status = 'invoiced') as "unpaidTotal",
           (select count(*)::int from invoice where status = 'open' and kind <> 'credit' and due_on < ${today}::date)
             as "overdueInvoices",
           (select count(*)::int from invoice_notice where status = 'queued') as "queuedNotices",
           (select count(*)::int from invoice_notice where status = 'failed') as "failedNotices",
           (select count(*)::int from bank_entry where status in ('partial', 'over', 'duplicate', 'unknown'))
             as "openBankEntries",
           (select count(*)::int from bank_entry where status = 'reversed' and why = 'takes-back-released')
             as "paymentsTakenBack",
           r."refundsDue", r."refundTotal"
      from (select count(*)::int as "refundsDue", coalesce(sum(due), 0)::bigint as "refundTotal"
              from (${refundsDue}) d) r`.execute(db);
  const [row] = counts.rows;
  if (row === undefined) throw new Error('the database gave no counts');
  return { drops: drops.rows, ...row };
}
