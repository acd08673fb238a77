/** What stands in an inbox and is known: files that were listed before, and decided ones that are still to be moved out. */
import { sql } from 'kysely';
import type { Db } from '../database.ts';

export interface Arrival {
  readonly id: number;
  readonly status: string;
  readonly sha256: string | null;
  /** false while it is left for later */
  readonly due: boolean;
  readonly received_at: string;
  readonly looked_twice: boolean;
}

/** The delivery that is this very file: same path, size and time, and not moved out of the inbox since. */
export async function findOpenArrival(
  db: Db,
  dropId: string,
  path: string,
  size: number,
  mtime: string,
): Promise<Arrival | null> {
  const found = await sql<Arrival>`
    select id, status, sha256, not_before is null or not_before <= now() as due, received_at, looked_twice
      from drop_file
     where drop_id = ${dropId} and path = ${path} and listed_size = ${size} and mtime = ${mtime}::timestamptz
       and archived_as is null
     order by id desc limit 1`.execute(db);
  return found.rows[0] ?? null;
}

export interface ToArchive {
  readonly id: number;
  readonly name: string;
  readonly size: number;
  readonly mtime: string;
  readonly status: string;
  readonly received_at: string;
  readonly sha256: string | null;
}

/**
 * Decided files that still stand in the inbox of a drop, oldest first; size and time as they were listed. One whose name is
 * unsafe stays where it is.
 */
export async function listToArchive(db: Db, dropId: string): Promise<ToArchive[]> {
  const found = await sql<ToArchive>`
    select id, name, listed_size as size, mtime, status, received_at, sha256 from drop_file
     where drop_id = ${dropId} and archived_as is null
       and status in ('applied', 'duplicate', 'superseded', 'held', 'rejected', 'parked')
       and not exists (select from row_issue i where i.file_id = drop_file.id and i.code = 'file.name')
     order by id`.execute(db);
  return found.rows;
}

/** `archivedAs` is blank when nothing was moved: the file was gone, or another one had taken its name. */
export async function markArchived(db: Db, id: number, archivedAs: string): Promise<void> {
  await sql`
    update drop_file set archived_as = ${archivedAs}, status = case when status = 'applied' then 'archived' else status end
     where id = ${id}`.execute(db);
}

export async function markLookedTwice(db: Db, id: number): Promise<void> {
  await sql`update drop_file set looked_twice = true where id = ${id}`.execute(db);
}

export async function hasReceivedSince(db: Db, dropId: string, day: string): Promise<boolean> {
  const found = await sql`
    select from drop_file where drop_id = ${dropId} and received_on >= ${day}::date limit 1`.execute(db);
  return found.rows.length > 0;
}
