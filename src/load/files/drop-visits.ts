/** What each drop was like when a worker last came to it: readable, or down since when and why; and when it may be tried again. */
import { sql } from 'kysely';
import { onlyRow } from '../answers.ts';
import type { Db } from '../database.ts';

/**
 * Milliseconds until the drop may be visited again, 0 for now: after a failure not before its time, and otherwise at least
 * `gapSeconds` after the last visit, whichever worker made it.
 */
export async function dropRestsFor(db: Db, dropId: string, gapSeconds: number): Promise<number> {
  const found = await sql<{ rests: number | null }>`
    select ceil(1000 * greatest(extract(epoch from not_before - now()),
                                ${gapSeconds}::float8 + extract(epoch from seen_at - greatest(seen_at, now()))))::bigint as rests
      from drop_visit where drop_id = ${dropId}`.execute(db);
  return Math.max(0, found.rows[0]?.rests ?? 0);
}

/**
 * The drop was read from end to end just now.
 * @returns the milliseconds of the outage that ended with it, null when there was none
 */
export async function noteDropSeen(db: Db, dropId: string): Promise<number | null> {
  const found = await sql<{ away: number | null }>`
    with before as (select down_since from drop_visit where drop_id = ${dropId})
    insert into drop_visit (drop_id, seen_at) values (${dropId}, now())
    on conflict (drop_id) do update
      set seen_at = now(), down_since = null, reason = null, failures = 0, not_before = null
    returning (select (1000 * extract(epoch from now() - down_since))::bigint from before) as away`.execute(db);
  return onlyRow(found).away;
}

/** A visit goes on, and has just read from the drop, perhaps for the first time; an outage ends only with a whole visit. */
export async function noteDropReached(db: Db, dropId: string): Promise<void> {
  await sql`
    insert into drop_visit (drop_id, seen_at) values (${dropId}, now())
    on conflict (drop_id) do update set seen_at = now() where drop_visit.down_since is null`.execute(db);
}

export interface NotedDown {
  /** why it was down before, null when it was not */
  readonly reasonBefore: string | null;
  /** milliseconds until it may be tried again */
  readonly rests: number;
}

/**
 * The drop could not be read; an outage goes on from its first moment. `reason` is a code, such as `login`; the next try comes
 * after the pause that belongs to the number of failures in a row, or up to a tenth later.
 */
export async function noteDropDown(
  db: Db,
  dropId: string,
  reason: string,
  pauseSeconds: readonly number[],
): Promise<NotedDown> {
  const pause = sql`make_interval(secs => (1 + random() / 10) * (${[...pauseSeconds]}::int[])[least(${pauseSeconds.length}::int,
                                          1 + coalesce((select failures from before), 0))])`;
  const found = await sql<NotedDown>`
    with before as (select reason, failures from drop_visit where drop_id = ${dropId})
    insert into drop_visit (drop_id, down_since, reason, failures, not_before)
    values (${dropId}, now(), ${reason}, 1, now() + ${pause})
    on conflict (drop_id) do update
      set down_since = coalesce(drop_visit.down_since, now()), reason = excluded.reason,
          failures = drop_visit.failures + 1, not_before = excluded.not_before
    returning (select reason from before) as "reasonBefore",
              ceil(1000 * extract(epoch from not_before - now()))::bigint as rests`.execute(db);
  return onlyRow(found);
}

export interface DropVisit {
  readonly dropId: string;
  /** ISO moment when it was read last, within a visit or at its end; null when it never could */
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
