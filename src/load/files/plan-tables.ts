/** The temporary tables that plans of all kinds of files have in common; they stay on their connection and are emptied at its commits. */
import { sql } from 'kysely';

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
