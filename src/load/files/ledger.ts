/** The ledger: one row a delivery in `drop_file`, from first sight to archive, and what makes two deliveries the same. */
import { sql } from 'kysely';
import type { FileCounts, FileStatus, IssueCode, RowIssue } from '../../model.ts';
import { onlyRow } from '../answers.ts';
import type { Db } from '../database.ts';
import { claimLost } from './claims.ts';

export interface SeenFile {
  readonly dropId: string;
  readonly secretariat: string;
  readonly path: string;
  readonly name: string;
  /** bytes */
  readonly size: number;
  /** ISO moment */
  readonly mtime: string;
  /** ISO moment */
  readonly receivedAt: string;
  /** Belgian day */
  readonly receivedOn: string;
}

/** @returns the id of the new row, status `seen` */
export async function insertSeenFile(db: Db, seen: SeenFile): Promise<number> {
  return onlyRow({ rows: [...(await insertSeenFiles(db, [seen])).values()] });
}

/** @returns their ids by path */
export async function insertSeenFiles(db: Db, seen: readonly SeenFile[]): Promise<ReadonlyMap<string, number>> {
  if (seen.length === 0) return new Map();
  const rows = await db
    .insertInto('drop_file')
    .values(
      seen.map((one) => ({
        drop_id: one.dropId,
        secretariat_code: one.secretariat,
        path: one.path,
        name: one.name,
        size: one.size,
        listed_size: one.size,
        mtime: one.mtime,
        received_at: one.receivedAt,
        received_on: one.receivedOn,
        status: 'seen' as const,
        set_values: '{}',
        name_values: '{}',
        sender_columns: '{}',
      })),
    )
    .returning(['id', 'path'])
    .execute();
  return new Map(rows.map(({ id, path }) => [path, id]));
}

/** What tells a whole file from a broken one, beside its own content. */
export interface FetchFacts {
  readonly sizeKnown: boolean;
  readonly proof: 'checksum' | 'count' | null;
  readonly expectedRows: number | null;
  /** of its time: whether it was over when the last byte was read, so that size and time tell it from any other file */
  readonly secondPassed: boolean;
}

/**
 * Nothing waits for the disk here: a server that loses this with its power finds the file in its inbox again, and what is
 * done about the file afterwards is never kept without it.
 * @throws RetryableError `claim_lost` when another visitor has fetched or decided it since
 */
export async function markFetched(
  db: Db,
  id: number,
  sha256: string,
  size: number,
  facts: FetchFacts = { sizeKnown: true, proof: null, expectedRows: null, secondPassed: true },
): Promise<void> {
  const { sizeKnown, proof, expectedRows, secondPassed } = facts;
  const { numUpdatedRows } = await db
    .updateTable('drop_file')
    .set({
      status: 'fetched',
      sha256,
      size,
      size_known: sizeKnown,
      proof,
      expected_rows: expectedRows,
      second_passed: secondPassed,
      not_before: null,
    })
    .where('id', '=', id)
    .where('status', 'in', ['seen', 'waiting'])
    .where(sql`set_config('synchronous_commit', 'off', true)`, '=', 'off')
    .executeTakeFirstOrThrow();
  if (numUpdatedRows === 0n) throw claimLost();
}

/** What was found out about a delivery before its rows are applied. */
export interface Identity {
  readonly layoutId: string;
  readonly layoutHash: string;
  readonly kind: string;
  readonly scope: string;
  readonly mode: string;
  /** ISO moment */
  readonly asOf: string;
  readonly setValues: Readonly<Record<string, string>>;
  readonly nameValues: Readonly<Record<string, string>>;
  readonly senderColumns: Readonly<Record<string, unknown>>;
  readonly contentKey: string;
}

/**
 * First statement of the transaction in which a file is decided: waits until no other file of the same place (drop, layout, name
 * and set values) is being decided, and holds the row until it ends, as `requireFence`. Without the wait, two imports of one
 * file at the same moment would both find that nobody applied it before.
 * @throws RetryableError `claim_lost` when another owner has taken the file since
 */
export async function writeIdentity(
  db: Db,
  { id, fence, drop_id }: { id: number; fence: number; drop_id: string },
  identity: Identity,
): Promise<void> {
  const { layoutId, layoutHash, kind, scope, mode, asOf, setValues, nameValues, senderColumns, contentKey } = identity;
  const place = JSON.stringify([drop_id, layoutId, setValues, nameValues]);
  const written = await sql`
    with alone as materialized (select pg_advisory_xact_lock(hashtextextended(${place}, 1)))
    update drop_file
       set layout_id = ${layoutId}, layout_hash = ${layoutHash}, kind = ${kind}, scope = ${scope}, mode = ${mode},
           as_of = ${asOf}::timestamptz, set_values = ${JSON.stringify(setValues)}::jsonb,
           name_values = ${JSON.stringify(nameValues)}::jsonb, sender_columns = ${JSON.stringify(senderColumns)}::jsonb,
           content_key = ${contentKey}
      from alone where id = ${id} and fence = ${fence}`.execute(db);
  if (written.numAffectedRows === 0n) throw claimLost();
}

/** Before a file is decided anew: what was said of it then is said again, or not. */
export async function removeIssues(db: Db, fileId: number): Promise<void> {
  await db.deleteFrom('row_issue').where('file_id', '=', fileId).execute();
}

export async function markOutcome(
  db: Db,
  id: number,
  status: FileStatus,
  outcome: { readonly counts?: FileCounts; readonly duplicateOf?: number; readonly appliedAt?: string } = {},
): Promise<void> {
  await db
    .updateTable('drop_file')
    .set({
      status: sql<FileStatus>`case when ${status} = 'applied' and archived_as is not null then 'archived' else ${status} end`,
      counts: outcome.counts === undefined ? null : JSON.stringify(outcome.counts),
      duplicate_of: outcome.duplicateOf ?? null,
      applied_at: outcome.appliedAt ?? null,
      claimed_by: null,
      not_before: null,
      retries: 0,
    })
    .where('id', '=', id)
    .execute();
}

/** A held file whose plan has lost its point; its counts stay what was planned. */
export async function markSuperseded(db: Db, id: number): Promise<void> {
  await db.updateTable('drop_file').set({ status: 'superseded' }).where('id', '=', id).execute();
}

/** Issues of the file as a whole, such as why it was rejected. */
export async function insertFileIssues(db: Db, fileId: number, issues: readonly RowIssue[]): Promise<void> {
  if (issues.length === 0) return;
  await db
    .insertInto('row_issue')
    .values(
      issues.map((issue) => ({
        file_id: fileId,
        row_number: issue.rowNumber,
        column_name: issue.columnName,
        code: issue.code,
        severity: issue.severity,
        params: JSON.stringify(issue.params),
      })),
    )
    .execute();
}

export interface StoredIssue {
  readonly rowNumber: number | null;
  readonly columnName: string | null;
  readonly code: IssueCode;
  readonly severity: 'error' | 'warning';
  readonly params: Readonly<Record<string, string | number>>;
}

/** All issues of a file: the file's own first, then by row and in the order in which the sender's columns stand. */
export async function listIssues(db: Db, fileId: number): Promise<StoredIssue[]> {
  const found = await sql<StoredIssue>`
    select i.row_number as "rowNumber", i.column_name as "columnName", i.code, i.severity, i.params
      from row_issue i join drop_file f on f.id = i.file_id,
           lateral (select f.sender_columns -> i.column_name as known) c
     where i.file_id = ${fileId}
     order by i.row_number nulls first, i.severity, coalesce(c.known -> 'at', c.known -> 'from')::integer nulls first,
              i.column_name nulls first, i.id`.execute(db);
  return found.rows;
}

export function getFile(db: Db, id: number) {
  return db.selectFrom('drop_file').selectAll().where('id', '=', id).executeTakeFirst();
}

export function listFiles(db: Db, { status }: { readonly status?: FileStatus }) {
  const query = db.selectFrom('drop_file').selectAll().orderBy('id');
  return (status === undefined ? query : query.where('status', '=', status)).execute();
}

/** How many deliveries of each status are not finished. */
export async function countByStatus(db: Db): Promise<Record<string, number>> {
  const found = await sql<{ status: string; files: number }>`
    select status, count(*)::int as files from drop_file
     where status in ('seen', 'waiting', 'fetched', 'held', 'parked') group by 1`.execute(db);
  return Object.fromEntries(found.rows.map(({ status, files }) => [status, files]));
}
