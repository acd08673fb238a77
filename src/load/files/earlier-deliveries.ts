/** What the ledger knows of the place of a file: earlier deliveries of the same content, and what a late one makes of later ones. */
import { sql } from 'kysely';
import { onlyRow } from '../answers.ts';
import type { Db } from '../database.ts';
import type { Identity } from './ledger.ts';

export interface Earlier {
  /** the most recently applied delivery of this place, when it has the same content, and how many of its rows were refused */
  readonly latest: { readonly id: number; readonly refused: number } | null;
  /** any applied delivery of the same content */
  readonly before: number | null;
  /** one of the same content whose plan is held */
  readonly held: number | null;
  /**
   * Deliveries that were called duplicates of the one applied last, and hold from a later moment than this file: once this one is
   * applied between them, they are no duplicates any more.
   */
  readonly duplicatesSince: readonly number[];
  /** with which configuration of layout and drop the last file of this drop and layout was applied, null for the first one */
  readonly layoutHash: string | null;
}

/** Earlier deliveries that bear on one that is about to be decided. */
export async function findEarlier(
  db: Db,
  fileId: number,
  dropId: string,
  identity: Identity,
  now: string,
): Promise<Earlier> {
  const { layoutId, contentKey } = identity;
  const found = await sql<Earlier>`
    with latest as (
      select id, content_key, as_of, coalesce((counts ->> 'rejected')::int, 0) as refused from drop_file
       where drop_id = ${dropId} and layout_id = ${layoutId} and status in ('applied', 'archived') and id <> ${fileId}
         and name_values = ${JSON.stringify(identity.nameValues)}::jsonb
         and set_values = ${JSON.stringify(identity.setValues)}::jsonb
       order by applied_at desc nulls last, id desc limit 1
    )
    select (select json_build_object('id', id, 'refused', refused) from latest where content_key = ${contentKey}) as latest,
           (select id from drop_file
             where drop_id = ${dropId} and content_key = ${contentKey} and status in ('applied', 'archived') and id <> ${fileId}
             order by applied_at desc nulls last, id desc limit 1) as before,
           (select f.id from drop_file f join held_plan p on p.file_id = f.id
             where f.drop_id = ${dropId} and f.content_key = ${contentKey} and f.status = 'held' and f.id <> ${fileId}
               and p.decision is null and p.expires_at > ${now}::timestamptz
             order by f.id desc limit 1) as held,
           array(select d.id from drop_file d, latest
                  where d.drop_id = ${dropId} and d.content_key = latest.content_key and d.content_key <> ${contentKey}
                    and d.status = 'duplicate' and d.sha256 is not null and d.raw_removed_on is null
                    and (latest.as_of, latest.id) < (${identity.asOf}::timestamptz, ${fileId}::bigint)
                    and (d.as_of, d.id) > (${identity.asOf}::timestamptz, ${fileId}::bigint)
                  order by d.as_of, d.id) as "duplicatesSince",
           (select layout_hash from drop_file
             where drop_id = ${dropId} and layout_id = ${layoutId} and status in ('applied', 'archived')
             order by applied_at desc nulls last, id desc limit 1) as "layoutHash"`.execute(db);
  return onlyRow(found);
}

/** They are decided anew, as the new deliveries that they have become. */
export async function reopenDuplicates(db: Db, ids: readonly number[]): Promise<void> {
  await sql`
    update drop_file set status = 'fetched', duplicate_of = null, counts = null, claimed_by = null, not_before = null
     where id = any (${ids}::bigint[]) and status = 'duplicate'`.execute(db);
}

/** Fetched files of a drop that stand in its inbox no more and wait for nothing: reopened ones, and those applied anew. */
export async function listReopened(db: Db, dropId: string): Promise<number[]> {
  const found = await sql<{ id: number }>`
    select id from drop_file
     where status = 'fetched' and drop_id = ${dropId} and archived_as is not null and (not_before is null or not_before <= now())
     order by as_of, id`.execute(db);
  return found.rows.map((row) => row.id);
}
