/** The temporary tables that plans of all kinds of files have in common; they stay on their connection and are emptied at its commits. */
import { sql } from 'kysely';
import type { Db } from '../database.ts';

export const FOUND_ISSUES = sql`
  create temporary table if not exists found_issue (
    row_number integer, column_name text, code text not null, severity text not null, params jsonb not null default '{}'
  ) on commit delete rows`;

/** The known people whose sensitive columns a plan would change. */
export const SENSITIVE_CHANGES = sql`
  create temporary table if not exists sensitive_change (enterprise_number text, known_id bigint) on commit delete rows`;

/** Who would leave by a file: the gates weigh them, and the writes follow. */
export const DEPARTURES = sql`
  create temporary table if not exists departure (
    enterprise_number text not null, beneficiary_id bigint not null, cause text not null
  ) on commit delete rows`;

/** So few rows are planned well without statistics. */
export const FEW = 500;

/** What a file of many rows needs, once it is staged and in the transaction that applies it. */
export async function prepareMany(db: Db, stage: string): Promise<void> {
  // A million people are met in memory: spilled to files it takes twice as long.
  await sql`set local work_mem to '64MB'`.execute(db);
  await sql`set local default_statistics_target to 20`.execute(db);
  // What the planner knows of the file before is not true of this one.
  await sql`analyze ${sql.table(stage)}`.execute(db);
}
