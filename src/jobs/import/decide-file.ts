/** The decision about one fetched file: refused, a copy, too late, held for a person, or applied; told in the ledger. */
import { isoMoment } from '../../clock.ts';
import { FileError, RefusedError } from '../../errors.ts';
import type { Db, Session } from '../../load/database.ts';
import { requireFence } from '../../load/files/claims.ts';
import type { Applied } from '../../load/files/decide-plan.ts';
import { findEarlier, reopenDuplicates } from '../../load/files/earlier-deliveries.ts';
import type { Delivery } from '../../load/files/found-issues.ts';
import { findOpenPlan, type PointlessPlan } from '../../load/files/held-plans.ts';
import { type Identity, insertFileIssues, markOutcome, removeIssues, writeIdentity } from '../../load/files/ledger.ts';
import { queueReceipt, type RejectsFormat } from '../../load/files/outgoing.ts';
import { keepIf } from '../../load/keep-if.ts';
import { isSuperseded } from '../../load/people/departures.ts';
import type { DropFile } from '../../load/tables.ts';
import type { FileCounts, FileStatus, IssueCode, RowIssue, Severity } from '../../model.ts';
import type { JobContext } from '../context.ts';
import { type PlainFile, withPlainFile } from '../intake/plain-file.ts';
import { incomplete, isStillComing, requireWhole } from '../intake/whole-file.ts';
import { applyFile, type ReadFile, stageFile } from './apply-file.ts';
import { fitLayout } from './fit-layout.ts';
import { identifyFile } from './identify-file.ts';
import type { ImportInstruction } from './import-instruction.ts';
import { rejectsFormat } from './rejects-format.ts';
import { closePlan, endPointlessPlans, holdPlan } from './settle-plan.ts';

/** Runs its work, which is about so many rows, in the transaction in which the file is decided. */
export type InTransaction = (work: (db: Db) => Promise<void>, rows: number) => Promise<void>;

/** What was found out before the file could be decided. */
interface Found {
  identity: Identity | null;
}

/** Who takes a file first: nobody has said anything of it before. */
const FIRST_FENCE = 1;

interface Decided {
  readonly status: FileStatus;
  readonly issues: readonly RowIssue[];
  readonly counts?: FileCounts;
  readonly duplicateOf?: number;
  /** files that were called duplicates, and are decided anew */
  readonly reopened?: readonly number[];
  /** plans of others that this file made pointless */
  readonly pointless?: readonly PointlessPlan[];
}

/** Reads and stages the file outside the transaction, then applies it in one; a FileError rejects it. */
export async function decideFile(
  context: JobContext,
  session: Session,
  file: DropFile,
  storedAt: string,
  instruction: ImportInstruction,
  inTransaction: InTransaction,
): Promise<void> {
  const found: Found = { identity: null };
  try {
    await withPlainFile(context.config, file, storedAt, (plain) =>
      readAndDecide(context, session, file, plain, instruction, inTransaction, found),
    );
  } catch (error) {
    if (!(error instanceof FileError)) throw error;
    if (isStillComing(file, error, instruction.saidWhole, context.now)) throw incomplete();
    const issue: RowIssue = { ...fileIssue(error.code, 'error'), columnName: error.column, params: error.params };
    await inTransaction(async (db) => {
      if (found.identity === null) await requireFence(db, file);
      else await writeIdentity(db, file, found.identity);
      if (file.fence > FIRST_FENCE) await removeIssues(db, file.id);
      await settle(context, db, file, { status: 'rejected', issues: [issue] }, null, instruction.approved);
    }, 0);
  }
}

async function readAndDecide(
  context: JobContext,
  session: Session,
  file: DropFile,
  plain: PlainFile,
  instruction: ImportInstruction,
  inTransaction: InTransaction,
  found: Found,
): Promise<void> {
  const { limits, set, layouts } = instruction;
  const fitted = await fitLayout(
    { ...plain, maxBytes: limits.maxBytes, set, today: context.today },
    layouts,
    context.config,
  );
  const identity = identifyFile(file, fitted, instruction, context.now);
  found.identity = identity;
  const staged = await stageFile(session, fitted, plain.path, context, file);
  // A bank statement shows by its totals or its last mark that it is whole.
  requireWhole(file, { rows: staged?.rows ?? null, proven: staged === null || staged.proven }, context.now);
  if (staged !== null && staged.rows === 0 && identity.scope === 'full') throw new FileError('file.empty');
  const done: { decided: Decided | null } = { decided: null };
  await inTransaction(async (db) => {
    await writeIdentity(db, file, identity);
    if (file.fence > FIRST_FENCE) await removeIssues(db, file.id);
    const decided = await decide(context, db, { file, fitted, identity, staged, instruction, storedAt: plain.path });
    await settle(context, db, file, decided, rejectsFormat(fitted.format), instruction.approved);
    done.decided = decided;
  }, staged?.rows ?? Number.POSITIVE_INFINITY);
  const { reopened = [], pointless = [] } = done.decided ?? {};
  for (const fileId of reopened) context.log('file.reopened', { fileId, drop: file.drop_id });
  for (const { fileId, planHash } of pointless)
    context.log('plan.superseded', { fileId, drop: file.drop_id, planHash });
}

async function decide(context: JobContext, db: Db, read: ReadFile): Promise<Decided> {
  const { file, fitted, identity, staged, instruction } = read;
  const place = { dropId: file.drop_id, layoutId: fitted.layout.id };
  const earlier = await findEarlier(db, file.id, file.drop_id, identity, isoMoment(context.now));
  const plan = instruction.approved === null ? undefined : await findOpenPlan(db, file.id);
  if (instruction.approved !== null && plan?.planHash !== instruction.approved.planHash) {
    throw new RefusedError('This plan is not open any more.');
  }
  // Increments applied anew would count twice.
  const signed = fitted.layout.counts === 'signed';
  const mayRepeat = instruction.approved !== null || (instruction.again && !signed);
  const copyOf = mayRepeat || signed ? null : earlier.latest;
  if (!mayRepeat) {
    const duplicateOf = signed ? earlier.before : copyOf?.refused === 0 ? copyOf.id : null;
    if (duplicateOf !== null) return { status: 'duplicate', issues: [], duplicateOf };
    if (earlier.held !== null) return { status: 'duplicate', issues: [], duplicateOf: earlier.held };
  }
  const delivery: Delivery = {
    fileId: file.id,
    secretariat: file.secretariat_code,
    receivedOn: file.received_on,
    asOf: identity.asOf,
  };
  const issues = [...(staged?.warnings ?? [])];
  const comesBack = earlier.before !== null && earlier.latest === null;
  if (comesBack && !instruction.again) issues.push(fileIssue('file.seen-before', 'warning'));
  const full = identity.scope === 'full' && fitted.layout.kind === 'beneficiaries';
  if (full && (await isSuperseded(db, delivery, place))) return { status: 'superseded', issues };
  const apply = () => applyFile(context, db, delivery, read, earlier.layoutHash);
  const applied =
    copyOf === null ? await apply() : ((await keepIf(db, takesMoreThan(copyOf.refused), apply)) ?? copyOf.id);
  if (typeof applied === 'number') return { status: 'duplicate', issues: [], duplicateOf: applied };
  if (applied === 'duplicate') return { status: 'duplicate', issues };
  const { counts, held, protectedEmployers } = applied;
  if (protectedEmployers > 0) {
    issues.push({ ...fileIssue('file.absence-skipped', 'warning'), params: { count: protectedEmployers } });
  }
  if (counts.read > 0 && counts.rejected === counts.read) return { status: 'rejected', issues, counts };
  if (held !== null) {
    await holdPlan(context, db, file, held, counts, instruction.approved);
    return { status: 'held', issues, counts };
  }
  const pointless = full ? await endPointlessPlans(db, file, place.layoutId) : [];
  // X was applied, this file was late, and X came once more meanwhile: what its sender said last is X.
  const reopened = signed ? [] : earlier.duplicatesSince;
  if (reopened.length > 0) await reopenDuplicates(db, reopened);
  return { status: 'applied', issues, counts, reopened, pointless };
}

/**
 * A copy is no copy when rows that were refused are right now, and news: payroll came before its people, and its sender sends it
 * again.
 */
const takesMoreThan = (refused: number) => (again: Applied | 'duplicate') => {
  if (again === 'duplicate') return false;
  const { rejected, created, updated, reactivated } = again.counts;
  return rejected < refused && created + updated + reactivated > 0;
};

async function settle(
  context: JobContext,
  db: Db,
  file: DropFile,
  decided: Decided,
  rejectsAs: RejectsFormat | null,
  approved: ImportInstruction['approved'],
): Promise<void> {
  const { status, issues, counts, duplicateOf } = decided;
  await closePlan(db, file, status, approved);
  await insertFileIssues(db, file.id, issues);
  await markOutcome(db, file.id, status, {
    ...(counts === undefined ? {} : { counts }),
    ...(duplicateOf === undefined ? {} : { duplicateOf }),
    ...(status === 'applied' ? { appliedAt: isoMoment(context.now) } : {}),
  });
  const hasRejects = counts !== undefined && counts.rejected > 0;
  if (file.sha256 !== null) await queueReceipt(db, { ...file, sha256: file.sha256 }, hasRejects ? rejectsAs : null);
}

function fileIssue(code: IssueCode, severity: Severity): RowIssue {
  return { rowNumber: null, columnName: null, code, severity, params: {} };
}
