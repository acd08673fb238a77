/** What goes back to a sender: the queue of receipts and rejects, one row a file, with names that are never used twice in a drop. */
import { sql } from 'kysely';
import type { FileCounts, FileStatus } from '../../model.ts';
import type { Db } from '../database.ts';

export interface OutgoingFile {
  readonly id: number;
  readonly fileId: number;
  readonly name: string;
  readonly kind: 'receipt' | 'rejects';
  /** of the rejects file that was queued with a receipt, null when there was none */
  readonly rejectsName: string | null;
  readonly hasIssues: boolean;
  /** what its file was when it was queued, whatever became of it since */
  readonly toldStatus: FileStatus;
  readonly toldCounts: FileCounts | null;
  readonly toldAsOf: string | null;
}

/** What a rejects file is: a workbook for a workbook, text for everything else. */
export type RejectsFormat = 'csv' | 'xlsx';

/**
 * Queues the receipt of a delivery, about the state it has now, and, before it, the rejects file that the receipt names, null when no row was rejected.
 * Further ones of the same content are numbered, both with the same number.
 */
export async function queueReceipt(
  db: Db,
  file: { id: number; drop_id: string; name: string; sha256: string },
  rejects: RejectsFormat | null = null,
): Promise<void> {
  const prefix = `${file.name}.${file.sha256.slice(0, 8)}`;
  const stem = `${prefix}.receipt`;
  // Deliveries of the same name and content may end at the same moment; they must not take the same number.
  const alone = sql`select pg_advisory_xact_lock(hashtextextended(${`${file.drop_id}/${stem}`}, 2))`;
  // Nearly always it is the first of its name and content: then one statement asks and writes.
  if (rejects === null) {
    const first = await sql`
      with alone as materialized (${alone})
      insert into outgoing_file (file_id, drop_id, status, kind, name, told_status, told_counts, told_as_of)
      select f.id, ${file.drop_id}, 'queued', 'receipt', ${`${stem}.json`}, f.status, f.counts, f.as_of
        from alone, drop_file f where f.id = ${file.id} and not exists (${others(file.drop_id, stem)})
      on conflict do nothing returning id`.execute(db);
    if (first.rows.length > 0) return;
  }
  await alone.execute(db);
  const taken = await others(file.drop_id, stem).execute(db);
  const number = taken.rows.length === 0 ? '' : `.${taken.rows.length + 1}`;
  const names = [
    ...(rejects === null ? [] : [{ kind: 'rejects', name: `${prefix}.rejects${number}.${rejects}` }]),
    { kind: 'receipt', name: `${stem}${number}.json` },
  ];
  await sql`
    insert into outgoing_file (file_id, drop_id, status, kind, name, told_status, told_counts, told_as_of)
    select f.id, ${file.drop_id}, 'queued', n.kind, n.name, f.status, f.counts, f.as_of
      from drop_file f,
           unnest(${names.map(({ kind }) => kind)}::text[], ${names.map(({ name }) => name)}::text[])
             with ordinality as n (kind, name, at)
     where f.id = ${file.id} order by n.at`.execute(db);
}

/** The receipts of a content: from `stem.` to before `stem/`, the character after the dot, by the index, whatever the collation. */
function others(dropId: string, stem: string) {
  return sql`select from outgoing_file where drop_id = ${dropId} and name ~>=~ ${`${stem}.`} and name ~<~ ${`${stem}/`}`;
}

/** What still has to be put into a drop's `out`, oldest first, but for those of `except`. */
export async function listQueuedOutgoing(
  db: Db,
  dropId: string,
  most: number,
  except: readonly number[],
): Promise<OutgoingFile[]> {
  const found = await sql<OutgoingFile>`
    select o.id, o.file_id as "fileId", o.name, o.kind, r.name as "rejectsName",
           o.told_status as "toldStatus", o.told_counts as "toldCounts", o.told_as_of as "toldAsOf",
           exists (select from row_issue i where i.file_id = o.file_id) as "hasIssues"
      from outgoing_file o
      cross join lateral (
        select regexp_replace(o.name, '[.]receipt((?:[.][0-9]+)?)[.]json$', '.rejects\\1') as stem) s
      left join outgoing_file r on r.drop_id = o.drop_id and r.name = any (array[s.stem || '.csv', s.stem || '.xlsx'])
       and r.file_id = o.file_id and r.kind = 'rejects' and o.kind = 'receipt'
     where o.drop_id = ${dropId} and o.status = 'queued' and o.file_id is not null and o.id <> all (${except}::bigint[])
     order by o.id limit ${most}`.execute(db);
  return found.rows;
}

/** The files that outgoing ones tell of. */
export function listFilesById(db: Db, ids: readonly number[]) {
  return db.selectFrom('drop_file').selectAll().where(sql<boolean>`id = any (${ids}::bigint[])`).execute();
}

export async function markOutgoingSent(db: Db, sent: readonly { id: number; sha256: string }[]): Promise<void> {
  await sql`
    update outgoing_file o set status = 'sent', attempts = attempts + 1, sha256 = s.sha256, sent_at = now()
      from unnest(${sent.map(({ id }) => id)}::bigint[], ${sent.map(({ sha256 }) => sha256)}::text[]) as s (id, sha256)
     where o.id = s.id`.execute(db);
}

export async function markOutgoingTried(db: Db, id: number): Promise<void> {
  await sql`update outgoing_file set attempts = attempts + 1 where id = ${id}`.execute(db);
}

/** It cannot be made any more, today or later. */
export async function markOutgoingFailed(db: Db, id: number): Promise<void> {
  await sql`update outgoing_file set status = 'failed', attempts = attempts + 1 where id = ${id}`.execute(db);
}
