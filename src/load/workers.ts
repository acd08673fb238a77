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

/** Those who beat every ten seconds are missed after forty. */
export async function listWorkers(db: Db): Promise<WorkerRow[]> {
  const found = await sql<WorkerRow>`
    select id, host, started_at as "startedAt", seen_at as "seenAt", seen_at > now() - interval '40 seconds' as alive
      from worker order by alive desc, started_at, id`.execute(db);
  return found.rows;
}
