/** The stage of a beneficiaries file: one temporary row for every row read, rejected ones included. */
import { sql } from 'kysely';
import type { Session } from '../database.ts';
import { PLAIN_COLUMNS, PRODUCT_COLUMNS, RESOLVED_COLUMNS } from './beneficiary-columns.ts';

export const BENEFICIARY_STAGE = 'stage_beneficiary';

const FIELD_COLUMNS = [...PLAIN_COLUMNS, ...RESOLVED_COLUMNS, ...PRODUCT_COLUMNS];

/** Field names in the order in which their values follow the leading columns of the stage. */
export const BENEFICIARY_STAGE_FIELDS: readonly string[] = FIELD_COLUMNS.map((one) => one.field);

/** Their columns, in the same order. */
export const STAGED_COLUMNS: readonly string[] = FIELD_COLUMNS.map((one) => one.column);

/** Columns of the stage in the order of the values: the leading ones, then one for every field. */
export const BENEFICIARY_STAGE_COLUMNS: readonly string[] = [
  'row_number',
  'rejected',
  'issues',
  'enterprise_number',
  'national_register_number',
  /** names of the columns that the row empties */
  'clears',
  ...STAGED_COLUMNS,
];

/** Column of a field, for the list of clears. */
export const BENEFICIARY_COLUMN_OF: ReadonlyMap<string, string> = new Map(
  FIELD_COLUMNS.map((one) => [one.field, one.column]),
);

export async function createBeneficiaryStage(session: Session): Promise<void> {
  const fields = FIELD_COLUMNS.map((one) => `${one.column} ${one.type}`).join(', ');
  await sql`drop table if exists stage_beneficiary`.execute(session.db);
  await sql`
    create temporary table stage_beneficiary (
      row_number integer, rejected boolean, issues jsonb, enterprise_number text, national_register_number text,
      clears text[], ${sql.raw(fields)}
    )`.execute(session.db);
}
