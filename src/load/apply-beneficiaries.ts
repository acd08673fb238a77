/** Beneficiaries of one staged file: the order of the statements that check, decide and write them. */
import { sql } from 'kysely';
import type { FileCounts, ImportMode } from '../model.ts';
import { planProducts, writeProducts } from './beneficiary-products.ts';
import { checkPlannedBeneficiaries, checkStagedBeneficiaries } from './check-beneficiaries.ts';
import type { Db } from './database.ts';
import { countOutcomes, createFindings, type Delivery, lockEmployers, writeIssues } from './found-issues.ts';
import { planBeneficiaries } from './plan-beneficiaries.ts';
import { BENEFICIARY_STAGE } from './stage-beneficiaries.ts';
import { decideOutcomes, insertBeneficiaries, updateBeneficiaries, warnOfOutcomes } from './write-beneficiaries.ts';

/** Applies the staged rows in the caller's transaction; what the file turns out to do stands in the counts. */
export async function applyBeneficiaries(
  db: Db,
  delivery: Delivery,
  options: { readonly mode: ImportMode; readonly today: string },
): Promise<FileCounts> {
  await createFindings(db);
  await sql`create temporary table delivery on commit drop as select ${delivery.asOf}::timestamptz as as_of`.execute(db);
  await lockEmployers(db, BENEFICIARY_STAGE);
  await checkStagedBeneficiaries(db, delivery);
  await planBeneficiaries(db, delivery, options.today);
  await checkPlannedBeneficiaries(db, delivery, options.mode);
  await planProducts(db);
  await decideOutcomes(db);
  await warnOfOutcomes(db);
  await insertBeneficiaries(db, delivery, options.today);
  await updateBeneficiaries(db, delivery, options.today);
  await writeProducts(db, delivery);
  await writeIssues(db, BENEFICIARY_STAGE, delivery.fileId);
  return countOutcomes(db, BENEFICIARY_STAGE, 0);
}
