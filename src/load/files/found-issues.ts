/** What the statements of one file find out about its rows: issues, outcomes, and the counts that must add up. */
import { type RawBuilder, sql } from 'kysely';
import type { FileCounts, IssueCode, Severity } from '../../model.ts';
import { onlyRow } from '../answers.ts';
import type { Db } from '../database.ts';
import type { StoredIssue } from './ledger.ts';
import { emptyPlan } from './plan-tables.ts';

/** What one file is applied with; the same for every row of it. */
export interface Delivery {
  readonly fileId: number;
  readonly secretariat: string;
  /** Belgian day on which the file was received */
  readonly receivedOn: string;
  /** ISO moment from which on the content holds */
  readonly asOf: string;
}

/** The same for one row that a person types: no file, and their word in its place. */
export interface TypedRow extends Omit<Delivery, 'fileId'> {
  readonly fileId: null;
  readonly word: { readonly by: string; readonly why: string };
}

export type RowSource = Delivery | TypedRow;

/** Values for the columns `file_id, row_number, changed_by, why` of a history row. */
export function historySource(source: RowSource, rowNumber: RawBuilder<unknown>): RawBuilder<unknown> {
  return source.fileId === null
    ? sql`null::bigint, null::integer, ${source.word.by}::text, ${source.word.why}::text`
    : sql`${source.fileId}::bigint, ${rowNumber}, null::text, null::text`;
}

/** Temporary tables of the apply transaction, empty. */
export async function createFindings(db: Db): Promise<void> {
  await emptyPlan(db);
  await sql`
    create temporary table row_outcome (
      row_number integer primary key, outcome text not null, deactivated boolean not null default false
    ) on commit drop`.execute(db);
}

/** Rows `row_number, outcome, deactivated`, one for each row that is not rejected; plans keep them themselves, that of payroll also beside it those of rows that stand. */
export function outcomesOf(stage: string): RawBuilder<unknown> {
  switch (stage) {
    case 'stage_payroll':
      return sql`(select row_number, outcome, deactivated from plan_payroll where outcome is not null
           union all select unnest(row_numbers), 'unchanged', false from standing)`;
    case 'stage_beneficiary':
      return sql`(select row_number, outcome, deactivated from plan_beneficiary where outcome is not null)`;
    default:
      return sql`row_outcome`;
  }
}

/** `insert into found_issue` for every row of a query that gives `row_number`, and perhaps `params`. */
export function findIssue(
  code: IssueCode,
  column: string | null,
  rows: RawBuilder<unknown>,
  severity: Severity = 'error',
  params: RawBuilder<unknown> = sql`'{}'::jsonb`,
): RawBuilder<unknown> {
  return sql`
    insert into found_issue (row_number, column_name, code, severity, params)
    select found.row_number, ${column}::text, ${code}::text, ${severity}::text, ${params} from (${rows}) as found`;
}

/**
 * Writes the issues of the staged rows and those found since into `row_issue`.
 * A row that is about an employer its sender may not act for says that alone: anything else would tell what exists.
 */
export async function writeIssues(db: Db, stage: string, fileId: number): Promise<void> {
  await sql`
    insert into row_issue (file_id, row_number, column_name, code, severity, params)
    select ${fileId}::bigint, row_number, column_name, code, severity, params
      from (${allIssues(stage)}) as all_issues
     order by row_number, severity, column_name`.execute(db);
}

/** The same issues told and not written: what a person types has no file to keep them with. */
export async function tellIssues(db: Db, stage: string): Promise<StoredIssue[]> {
  const found = await sql<StoredIssue>`
    select null::integer as "rowNumber", column_name as "columnName", code, severity, params
      from (${allIssues(stage)}) as all_issues
     order by severity, column_name nulls first`.execute(db);
  return found.rows;
}

function allIssues(stage: string): RawBuilder<unknown> {
  return sql`
    select row_number, column_name, code, severity, params from found_issue
    union all
    select s.row_number, i.column_name, i.code, i.severity, i.params
      from ${sql.table(stage)} s,
           jsonb_to_recordset(s.issues) as i (column_name text, code text, severity text, params jsonb)
     where s.issues is not null
       and not exists (select from found_issue f where f.row_number = s.row_number and f.code = 'mandate.missing')`;
}

/** A column that could not be read has its fault already: what the missing value leads to is no second one. */
export async function keepOneIssueAColumn(db: Db, stage: string): Promise<void> {
  await sql`
    delete from found_issue f using ${sql.table(stage)} s
     where s.rejected and s.row_number = f.row_number
       and exists (select from jsonb_array_elements(s.issues) i where i ->> 'column_name' = f.column_name)`.execute(db);
}

/** Rows that the statements so far have refused, as an anti-join condition on an alias with `row_number`. */
export function refusedRow(alias: string): RawBuilder<boolean> {
  return sql<boolean>`exists (
    select from found_issue f where f.row_number = ${sql.ref(`${alias}.row_number`)} and f.severity = 'error')`;
}

/**
 * Somebody whom a refused row of the file names, at whatever employer it says: the employer may be the very thing that is wrong
 * with the row, and a refused row never counts as absent. `number` is the person's register number.
 */
export function namedByRefusedRow(stage: string, number: RawBuilder<unknown>): RawBuilder<boolean> {
  return sql<boolean>`exists (
    select from ${sql.table(stage)} s
     where s.national_register_number = ${number}
       and (s.rejected or s.row_number in (select f.row_number from found_issue f where f.severity = 'error')))`;
}

/** The counts of the outcomes; staged rows without an outcome are the rejected ones. */
export async function countOutcomes(db: Db, stage: string, absent: number): Promise<FileCounts> {
  const found = await sql<Omit<FileCounts, 'rejected'> & { decided: number }>`
    select (select count(*)::int from ${sql.table(stage)}) as read, count(*)::int as decided,
           count(*) filter (where o.outcome = 'created')::int as created,
           count(*) filter (where o.outcome = 'updated')::int as updated,
           count(*) filter (where o.outcome = 'unchanged')::int as unchanged,
           count(*) filter (where o.outcome = 'reactivated')::int as reactivated,
           count(*) filter (where o.outcome = 'duplicate')::int as "duplicateInFile",
           count(*) filter (where o.deactivated)::int as deactivated
      from ${outcomesOf(stage)} o`.execute(db);
  const { read, decided, created, updated, unchanged, reactivated, duplicateInFile, deactivated } = onlyRow(found);
  return {
    read,
    created,
    updated,
    unchanged,
    reactivated,
    rejected: read - decided,
    duplicateInFile,
    deactivated: deactivated + absent,
  };
}

/**
 * Locks the employers a staged file is about, in the order everybody locks them, so that nobody else changes their people
 * or computes their open quantities meanwhile. Row locks and not advisory ones: 25,000 of those fill the lock table.
 */
export async function lockEmployers(db: Db, stage: string): Promise<void> {
  await sql`
    select enterprise_number from employer
     where enterprise_number in (select enterprise_number from ${sql.table(stage)} where enterprise_number is not null)
     order by enterprise_number for update`.execute(db);
}

/**
 * `mandate.missing` for every staged row about an employer that the delivery's secretariat may not act for: unknown employer,
 * no mandate and expired mandate read alike. The issuer acts for all of its employers.
 * `holds` is the condition on mandate `m` and staged row `s`.
 */
export async function findMissingMandates(
  db: Db,
  stage: string,
  delivery: Pick<RowSource, 'secretariat'>,
  holds: RawBuilder<unknown>,
): Promise<void> {
  const mandated =
    delivery.secretariat === 'issuer'
      ? sql`select from employer e where e.enterprise_number = s.enterprise_number`
      : sql`select from mandate m
             where m.enterprise_number = s.enterprise_number and m.secretariat_code = ${delivery.secretariat} and ${holds}`;
  await findIssue(
    'mandate.missing',
    null,
    sql`select s.row_number from ${sql.table(stage)} s
         where s.enterprise_number is not null and not exists (${mandated})`,
  ).execute(db);
}
