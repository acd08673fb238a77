/** Who is at work: one row a worker, brought up to date with every beat of its heart. */
import { sql } from 'kysely';
import type { Db } from './database.ts';

export interface WorkerRow {
  readonly id: string;
  readonly host: string;
  /** ISO moments, by the database's clock */
  readonly startedAt: string;
  readonly seenAt: string;
  /** false when it has missed several beats: it was lost, not stopped */
  readonly alive: boolean;
}

/** Rows of workers that were lost are kept so long, to be asked about. */
const REMEMBERED = sql`interval '1 day'`;

/** Says that this worker is alive; forgets those that were lost long ago. */
export async function noteWorker(db: Db, id: string, host: string): Promise<void> {
  await sql`delete from worker where seen_at < now() - ${REMEMBERED}`.execute(db);
  await sql`
    insert into worker (id, host, started_at, seen_at) values (${id}, ${host}, now(), now())
    on conflict (id) do update set seen_at = now()`.execute(db);
}

export async function removeWorker(db: Db, id: string): Promise<void> {
  await sql`delete from worker where id = ${id}`.execute(db);
}

/** Processes, as `host:number`, of workers that were lost and did not come back under the same name. */
export async function listLostProcesses(db: Db): Promise<ReadonlySet<string>> {
  const found = await sql<{ process: string }>`
    select regexp_replace(id, ':[^:]*$', '') as process from worker
     group by 1 having max(seen_at) < now() - ${MISSED}`.execute(db);
  return new Set(found.rows.map(({ process }) => process));
}

/** Those who beat every ten seconds are missed after forty. */
const MISSED = sql`interval '40 seconds'`;

export async function listWorkers(db: Db): Promise<WorkerRow[]> {
  const found = await sql<WorkerRow>`
    select id, host, started_at as "startedAt", seen_at as "seenAt", seen_at > now() - ${MISSED} as alive
      from worker order by alive desc, started_at, id`.execute(db);
  return found.rows;
}
