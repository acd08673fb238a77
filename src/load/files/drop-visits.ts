/** What each drop was like when a worker last came to it: readable, or down since when and why. */
import { sql } from 'kysely';
import type { Db } from '../database.ts';

/** The drop could be read just now. */
export async function noteDropSeen(db: Db, dropId: string): Promise<void> {
  await sql`
    insert into drop_visit (drop_id, seen_at) values (${dropId}, now())
    on conflict (drop_id) do update set seen_at = now(), down_since = null, reason = null`.execute(db);
}

/** The drop could not be read; an outage goes on from its first moment. `reason` is a code, such as `login`. */
export async function noteDropDown(db: Db, dropId: string, reason: string): Promise<void> {
  await sql`
    insert into drop_visit (drop_id, down_since, reason) values (${dropId}, now(), ${reason})
    on conflict (drop_id) do update
      set down_since = coalesce(drop_visit.down_since, now()), reason = excluded.reason`.execute(db);
}

export interface DropVisit {
  readonly dropId: string;
  /** ISO moment when it could be read last, null when it never could */
  readonly seenAt: string | null;
  /** ISO moment when the outage began, null when there is none */
  readonly downSince: string | null;
  readonly reason: string | null;
}

export async function listDropVisits(db: Db): Promise<DropVisit[]> {
  const found = await sql<DropVisit>`
    select drop_id as "dropId", seen_at as "seenAt", down_since as "downSince", reason
      from drop_visit order by drop_id`.execute(db);
  return found.rows;
}
