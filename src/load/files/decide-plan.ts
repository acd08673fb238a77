/** The decision about a plan that stands in the temporary tables: go on, or hold it for a person. */
import type { FileCounts } from '../../model.ts';
import type { Db } from '../database.ts';
import { type HeldReason, hashPlan, listPlannedEmployers, type PlanToWeigh, type Safety, weighPlan } from './gates.ts';

/** How a plan may be applied: weighed by the gates, or as a person has approved it. */
export type Consent = {
  readonly safety: Safety;
  /** of the layout that the file was read with */
  readonly layoutHash: string;
} & ({ readonly by: 'gates' } | { readonly by: 'person'; readonly planHash: string; readonly upsertsOnly: boolean });

/** What a plan is called, why it is held, and whom it is about. */
export interface Held {
  readonly planHash: string;
  readonly reasons: readonly HeldReason[];
  /** enterprise numbers of the employers that the file speaks of, and its sender may */
  readonly employers: readonly string[];
}

export interface Applied {
  readonly counts: FileCounts;
  /** null when the plan was carried out */
  readonly held: Held | null;
  /** employers whose absent people were left alone because a row's person could not be read */
  readonly protectedEmployers: number;
}

/**
 * @returns what holds the plan, or null when it may go on. A plan that a person approved goes on only as long as it is still
 * the same: what changed since then is a new plan. Only a plan that is held, or was, is named.
 */
export async function findHold(
  db: Db,
  plan: PlanToWeigh,
  consent: Consent,
  more: readonly HeldReason[] = [],
): Promise<Held | null> {
  const reasons = [...(await weighPlan(db, plan, consent.safety)), ...more];
  if (consent.by === 'gates' && reasons.length === 0) return null;
  const planHash = await hashPlan(db, plan, consent.layoutHash, reasons);
  if (consent.by === 'person' && consent.planHash === planHash) return null;
  return { planHash, reasons, employers: await listPlannedEmployers(db, plan.stage) };
}
