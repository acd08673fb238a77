/** Payroll entries of one staged file: the order of the statements that check, weigh and write them. */
import { sql } from 'kysely';
import type { Layout } from '../../model.ts';
import type { Db } from '../database.ts';
import { type Applied, type Consent, findHold } from '../files/decide-plan.ts';
import { type Delivery, lockEmployers, writeIssues } from '../files/found-issues.ts';
import type { HeldReason } from '../files/gates.ts';
import { FEW, prepareMany } from '../files/plan-tables.ts';
import { findAbsentTotals, planAbsentTotals } from './absent-totals.ts';
import { noticeEndedSplits, splitBlends } from './blends.ts';
import { checkPayroll, settleRepeated } from './check-payroll.ts';
import { decideEmploymentEnds, dropPassedEnds, writeEmploymentEnds } from './payroll-ends.ts';
import { plannedPayroll, planPayroll, readPlanFacts } from './plan-payroll.ts';
import { scopePayroll } from './scope-payroll.ts';
import { emptyPayrollStage, PAYROLL_STAGE } from './stage-payroll.ts';
import { findStanding } from './standing-totals.ts';
import { writeRestated, writeSigned } from './write-payroll.ts';

export interface PayrollToApply {
  /** that were staged */
  readonly rows: number;
  readonly counts: Layout['counts'];
  readonly sameKey: Layout['sameKey'];
  /** a person whom the file does not name for one of its months has nothing left there */
  readonly endsAbsent: boolean;
  readonly today: string;
  readonly consent: Consent;
}

/** Applies the staged rows in the caller's transaction, or holds them: then nothing but their issues is written. */
export async function applyPayroll(db: Db, delivery: Delivery, options: PayrollToApply): Promise<Applied> {
  const { rows, counts, sameKey, endsAbsent, today, consent } = options;
  const many = rows > FEW;
  if (many) await prepareMany(db, PAYROLL_STAGE);
  await lockEmployers(db, PAYROLL_STAGE);
  const scope = await scopePayroll(db, delivery, counts);
  const { printed, ends, split } = scope;
  // Whoever is absent is looked for in the plan, which then must have every row.
  const standing = many && counts === 'restated' && !endsAbsent ? await findStanding(db, delivery) : null;
  const { suspect, repeated, ...planned } = await planPayroll(db, delivery, counts, scope, standing);
  if (printed) await splitBlends(db);
  if (split) await noticeEndedSplits(db);
  if (suspect) await checkPayroll(db, printed);
  if (repeated) await settleRepeated(db, counts, sameKey);
  const changed = printed || split || suspect || repeated;
  // Of a month said again, most rows write nothing: the statements that write must know how few there are.
  if (many) await sql`analyze plan_payroll (outcome, known)`.execute(db);
  let facts = changed ? await readPlanFacts(db, standing ?? 0) : planned.facts;
  if (counts === 'restated' && facts.stale) await warnOfStale(db);
  if (ends) await decideEmploymentEnds(db, delivery, today);
  if (endsAbsent) await findAbsentTotals(db, delivery);
  const other = scope.otherSource ? await findOtherSource(db) : [];
  const content = plannedPayroll({ printed, ends, endsAbsent });
  const changesPeople = ends || endsAbsent;
  const plan = { fileId: delivery.fileId, stage: PAYROLL_STAGE, counts: facts.counts, content, changesPeople };
  const held = await findHold(db, plan, consent, other);
  const upsertsOnly = consent.by === 'person' && consent.upsertsOnly;
  if (held === null && upsertsOnly && ends) await dropPassedEnds(db);
  if (ends) facts = { ...facts, counts: (await readPlanFacts(db, standing ?? 0)).counts };
  const noted = changed || ends || scope.strangers || facts.noted || facts.stale;
  if (noted) await writeIssues(db, PAYROLL_STAGE, delivery.fileId);
  if (held === null) {
    if (endsAbsent && !upsertsOnly && (await planAbsentTotals(db))) facts = { ...facts, updated: true };
    if (counts === 'restated') await writeRestated(db, delivery, { ...facts, ...scope, splits: printed || split });
    else await writeSigned(db, delivery);
    if (ends) await writeEmploymentEnds(db, delivery, today);
  }
  // The next file need not come for the room on the disk to be free again; who would leave by a held plan is still asked.
  if (many && held === null) await emptyPayrollStage(db);
  return { counts: facts.counts, held, protectedEmployers: 0 };
}

/** A total older than one that is known changes nothing. */
async function warnOfStale(db: Db): Promise<void> {
  await sql`
    insert into found_issue (row_number, code, severity)
    select row_number, 'row.stale', 'warning' from plan_payroll where stale and leads and outcome is not null`.execute(
    db,
  );
}

/** Totals and increments for one employer and product cannot both be right: a person must say which of them goes on. */
async function findOtherSource(db: Db): Promise<HeldReason[]> {
  const found = await sql<{ enterpriseNumber: string; count: number; of: number }>`
    select enterprise_number as "enterpriseNumber", count(*)::int as count, count(*)::int as of
      from plan_payroll join payroll_scope using (enterprise_number, product_code, period)
     where other_source and outcome is not null group by enterprise_number, product_code order by 1`.execute(db);
  return found.rows.map((row) => ({ gate: 'payroll.two-sources', ...row }));
}
