/** Orders on their way to the card platform: which are due, what they hold, and the queue of their files. */
import { sql } from 'kysely';
import type { Cents, Day } from '../../model.ts';
import type { Db } from '../database.ts';
import type { OrderKey } from '../orders/order-locks.ts';

/** The place that release files go to, as the queue of outgoing files names it. */
const CARD_PLATFORM = 'card-platform';

/** An order on which nothing is to be paid has no invoice that could ever be paid: it is paid as soon as it is confirmed. */
export async function payOrdersWithoutInvoice(db: Db, today: Day): Promise<void> {
  await sql`
    update voucher_order o set status = 'paid', paid_on = ${today}::date
     where o.status = 'invoiced'
       and not exists (
         select from invoice i
          where i.enterprise_number = o.enterprise_number and i.order_id = o.id and i.kind <> 'credit')`.execute(db);
}

/** Paid orders whose validity start has come; nothing is locked. */
export async function findOrdersToRelease(db: Db, today: Day): Promise<OrderKey[]> {
  const found = await sql<OrderKey>`
    select enterprise_number as "enterpriseNumber", id from voucher_order
     where status = 'paid' and validity_start <= ${today}::date order by 1, 2`.execute(db);
  return found.rows;
}

export interface OrderToRelease {
  readonly product: string;
  readonly validityStart: Day;
  /** as configuration gives it: months, or a day of the year */
  readonly validity: { readonly months: number } | { readonly until: MonthDay; readonly yearStarts: MonthDay };
}

interface MonthDay {
  readonly month: number;
  readonly day: number;
}

/** The order under the lock of its employer; null when it was released, cancelled or unpaid meanwhile. */
export async function lockOrderToRelease(db: Db, { enterpriseNumber, id }: OrderKey): Promise<OrderToRelease | null> {
  await sql`select from employer where enterprise_number = ${enterpriseNumber} for update`.execute(db);
  const found = await sql<OrderToRelease>`
    select o.product_code as product, o.validity_start as "validityStart", p.validity
      from voucher_order o join product p on p.code = o.product_code
     where o.enterprise_number = ${enterpriseNumber} and o.id = ${id} and o.status = 'paid'`.execute(db);
  return found.rows[0] ?? null;
}

export async function readLinesToRelease(
  db: Db,
  { enterpriseNumber, id }: OrderKey,
): Promise<{ readonly nationalRegisterNumber: string; readonly faceValue: Cents; readonly quantity: number }[]> {
  const found = await sql<{ nationalRegisterNumber: string; faceValue: Cents; quantity: number }>`
    select b.national_register_number as "nationalRegisterNumber", l.face_value as "faceValue",
           sum(l.quantity)::int as quantity
      from order_line l
      join beneficiary b on b.enterprise_number = l.enterprise_number and b.id = l.beneficiary_id
     where l.enterprise_number = ${enterpriseNumber} and l.order_id = ${id}
     group by 1, 2`.execute(db);
  return found.rows;
}

export async function readCardsToRelease(
  db: Db,
  { enterpriseNumber, id }: OrderKey,
): Promise<{ readonly nationalRegisterNumber: string; readonly action: 'new' | 'renewal' | 'replacement' }[]> {
  const found = await sql<{ nationalRegisterNumber: string; action: 'new' | 'renewal' | 'replacement' }>`
    select national_register_number as "nationalRegisterNumber", action from order_card
     where enterprise_number = ${enterpriseNumber} and order_id = ${id}`.execute(db);
  return found.rows;
}

/** The order is released, and its ordered cards are active in place of those they replace. */
export async function markReleased(
  db: Db,
  { enterpriseNumber, id }: OrderKey,
  { releasedOn, expiresOn }: { readonly releasedOn: Day; readonly expiresOn: Day },
): Promise<void> {
  const ordered = sql`
    select c.national_register_number, c.sequence from order_card k
      join card c on c.national_register_number = k.national_register_number and c.sequence = k.sequence
     where k.enterprise_number = ${enterpriseNumber} and k.order_id = ${id} and c.status = 'ordered'`;
  // Two statements, in this order: at no moment may a person have two active cards.
  await sql`
    update card c set status = 'replaced' from (${ordered}) k
     where c.national_register_number = k.national_register_number and c.status = 'active'`.execute(db);
  await sql`
    update card c set status = 'active', produced_on = ${releasedOn}::date, expires_on = ${expiresOn}::date
      from (${ordered}) k
     where c.national_register_number = k.national_register_number and c.sequence = k.sequence`.execute(db);
  await sql`
    update voucher_order set status = 'released', released_on = ${releasedOn}::date
     where enterprise_number = ${enterpriseNumber} and id = ${id}`.execute(db);
}

/** Queues the file of an order with its content, which stays there until the file is written. */
export async function queueRelease(
  db: Db,
  file: { readonly orderId: number; readonly name: string; readonly content: string; readonly sha256: string },
): Promise<void> {
  await sql`
    insert into outgoing_file (order_id, drop_id, name, kind, status, sha256, content)
    values (${file.orderId}, ${CARD_PLATFORM}, ${file.name}, 'release', 'queued', ${file.sha256}, ${file.content})
  `.execute(db);
}

/** Ids of the release files that are still to be written, oldest first. */
export async function findQueuedReleases(db: Db): Promise<number[]> {
  const found = await sql<{ id: number }>`
    select id from outgoing_file
     where drop_id = ${CARD_PLATFORM} and kind = 'release' and status = 'queued' order by id`.execute(db);
  return found.rows.map(({ id }) => id);
}

export interface QueuedRelease {
  readonly orderId: number;
  readonly enterpriseNumber: string;
  readonly name: string;
  readonly content: string;
}

/** One queued file, locked; null when somebody else has written it meanwhile. */
export async function lockQueuedRelease(db: Db, id: number): Promise<QueuedRelease | null> {
  const found = await sql<QueuedRelease>`
    select f.order_id as "orderId", o.enterprise_number as "enterpriseNumber", f.name, f.content
      from outgoing_file f join voucher_order o on o.id = f.order_id
     where f.id = ${id} and f.status = 'queued' for update of f`.execute(db);
  return found.rows[0] ?? null;
}

/** The file is there: its content, which names people, is not kept twice. */
export async function markReleaseWritten(db: Db, id: number, at: string): Promise<void> {
  await sql`
    update outgoing_file
       set status = 'sent', attempts = attempts + 1, sent_at = ${at}::timestamptz, content = null
     where id = ${id}`.execute(db);
}

export async function markReleaseTried(db: Db, id: number): Promise<void> {
  await sql`update outgoing_file set attempts = attempts + 1 where id = ${id}`.execute(db);
}
