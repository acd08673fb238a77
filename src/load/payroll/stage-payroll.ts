/** The stage of a payroll file: one temporary row for every row read, rejected ones included. */
import { sql } from 'kysely';
import type { Session } from '../database.ts';

export const PAYROLL_STAGE = 'stage_payroll';

/**
 * Columns of the stage in the order of the values; `quantity` is signed in files that give increments. `value` and `total` are
 * cents of files that print both; where they stand without `face_value`, the value is a blend of two.
 */
export const PAYROLL_STAGE_COLUMNS: readonly string[] = [
  'row_number',
  'rejected',
  'issues',
  'enterprise_number',
  'national_register_number',
  'period',
  'product_code',
  'quantity',
  'face_value',
  'value',
  'total',
  'employment_end',
];

export async function createPayrollStage(session: Session): Promise<void> {
  await sql`drop table if exists stage_payroll`.execute(session.db);
  await sql`
    create temporary table stage_payroll (
      row_number integer, rejected boolean, issues jsonb, enterprise_number text, national_register_number text,
      period text, product_code text, quantity integer, face_value integer, value integer, total integer, employment_end date
    )`.execute(session.db);
}
