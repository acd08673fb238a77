/** Held plans: what waits for a person, and what a person has decided. */
import { sql } from 'kysely';
import type { FileCounts } from '../../model.ts';
import type { Db } from '../database.ts';
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

export async function insertHeldPlan(
  db: Db,
  plan: { fileId: number; planHash: string; counts: FileCounts; reasons: readonly HeldReason[]; expiresAt: string },
): Promise<void> {
  await sql`
    insert into held_plan (file_id, plan_hash, counts, reasons, expires_at)
    values (${plan.fileId}, ${plan.planHash}, ${JSON.stringify(plan.counts)}::jsonb, ${JSON.stringify(plan.reasons)}::jsonb,
            ${plan.expiresAt}::timestamptz)`.execute(db);
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

export async function decidePlan(
  db: Db,
  id: number,
  decision: 'approved' | 'discarded' | 'superseded' | 'expired' | 'void',
  by: string | null,
  why: string | null,
): Promise<void> {
  await sql`
    update held_plan set decision = ${decision}, decided_by = ${by}, why = ${why}, decided_at = now() where id = ${id}
  `.execute(db);
}

/** Open plans whose time is over at `moment` (ISO), locked; those that somebody is deciding just now are left to them. */
export async function lockOverduePlans(db: Db, moment: string): Promise<HeldPlan[]> {
  const found = await sql<HeldPlan>`
    select ${COLUMNS} from held_plan where decision is null and expires_at <= ${moment}::timestamptz
     order by id for update skip locked`.execute(db);
  return found.rows;
}

/** A newer full file of the same place makes older held plans pointless; @returns their files */
export async function supersedeHeldPlans(
  db: Db,
  full: { fileId: number; dropId: string; layoutId: string; asOf: string },
): Promise<number[]> {
  const found = await sql<{ fileId: number }>`
    with older as (
      update held_plan p set decision = 'superseded', decided_at = now()
        from drop_file f
       where p.file_id = f.id and p.decision is null and f.drop_id = ${full.dropId} and f.layout_id = ${full.layoutId}
         and f.scope = 'full' and f.id <> ${full.fileId} and f.as_of <= ${full.asOf}::timestamptz
         and (f.name_values, f.set_values) = (select n.name_values, n.set_values from drop_file n where n.id = ${full.fileId})
      returning p.file_id
    )
    update drop_file f set status = 'superseded' from older where f.id = older.file_id returning f.id as "fileId"`.execute(
    db,
  );
  return found.rows.map((row) => row.fileId);
}
