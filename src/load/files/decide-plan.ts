/** The decision about a plan that stands in the temporary tables: go on, or hold it for a person. */
import type { FileCounts } from '../../model.ts';
import type { Db } from '../database.ts';
import { type HeldReason, hashPlan, type Safety, weighPlan } from './gates.ts';

/** How a plan may be applied: weighed by the gates, or as a person has approved it. */
export type Consent =
  | { readonly by: 'gates'; readonly safety: Safety }
  | { readonly by: 'person'; readonly safety: Safety; readonly planHash: string; readonly upsertsOnly: boolean };

export interface Applied {
  readonly counts: FileCounts;
  /** null when the plan was carried out */
  readonly held: { readonly planHash: string; readonly reasons: readonly HeldReason[] } | null;
  /** employers whose absent people were left alone because a row's person could not be read */
  readonly protectedEmployers: number;
}

/**
 * @returns what holds the plan, or null when it may go on. A plan that a person approved goes on only as long as it is still
 * the same: what changed since then is a new plan.
 */
export async function findHold(
  db: Db,
  fileId: number,
  stage: string,
  consent: Consent,
  rows: Pick<FileCounts, 'read' | 'rejected'>,
  more: readonly HeldReason[] = [],
): Promise<Applied['held']> {
  const reasons = [...(await weighPlan(db, stage, consent.safety, rows)), ...more];
  if (consent.by === 'gates' && reasons.length === 0) return null;
  const planHash = await hashPlan(db, fileId, stage);
  if (consent.by === 'person' && consent.planHash === planHash) return null;
  return { planHash, reasons };
}
