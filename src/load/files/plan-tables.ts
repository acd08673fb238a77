/** The temporary tables that plans of all kinds of files have in common; like the stages they stay on their connection, and are emptied for the next file. */
import { type RawBuilder, sql } from 'kysely';
import type { Db } from '../database.ts';

/** Bytes: a smaller table is emptied row by row, which needs neither a new file nor a flush to disk. */
const SMALL = 256 * 1024;

/**
 * The body of a PL/pgSQL block that leaves temporary tables there and empty: made once on a connection, emptied ever after. Made
 * anew for each of many small files, or emptied at every commit, they would cost more than all that is done in them.
 * @param name of the function on the connection that empties them
 */
export function emptyTables(name: string, tables: Readonly<Record<string, string>>): RawBuilder<unknown> {
  const names = Object.keys(tables);
  const created = names.map((table) => `create temporary table ${table} (${tables[table]});`);
  const emptied = names.map(
    (table) =>
      `if pg_relation_size('pg_temp.${table}') > ${SMALL} then truncate pg_temp.${table}; else delete from pg_temp.${table}; end if;`,
  );
  return sql.raw(`
    if to_regclass('pg_temp.${names[0]}') is not null then
      perform pg_temp.${name}();
    else
      ${created.join(' ')}
      create function pg_temp.${name}() returns void language plpgsql as $f$ begin ${emptied.join(' ')} end $f$;
    end if;`);
}

/** `sensitive_change`: the known people whose sensitive columns a plan would change. `departure`: who would leave by a file; the gates weigh them, and the writes follow. */
export const PLAN_TABLES = emptyTables('empty_plan', {
  found_issue: `row_number integer, column_name text, code text not null, severity text not null, params jsonb not null default '{}'`,
  sensitive_change: 'enterprise_number text, known_id bigint',
  departure: 'enterprise_number text not null, beneficiary_id bigint not null, cause text not null',
});

/** For files whose stage does not come with these tables; in the transaction that applies them. */
export async function emptyPlan(db: Db): Promise<void> {
  await sql`do $$ begin ${PLAN_TABLES} end $$`.execute(db);
}

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
