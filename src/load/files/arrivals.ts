/** What stands in an inbox and is known: files that were listed before, and decided ones that are still to be moved out. */
import { sql } from 'kysely';
import { onlyRow } from '../answers.ts';
import type { Db } from '../database.ts';

export interface Arrival {
  readonly id: number;
  readonly status: string;
  readonly sha256: string | null;
  /** false while it is left for later */
  readonly due: boolean;
  /** whether another file of the same time cannot follow its bytes as they were read */
  readonly second_passed: boolean;
  /** it has stood in listings for longer than a second of its server */
  readonly stood: boolean;
}

/** A file of a listing, by what the ledger knows it. */
export interface ListedFile {
  readonly path: string;
  readonly size: number;
  readonly mtime: string;
}

/** By path, the deliveries that are these very files: same path, size and time, and not moved out of the inbox since. */
export async function findOpenArrivals(
  db: Db,
  dropId: string,
  files: readonly ListedFile[],
): Promise<ReadonlyMap<string, Arrival>> {
  const found = await sql<Arrival & { path: string }>`
    select distinct on (f.path) f.path, f.id, f.status, f.sha256, f.not_before is null or f.not_before <= now() as due,
           f.second_passed, f.seen_at < now() - interval '2 seconds' as stood
      from unnest(${files.map(({ path }) => path)}::text[], ${files.map(({ size }) => size)}::bigint[],
                  ${files.map(({ mtime }) => mtime)}::timestamptz[]) as l (path, size, mtime)
      join drop_file f on f.drop_id = ${dropId} and f.path = l.path and f.listed_size = l.size and f.mtime = l.mtime
     where f.archived_as is null
     order by f.path, f.id desc`.execute(db);
  return new Map(found.rows.map(({ path, ...arrival }) => [path, arrival]));
}

export interface ToArchive {
  readonly id: number;
  readonly name: string;
  readonly size: number;
  readonly mtime: string;
  readonly status: string;
  readonly received_at: string;
  readonly sha256: string | null;
  readonly second_passed: boolean;
}

/**
 * Decided files that still stand in the inbox of a drop, oldest first; size and time as they were listed. One whose name is
 * unsafe stays where it is.
 */
export async function listToArchive(
  db: Db,
  dropId: string,
  most: number,
  except: readonly number[],
): Promise<ToArchive[]> {
  const found = await sql<ToArchive>`
    select id, name, listed_size as size, mtime, status, received_at, sha256, second_passed from drop_file
     where drop_id = ${dropId} and archived_as is null
       and status in ('applied', 'duplicate', 'superseded', 'held', 'rejected', 'parked')
       and not exists (select from row_issue i where i.file_id = drop_file.id and i.code = 'file.name')
       and id <> all (${except}::bigint[])
     order by id limit ${most}`.execute(db);
  return found.rows;
}

/** A file that was seen and not read yet, as it was listed. */
export interface Unread extends ListedFile {
  readonly id: number;
}

export async function listUnread(db: Db, dropId: string): Promise<Unread[]> {
  const found = await sql<Unread>`
    select id, path, listed_size as size, mtime from drop_file
     where drop_id = ${dropId} and status in ('seen', 'waiting') and archived_as is null and not by_hand`.execute(db);
  return found.rows;
}

/** Those that somebody has read meanwhile stay as they are; @returns the others. The same object come back is a new delivery. */
export async function closeGone(db: Db, ids: readonly number[]): Promise<{ id: number; name: string }[]> {
  const closed = await sql<{ id: number; name: string }>`
    update drop_file set status = 'gone', archived_as = '', claimed_by = null, not_before = null
     where id = any (${ids}::bigint[]) and status in ('seen', 'waiting') returning id, name`.execute(db);
  return closed.rows;
}

/** `as` is blank when nothing was moved: the file was gone, or another one had taken its name. */
export async function markArchived(db: Db, files: readonly { id: number; as: string }[]): Promise<void> {
  await sql`
    update drop_file f
       set archived_as = m.archived_as, status = case when f.status = 'applied' then 'archived' else f.status end
      from unnest(${files.map(({ id }) => id)}::bigint[], ${files.map(({ as }) => as)}::text[]) as m (id, archived_as)
     where f.id = m.id`.execute(db);
}

/** Files of a drop that are fetched and wait for nothing but their turn. */
export async function countQueued(db: Db, dropId: string): Promise<number> {
  const found = await sql<{ files: number }>`
    select count(*)::int as files from drop_file
     where status = 'fetched' and drop_id = ${dropId} and (not_before is null or not_before <= now())`.execute(db);
  return onlyRow(found).files;
}

export async function markSecondPassed(db: Db, id: number): Promise<void> {
  await sql`update drop_file set second_passed = true where id = ${id}`.execute(db);
}

export async function hasReceivedSince(db: Db, dropId: string, day: string): Promise<boolean> {
  const found = await sql`
    select from drop_file where drop_id = ${dropId} and received_on >= ${day}::date limit 1`.execute(db);
  return found.rows.length > 0;
}
