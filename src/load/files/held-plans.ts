/** Held plans: what waits for a person, and what a person has decided. */
import { sql } from 'kysely';
import type { FileCounts } from '../../model.ts';
import { onlyRow } from '../answers.ts';
import type { Db } from '../database.ts';
import type { Held } from './decide-plan.ts';
import type { HeldReason } from './gates.ts';

export interface HeldPlan {
  readonly id: number;
  readonly fileId: number;
  readonly planHash: string;
  readonly counts: FileCounts;
  readonly reasons: readonly HeldReason[];
  readonly expiresAt: string;
  readonly decision: string | null;
  readonly decidedBy: string | null;
  readonly why: string | null;
}

const COLUMNS = sql`
  id, file_id as "fileId", plan_hash as "planHash", counts, reasons, expires_at as "expiresAt", decision,
  decided_by as "decidedBy", why`;

/** The plan that stands in the temporary tables, with those who would leave by it. */
export async function insertHeldPlan(
  db: Db,
  plan: Held & { readonly fileId: number; readonly counts: FileCounts; readonly expiresAt: string },
): Promise<void> {
  const made = await sql<{ id: number }>`
    insert into held_plan (file_id, plan_hash, counts, reasons, employers, expires_at)
    values (${plan.fileId}, ${plan.planHash}, ${JSON.stringify(plan.counts)}::jsonb, ${JSON.stringify(plan.reasons)}::jsonb,
            ${plan.employers}::text[], ${plan.expiresAt}::timestamptz)
    returning id`.execute(db);
  await sql`
    insert into held_departure (enterprise_number, plan_id, beneficiary_id, cause)
    select enterprise_number, ${onlyRow(made).id}::bigint, beneficiary_id, cause from departure`.execute(db);
}

/** Somebody who would leave by a held plan. */
export interface HeldDeparture {
  readonly enterpriseNumber: string;
  readonly beneficiaryId: number;
  /** a row says so, or a full file does not name them */
  readonly cause: 'explicit' | 'absent';
}

/** By employer and cause; nobody once the plan is decided. */
export async function listHeldDepartures(db: Db, planId: number): Promise<HeldDeparture[]> {
  const found = await sql<HeldDeparture>`
    select enterprise_number as "enterpriseNumber", beneficiary_id as "beneficiaryId", cause
      from held_departure where plan_id = ${planId} order by 1, 3, 2`.execute(db);
  return found.rows;
}

export async function listHeldPlans(db: Db): Promise<HeldPlan[]> {
  const found = await sql<HeldPlan>`select ${COLUMNS} from held_plan where decision is null order by id`.execute(db);
  return found.rows;
}

/** By its hash or the first twelve characters of it; the latest of several, locked for the decision. */
export async function findPlan(db: Db, hash: string): Promise<HeldPlan | undefined> {
  const found = await sql<HeldPlan>`
    select ${COLUMNS} from held_plan
     where plan_hash = ${hash} or (length(${hash}) = 12 and left(plan_hash, 12) = ${hash})
     order by decision is null desc, id desc limit 1 for update`.execute(db);
  return found.rows[0];
}

/** The open plan of a file, if it has one. */
export async function findOpenPlan(db: Db, fileId: number): Promise<HeldPlan | undefined> {
  const found = await sql<HeldPlan>`
    select ${COLUMNS} from held_plan where file_id = ${fileId} and decision is null for update`.execute(db);
  return found.rows[0];
}

export type PlanDecision = 'approved' | 'discarded' | 'superseded' | 'expired' | 'void';

export async function decidePlan(
  db: Db,
  id: number,
  decision: PlanDecision,
  word: { readonly by: string; readonly why: string } | null = null,
): Promise<void> {
  await sql`
    update held_plan
       set decision = ${decision}, decided_by = ${word?.by ?? null}, why = ${word?.why ?? null}, decided_at = now()
     where id = ${id}`.execute(db);
  await sql`delete from held_departure where plan_id = ${id}`.execute(db);
}

/** Open plans whose time is over at `moment` (ISO), locked; those that somebody is deciding just now are left to them. */
export async function lockOverduePlans(db: Db, moment: string): Promise<HeldPlan[]> {
  const found = await sql<HeldPlan>`
    select ${COLUMNS} from held_plan where decision is null and expires_at <= ${moment}::timestamptz
     order by id for update skip locked`.execute(db);
  return found.rows;
}

/** A held plan that newer full files have made pointless, and its file. */
export interface PointlessPlan {
  readonly id: number;
  readonly planHash: string;
  readonly fileId: number;
  readonly name: string;
  readonly sha256: string;
}

/**
 * Open plans of full files of a place (drop and layout), but that of `fileId`, when for each of their employers a newer full file
 * of the same place was applied; of two that are as new as each other, the one that arrived later.
 */
export async function listPointlessPlans(
  db: Db,
  { fileId, dropId, layoutId }: { readonly fileId: number; readonly dropId: string; readonly layoutId: string },
): Promise<PointlessPlan[]> {
  const found = await sql<PointlessPlan>`
    select p.id, p.plan_hash as "planHash", f.id as "fileId", f.name, f.sha256
      from held_plan p join drop_file f on f.id = p.file_id
     where p.decision is null and f.drop_id = ${dropId} and f.layout_id = ${layoutId} and f.scope = 'full'
       and f.id <> ${fileId} and cardinality(p.employers) > 0 and not exists (
         select from unnest(p.employers) as e (enterprise_number)
          where not exists (
            select from full_file l
             where l.enterprise_number = e.enterprise_number and l.drop_id = f.drop_id and l.layout_id = f.layout_id
               and (l.as_of, l.file_id) > (f.as_of, f.id)))
     order by p.id for update of p`.execute(db);
  return found.rows;
}
