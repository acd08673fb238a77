/** What goes back to a sender: the queue of receipts, one row a file, with names that are never used twice in a drop. */
import { sql } from 'kysely';
import type { Db } from './database.ts';

export interface OutgoingFile {
  readonly id: number;
  readonly fileId: number;
  readonly name: string;
  readonly kind: 'receipt' | 'rejects';
}

/** Queues the receipt of a delivery; a further one of the same content is numbered. */
export async function queueReceipt(db: Db, file: { id: number; drop_id: string; name: string; sha256: string }): Promise<void> {
  const stem = `${file.name}.${file.sha256.slice(0, 8)}.receipt`;
  // Deliveries of the same name and content may end at the same moment; they must not take the same number.
  await sql`select pg_advisory_xact_lock(hashtextextended(${`${file.drop_id}/${stem}`}, 2))`.execute(db);
  const taken = await db
    .selectFrom('outgoing_file')
    .select((query) => query.fn.countAll<number>().as('count'))
    .where('drop_id', '=', file.drop_id)
    .where(sql<boolean>`left(name, ${stem.length + 1}::int) = ${`${stem}.`}`)
    .executeTakeFirstOrThrow();
  const name = taken.count === 0 ? `${stem}.json` : `${stem}.${taken.count + 1}.json`;
  await db
    .insertInto('outgoing_file')
    .values({ file_id: file.id, drop_id: file.drop_id, name, kind: 'receipt', status: 'queued' })
    .execute();
}

/** What still has to be put into a drop's `out`, oldest first. */
export async function listQueuedOutgoing(db: Db, dropId: string): Promise<OutgoingFile[]> {
  const found = await sql<OutgoingFile>`
    select id, file_id as "fileId", name, kind from outgoing_file
     where drop_id = ${dropId} and status = 'queued' and file_id is not null order by id`.execute(db);
  return found.rows;
}

export async function markOutgoingSent(db: Db, id: number, sha256: string): Promise<void> {
  await sql`
    update outgoing_file set status = 'sent', attempts = attempts + 1, sha256 = ${sha256}, sent_at = now() where id = ${id}
  `.execute(db);
}

export async function markOutgoingTried(db: Db, id: number): Promise<void> {
  await sql`update outgoing_file set attempts = attempts + 1 where id = ${id}`.execute(db);
}
