/** What was kept long enough: kept bytes, rejects files and history, each a batch at a time. */
import { type RawBuilder, sql } from 'kysely';
import type { Day } from '../../model.ts';
import { countWritten, onlyRow } from '../answers.ts';
import type { Db } from '../database.ts';

/** How many kept files, and how many rows of history, are older than their day: what there is to remove, at most. */
export async function countOld(db: Db, raw: Day, history: Day): Promise<{ rawFiles: number; historyRows: number }> {
  const found = await sql<{ rawFiles: number; historyRows: number }>`
    select (select count(*)::int from (${oldRawFiles(raw)}) f) as "rawFiles",
           (select count(*)::int from beneficiary_change where at < ${history}::date) as "historyRows"`.execute(db);
  return onlyRow(found);
}

function oldRawFiles(before: Day): RawBuilder<{ sha256: string }> {
  return sql`
    select sha256 from drop_file where sha256 is not null and raw_removed_on is null
     group by sha256
    having max(received_on) < ${before}::date and bool_and(status not in ('seen', 'waiting', 'fetched', 'held'))`;
}

/** Hashes of kept files of which every delivery is older than the day and decided. */
export async function findOldRawFiles(db: Db, before: Day, atMost: number): Promise<string[]> {
  const found = await sql<{ sha256: string }>`${oldRawFiles(before)} order by sha256 limit ${atMost}`.execute(db);
  return found.rows.map(({ sha256 }) => sha256);
}

/** The bytes are gone, and with them what was said about their rows. */
export async function markRawRemoved(db: Db, hashes: readonly string[], before: Day, today: Day): Promise<void> {
  await sql`
    with removed as (
      update drop_file set raw_removed_on = ${today}::date
       where sha256 = any (${[...hashes]}::text[]) and raw_removed_on is null and received_on < ${before}::date
      returning id
    )
    delete from row_issue i using removed r where i.file_id = r.id and i.row_number is not null`.execute(db);
}

export interface OldRejects {
  readonly id: number;
  readonly dropId: string;
  readonly name: string;
}

/** Rejects files that were put into the drops' `out` before the day. */
export async function findOldRejects(db: Db, before: Day, dropIds: readonly string[]): Promise<OldRejects[]> {
  const found = await sql<OldRejects>`
    select id, drop_id as "dropId", name from outgoing_file
     where kind = 'rejects' and status = 'sent' and removed_on is null and sent_at < ${before}::date
       and drop_id = any (${[...dropIds]}::text[])
     order by id`.execute(db);
  return found.rows;
}

export async function markRejectsRemoved(db: Db, id: number, today: Day): Promise<void> {
  await sql`update outgoing_file set removed_on = ${today}::date where id = ${id}`.execute(db);
}

/** @returns how many rows of history went, at most `atMost` */
export async function removeOldHistory(db: Db, before: Day, atMost: number): Promise<number> {
  const removed = await sql`
    delete from beneficiary_change
     where (enterprise_number, beneficiary_id, id) in (
       select enterprise_number, beneficiary_id, id from beneficiary_change where at < ${before}::date limit ${atMost})`.execute(
    db,
  );
  return countWritten(removed);
}

/** Who decided and why, in the words that were typed: the counts and the decisions themselves stay. @returns rows that lost their words */
export async function removeOldWords(db: Db, before: Day): Promise<number> {
  const grants = await sql`
    update entitlement_change set changed_by = null, why = null
     where at < ${before}::date and (why is not null or changed_by is not null)`.execute(db);
  const plans = await sql`
    update held_plan set decided_by = null, why = null
     where decided_at < ${before}::date and (why is not null or decided_by is not null)`.execute(db);
  return countWritten(grants) + countWritten(plans);
}
