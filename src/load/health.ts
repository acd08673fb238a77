/** Health at a glance: what came in, what waits, what is open. */
import { sql } from 'kysely';
import { onlyRow } from './answers.ts';
import type { Db } from './database.ts';
import { refundsDue } from './payments/refunds.ts';
import { TAKEN_BACK, WAITS_FOR_PERSON } from './payments/waiting-entries.ts';

export interface DropHealth {
  readonly dropId: string;
  readonly files: number;
  /** ISO moment of the last delivery */
  readonly lastReceivedAt: string;
  /** its Belgian day */
  readonly lastReceivedOn: string;
  readonly lastStatus: string;
}

export interface PlanWaiting {
  readonly planHash: string;
  readonly fileId: number;
  readonly dropId: string;
  /** ISO moments */
  readonly heldAt: string;
  readonly expiresAt: string;
  /** why it is held, such as `deactivations.ratio` */
  readonly gates: readonly string[];
}

export interface FileWaiting {
  readonly id: number;
  readonly dropId: string;
  readonly name: string;
  /** ISO moment */
  readonly receivedAt: string;
}

export interface Health {
  readonly drops: readonly DropHealth[];
  /** the oldest ten of each, of `heldPlans` and `parkedFiles` in all */
  readonly plans: readonly PlanWaiting[];
  readonly parked: readonly FileWaiting[];
  /** given by hand, and their import did not come to an end; the oldest ten */
  readonly brokenOff: readonly FileWaiting[];
  readonly heldPlans: number;
  /** seconds since the oldest was held, 0 when none is */
  readonly oldestPlanSeconds: number;
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
  const plans = await sql<PlanWaiting>`
    select p.plan_hash as "planHash", p.file_id as "fileId", f.drop_id as "dropId", p.held_at as "heldAt",
           p.expires_at as "expiresAt",
           array(select distinct r->>'gate' from jsonb_array_elements(p.reasons) r order by 1) as gates
      from held_plan p join drop_file f on f.id = p.file_id
     where p.decision is null order by p.id limit 10`.execute(db);
  const parked = await sql<FileWaiting>`
    select id, drop_id as "dropId", name, received_at as "receivedAt" from drop_file
     where status = 'parked' order by id limit 10`.execute(db);
  const brokenOff = await sql<FileWaiting>`
    select id, drop_id as "dropId", name, received_at as "receivedAt" from drop_file
     where status = 'fetched' and by_hand and received_at < now() - interval '1 minute' order by id limit 10`.execute(
    db,
  );
  const drops = await sql<DropHealth>`
    select f.drop_id as "dropId", d.files, f.received_at as "lastReceivedAt", f.received_on as "lastReceivedOn",
           f.status as "lastStatus"
      from (select drop_id, count(*)::int as files, max(id) as id from drop_file group by drop_id) d
      join drop_file f on f.id = d.id order by 1`.execute(db);
  const counts = await sql<Omit<Health, 'drops' | 'plans' | 'parked' | 'brokenOff'>>`
    select (select count(*)::int from held_plan where decision is null) as "heldPlans",
           (select coalesce(extract(epoch from now() - min(held_at)), 0)::int from held_plan where decision is null)
             as "oldestPlanSeconds",
           (select count(*)::int from drop_file where status = 'parked') as "parkedFiles",
           (select count(*)::int from drop_file where status in ('seen', 'waiting', 'fetched')) as "unfinishedFiles",
           (select count(*)::int from voucher_order where status = 'draft') as "draftOrders",
           (select count(*)::int from voucher_order where status = 'invoiced') as "unpaidOrders",
           (select coalesce(sum(total), 0)::bigint from voucher_order where status = 'invoiced') as "unpaidTotal",
           (select count(*)::int from invoice where status = 'open' and kind <> 'credit' and due_on < ${today}::date)
             as "overdueInvoices",
           (select count(*)::int from invoice_notice where status = 'queued') as "queuedNotices",
           (select count(*)::int from invoice_notice where status = 'failed') as "failedNotices",
           (select count(*)::int from bank_entry where ${WAITS_FOR_PERSON}) as "openBankEntries",
           (select count(*)::int from bank_entry where ${TAKEN_BACK}) as "paymentsTakenBack",
           r."refundsDue", r."refundTotal"
      from (select count(*)::int as "refundsDue", coalesce(sum(due), 0)::bigint as "refundTotal"
              from (${refundsDue}) d) r`.execute(db);
  return { drops: drops.rows, plans: plans.rows, parked: parked.rows, brokenOff: brokenOff.rows, ...onlyRow(counts) };
}
