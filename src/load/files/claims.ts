/** Who works on a file: a claim that ends with its database connection, and the fence that refuses a stale owner. */
import { type RawBuilder, sql } from 'kysely';
import { RetryableError } from '../../errors.ts';
import type { FileStatus } from '../../model.ts';
import { onlyRow } from '../answers.ts';
import type { Db } from '../database.ts';
import type { DropFile } from '../tables.ts';

/**
 * `worn-out`: its owners were lost too often, and the claimant is to park it; in the other cases it is not the claimant's.
 * `lostBy` names the owner who was lost over it last, null when it was given up or never taken.
 */
export type Claim =
  | { readonly kind: 'taken' | 'worn-out'; readonly file: DropFile; readonly lostBy: string | null }
  | { readonly kind: 'elsewhere' }
  | { readonly kind: 'later' }
  | { readonly kind: 'decided' };

/** So many owners may be lost over one file. */
const MOST_CRASHES = 3;
/** Seconds before a file is tried again after something that may pass: a full disk, a database that is away. */
const BACK_OFF_SECONDS = [10, 30, 60, 300, 900, 3600];

/**
 * Takes a file that has the status `from`: a held one only with a person's word. The lock lives on the connection of `db`, which
 * must be one session: when its owner dies, the server lets go of it at once, and the next owner sees by `claimed_by` that
 * somebody was lost. `owner` names the process.
 */
export async function claimFile(
  db: Db,
  id: number,
  owner: string,
  from: 'fetched' | 'held' = 'fetched',
): Promise<Claim> {
  // One way to the server: the lock first, and the row as it is once the lock is there.
  const claimed = await sql<{ locked: boolean; lostBy: string | null } & (DropFile | { id: null })>`
    with lock as materialized (
      select pg_try_advisory_lock(hashtextextended(${`file/${id}`}, 3)) as locked
    ), before as materialized (
      select nullif(claimed_by, ${owner}) as lost_by from drop_file, lock where id = ${id} and locked for update of drop_file
    ), taken as (
      update drop_file
         set fence = fence + 1, crashes = crashes + case when lost_by is null then 0 else 1 end, claimed_by = ${owner}
        from before
       where id = ${id} and status = ${from} and (not_before is null or not_before <= now())
      returning drop_file.*, lost_by
    )
    select locked, lost_by as "lostBy", taken.* from lock left join taken on true`.execute(db);
  const { locked, lostBy, ...file } = onlyRow(claimed);
  if (!locked) return { kind: 'elsewhere' };
  if (file.id !== null) {
    const wornOut = file.status === 'fetched' && file.crashes >= MOST_CRASHES;
    return { kind: wornOut ? 'worn-out' : 'taken', file, lostBy };
  }
  await unlocking(id).execute(db);
  const open = await sql`select from drop_file where id = ${id} and status = ${from}`.execute(db);
  return { kind: open.rows.length > 0 ? 'later' : 'decided' };
}

/**
 * For an owner that ends in the middle of its work: ends the sessions that hold its claims, and with them what they have not
 * committed, and gives the claims back. The next owner then has nobody to count as lost.
 */
export async function giveBackAll(db: Db, owner: string): Promise<void> {
  await sql`
    select pg_terminate_backend(l.pid)
      from drop_file f
      join pg_locks l on l.locktype = 'advisory' and l.objsubid = 1 and l.granted and l.pid <> pg_backend_pid()
       and l.database = (select oid from pg_database where datname = current_database())
       and (l.classid::bigint << 32 | l.objid::bigint) = hashtextextended('file/' || f.id, 3)
     where f.claimed_by = ${owner}`.execute(db);
  await sql`update drop_file set claimed_by = null where claimed_by = ${owner}`.execute(db);
}

/** What became of a file. */
export type Outcome = Pick<DropFile, 'status' | 'counts'> & { readonly issues: number };

/** On the session that claimed it, once it is decided; a session that is gone has let go already. */
export async function letGo(db: Db, id: number): Promise<Outcome> {
  const found = await sql<Outcome>`
    with free as materialized (${unlocking(id)})
    select status, counts, (select count(*)::int from row_issue where file_id = ${id}) as issues
      from drop_file, free where id = ${id}`.execute(db);
  return onlyRow(found);
}

function unlocking(id: number): RawBuilder<unknown> {
  return sql`select pg_advisory_unlock(hashtextextended(${`file/${id}`}, 3))`;
}

/**
 * First statement of whatever an owner writes about a file: holds the row until the transaction ends.
 * @throws RetryableError `claim_lost` when another owner has taken the file since
 */
export async function requireFence(db: Db, { id, fence }: { id: number; fence: number }): Promise<void> {
  const found = await sql`select from drop_file where id = ${id} and fence = ${fence} for update`.execute(db);
  if (found.rows.length === 0) throw claimLost();
}

export function claimLost(): RetryableError {
  return new RetryableError('claim_lost', 'Another worker has taken this file over.');
}

/** A file as its owner found it. The status is part of it: the end of a file raises no fence, and what is decided stays so. */
interface FoundFile {
  readonly id: number;
  readonly fence: number;
  readonly status: FileStatus;
}

/**
 * Leaves a file for later and counts nothing; each time in a row waits longer. Status `waiting` has it fetched anew.
 * @returns whether the file was still this owner's, as it was found
 */
export async function postponeFile(
  db: Db,
  { id, fence, status: found }: FoundFile,
  status: 'fetched' | 'waiting' = 'fetched',
): Promise<boolean> {
  const done = await sql`
    update drop_file
       set claimed_by = null, retries = retries + 1,
           status = case when status = 'held' then status else ${status} end,
           not_before = now() + make_interval(secs => (${BACK_OFF_SECONDS}::int[])[least(retries + 1, ${BACK_OFF_SECONDS.length}::int)])
     where id = ${id} and fence = ${fence} and status = ${found} returning id`.execute(db);
  return done.rows.length > 0;
}

/** A file whose import failed in a way nobody foresaw, in a process that lives on: it counts like a lost owner. */
export async function countFailure(db: Db, { id, fence, status }: FoundFile): Promise<'worn-out' | 'kept'> {
  const done = await sql<{ crashes: number; status: string }>`
    update drop_file
       set claimed_by = null, crashes = crashes + 1, not_before = now() + make_interval(secs => ${BACK_OFF_SECONDS[0]}::int)
     where id = ${id} and fence = ${fence} and status = ${status} returning crashes, status`.execute(db);
  const [row] = done.rows;
  return row?.status === 'fetched' && row.crashes >= MOST_CRASHES ? 'worn-out' : 'kept';
}

/**
 * First statement of whatever a visitor of a drop writes about a file it has read: holds the row until the transaction ends.
 * @throws RetryableError `claim_lost` when another visitor has fetched or decided it since
 */
export async function requireUnfetched(db: Db, id: number): Promise<void> {
  const found = await sql`
    select from drop_file where id = ${id} and status in ('seen', 'waiting') for update`.execute(db);
  if (found.rows.length === 0) throw claimLost();
}

/** Gives a claim back as if it had never been made. */
export async function giveBack(db: Db, { id, fence }: { id: number; fence: number }): Promise<void> {
  await sql`update drop_file set claimed_by = null where id = ${id} and fence = ${fence}`.execute(db);
}

/** A person has it tried anew, from the beginning of its counts: a parked file, or one that is stuck as fetched. */
export async function reopenFile(db: Db, id: number): Promise<boolean> {
  const done = await sql`
    update drop_file set status = 'fetched', crashes = 0, retries = 0, not_before = null, claimed_by = null
     where id = ${id} and status in ('parked', 'fetched') and sha256 is not null returning id`.execute(db);
  return done.rows.length > 0;
}

/** A new delivery with the bytes, name and values of an earlier one, to be applied anew; @returns its id */
export async function insertAgain(db: Db, id: number, receivedAt: string, receivedOn: string): Promise<number> {
  const made = await sql<{ id: number }>`
    insert into drop_file (drop_id, secretariat_code, path, name, size, listed_size, mtime, sha256, layout_id, scope, mode, set_values,
                           received_at, received_on, status, size_known, proof, by_hand, archived_as)
    select drop_id, secretariat_code, path, name, size, listed_size, mtime, sha256, layout_id, scope, mode, set_values,
           ${receivedAt}::timestamptz, ${receivedOn}::date, 'fetched', size_known, proof, by_hand, ''
      from drop_file where id = ${id} returning id`.execute(db);
  return onlyRow(made).id;
}
