/** The stage of a payroll file: one temporary row for every row read, rejected ones included; and the tables of its plan. */
import { sql } from 'kysely';
import type { Db } from '../database.ts';
import { emptyTables, PLAN_TABLES } from '../files/plan-tables.ts';

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

const PAYROLL_TABLES = emptyTables('empty_payroll', {
  stage_payroll: `
    row_number integer, rejected boolean, issues jsonb, enterprise_number text, national_register_number text,
    period text, product_code text, quantity integer, face_value integer, value integer, total integer, employment_end date`,
  payroll_scope: `
    enterprise_number text, product_code text, period text, month date, rows integer, printed boolean, ends boolean,
    mandated boolean, contracted boolean, confirmed_later boolean, split boolean, other_source boolean, written_off boolean,
    closed boolean,
    max_face_value integer, plain boolean`,
  standing: `
    enterprise_number text, product_code text, period text, met_ids bigint[], beneficiary_ids bigint[], row_numbers integer[],
    long_rows integer[]`,
  long_row: 'row_number integer',
  plan_payroll: `
    row_number integer, rejected boolean, enterprise_number text, period text, product_code text, quantity integer,
    employment_end date, said_value integer, printed_value integer, total integer, month date, contracted boolean,
    closed boolean, max_face_value integer, beneficiary_id bigint, old_status text, old_end date, assigned boolean,
    own_value integer, own_from date, face_value integer, entitled_values integer, stale boolean, others integer,
    restated_quantity integer, restated_as_of timestamptz, known boolean, outcome text, deactivated boolean, leads boolean,
    given_back integer`,
});

/** Leaves the stage and the plan empty; one statement, for one way to the server. */
export async function emptyPayrollStage(db: Db): Promise<void> {
  await sql`do $$ begin ${PAYROLL_TABLES} ${PLAN_TABLES} end $$`.execute(db);
}
