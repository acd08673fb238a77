/** Payroll entries of one staged file: the order of the statements that check them and write entitlements. */
import type { FileCounts, Layout } from '../model.ts';
import type { Db } from './database.ts';
import { countOutcomes, createFindings, type Delivery, lockEmployers, writeIssues } from './found-issues.ts';
import { findPayrollConflicts, planPayroll } from './plan-payroll.ts';
import { PAYROLL_STAGE } from './stage-payroll.ts';
import { writeEmploymentEnds, writeRestated, writeSigned } from './write-payroll.ts';

/** Applies the staged rows in the caller's transaction. */
export async function applyPayroll(
  db: Db,
  delivery: Delivery,
  options: { readonly counts: Layout['counts']; readonly sameKey: Layout['sameKey']; readonly today: string },
): Promise<FileCounts> {
  await createFindings(db);
  await lockEmployers(db, PAYROLL_STAGE);
  await planPayroll(db, delivery);
  if (options.counts === 'restated') {
    if (options.sameKey === 'conflict') await findPayrollConflicts(db);
    await writeRestated(db, delivery, options.sameKey);
  } else {
    await writeSigned(db, delivery);
  }
  await writeEmploymentEnds(db, delivery, options.today);
  await writeIssues(db, PAYROLL_STAGE, delivery.fileId);
  return countOutcomes(db, PAYROLL_STAGE, 0);
}
