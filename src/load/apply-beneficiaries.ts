/** Beneficiaries of one staged file: the order of the statements that check, weigh and write them. */
import { sql } from 'kysely';
import type { ImportMode, Scope } from '../model.ts';
import { planProducts, writeProducts } from './beneficiary-products.ts';
import { checkPlannedBeneficiaries, checkStagedBeneficiaries } from './check-beneficiaries.ts';
import type { Db } from './database.ts';
import { type Applied, type Consent, findHold } from './decide-plan.ts';
import { createDepartures, findAbsent, findExplicitDepartures, writeAbsences } from './departures.ts';
import { countOutcomes, createFindings, type Delivery, lockEmployers, writeIssues } from './found-issues.ts';
import { planBeneficiaries } from './plan-beneficiaries.ts';
import { BENEFICIARY_STAGE } from './stage-beneficiaries.ts';
import {
  decideOutcomes,
  findSensitiveChanges,
  insertBeneficiaries,
  keepEverybodyActive,
  updateBeneficiaries,
  warnOfOutcomes,
} from './write-beneficiaries.ts';

export interface BeneficiariesToApply {
  readonly mode: ImportMode;
  readonly scope: Scope;
  readonly today: string;
  readonly dropId: string;
  readonly layoutId: string;
  readonly consent: Consent;
}

/** Applies the staged rows in the caller's transaction, or holds them: then nothing but their issues is written. */
export async function applyBeneficiaries(db: Db, delivery: Delivery, options: BeneficiariesToApply): Promise<Applied> {
  const { today, consent } = options;
  await createFindings(db);
  await sql`create temporary table delivery on commit drop as select ${delivery.asOf}::timestamptz as as_of`.execute(
    db,
  );
  await lockEmployers(db, BENEFICIARY_STAGE);
  await checkStagedBeneficiaries(db, delivery);
  await planBeneficiaries(db, delivery, today);
  await checkPlannedBeneficiaries(db, delivery, options.mode);
  await planProducts(db);
  await decideOutcomes(db);
  await createDepartures(db);
  await findExplicitDepartures(db);
  const protectedEmployers = options.scope === 'full' ? await findAbsent(db, delivery, options) : 0;
  await findSensitiveChanges(db);
  const held = await findHold(db, delivery.fileId, BENEFICIARY_STAGE, consent);
  if (held === null && consent.by === 'person' && consent.upsertsOnly) await keepEverybodyActive(db);
  await warnOfOutcomes(db);
  await writeIssues(db, BENEFICIARY_STAGE, delivery.fileId);
  const absent = await countAbsent(db);
  if (held === null) {
    await insertBeneficiaries(db, delivery, today);
    await updateBeneficiaries(db, delivery, today);
    await writeProducts(db, delivery);
    if (options.scope === 'full') await writeAbsences(db, delivery, options, today);
  }
  return { counts: await countOutcomes(db, BENEFICIARY_STAGE, absent), held, protectedEmployers };
}

async function countAbsent(db: Db): Promise<number> {
  const found = await sql<{ people: number }>`
    select count(*)::int as people from departure where cause = 'absent'`.execute(db);
  return found.rows[0]?.people ?? 0;
}
