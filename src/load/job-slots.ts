/** Slots of work that is done once across machines: claimed for a time, free again when the claim was never done. */
import { sql } from 'kysely';
import type { Db } from './database.ts';

/** `lostBy` names an owner who let its time run out: nobody gives up a claim in silence who still lives. */
export interface SlotClaim {
  readonly lostBy: string | null;
}

/** @returns null when the slot is done, or another owner's for now; an owner may claim again what it holds */
export async function claimSlot(
  db: Db,
  job: string,
  slot: string,
  owner: string,
  seconds: number,
): Promise<SlotClaim | null> {
  const found = await sql<SlotClaim>`
    with lost as (
      select claimed_by from job_slot
       where job = ${job} and slot = ${slot} and done_at is null and claimed_until < now() and claimed_by <> ${owner}
    )
    insert into job_slot (job, slot, claimed_by, claimed_until)
    values (${job}, ${slot}, ${owner}, now() + make_interval(secs => ${seconds}))
    on conflict (job, slot) do update set claimed_by = excluded.claimed_by, claimed_until = excluded.claimed_until
     where job_slot.done_at is null and (job_slot.claimed_until is null or job_slot.claimed_until < now()
           or job_slot.claimed_by = excluded.claimed_by)
    returning (select claimed_by from lost) as "lostBy"`.execute(db);
  return found.rows[0] ?? null;
}

/** Lets go of a slot that is never done, such as the turn to visit a drop. */
export async function releaseSlot(db: Db, job: string, slot: string, owner: string): Promise<void> {
  await sql`
    update job_slot set claimed_by = null, claimed_until = null
     where job = ${job} and slot = ${slot} and claimed_by = ${owner} and done_at is null`.execute(db);
}

/** All that a process has claimed and not done, when it ends before its work does; each of its claims begins with the name of the process. */
export async function releaseSlots(db: Db, process: string): Promise<void> {
  await sql`
    update job_slot set claimed_by = null, claimed_until = null
     where done_at is null and starts_with(claimed_by, ${process})`.execute(db);
}

/** Done slots are remembered so long: what is due every ten minutes would fill the table in some years. */
const REMEMBERED = sql`interval '400 days'`;

/** @returns false when somebody else has done it since */
export async function finishSlot(db: Db, job: string, slot: string, owner: string): Promise<boolean> {
  const found = await sql`
    insert into job_slot (job, slot, claimed_by, done_at) values (${job}, ${slot}, ${owner}, now())
    on conflict (job, slot) do update set claimed_by = excluded.claimed_by, done_at = excluded.done_at
     where job_slot.done_at is null
    returning job`.execute(db);
  await sql`delete from job_slot where job = ${job} and slot < ${slot} and done_at < now() - ${REMEMBERED}`.execute(db);
  return found.rows.length > 0;
}

/** The latest slot of a job that is done, null when it never ran; slots of one job sort by their text. */
export async function lastDoneSlot(db: Db, job: string): Promise<string | null> {
  const found = await sql<{ slot: string | null }>`
    select max(slot) as slot from job_slot where job = ${job} and done_at is not null`.execute(db);
  return found.rows[0]?.slot ?? null;
}

/** When each of these jobs was last done, ISO moments; a job that never ran is left out. */
export async function lastDoneMoments(db: Db, jobs: readonly string[]): Promise<ReadonlyMap<string, string>> {
  const found = await sql<{ job: string; at: string }>`
    select job, max(done_at) as at from job_slot
     where job = any(${[...jobs]}::text[]) and done_at is not null group by job`.execute(db);
  return new Map(found.rows.map(({ job, at }) => [job, at]));
}
