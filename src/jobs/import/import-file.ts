/** One fetched file, from its bytes to the database, and what came of it; by a drop, by hand, or only as a plan. */
import { RefusedError, RetryableError } from '../../errors.ts';
import { ofOwnDisk } from '../../ingest/drops/own-disk.ts';
import type { Db } from '../../load/database.ts';
import { claimFile, letGo, type Outcome } from '../../load/files/claims.ts';
import { findOpenPlan } from '../../load/files/held-plans.ts';
import { getFile, insertSeenFile, listIssues, markFetched, type SeenFile } from '../../load/files/ledger.ts';
import { FEW } from '../../load/files/plan-tables.ts';
import { languageOf } from '../../load/reference/secretariats.ts';
import type { DropFile } from '../../load/tables.ts';
import { fileNameForLog } from '../../log.ts';
import type { FileCounts } from '../../model.ts';
import type { JobContext } from '../context.ts';
import { leaveFile, parkFile } from '../intake/leave-file.ts';
import { NO_COUNTS, toldStatus } from '../intake/receipt.ts';
import { OWNER } from '../owner.ts';
import { retryTransaction } from '../retry-transaction.ts';
import { decideFile } from './decide-file.ts';
import type { ImportInstruction } from './import-instruction.ts';
import { type ToldIssue, tellIssue } from './issue-text.ts';

export interface ImportResult {
  readonly fileId: number | null;
  readonly status: string;
  readonly counts: FileCounts;
  readonly issues: readonly ToldIssue[];
  /** of the plan that is held */
  readonly planHash?: string;
  /** what a dry run would come to */
  readonly wouldBe?: string;
}

/** A file whose bytes are kept at `storedAt`. */
export interface KeptFile {
  readonly seen: SeenFile;
  readonly sha256: string;
  readonly storedAt: string;
}

/**
 * Imports a file that stands in the ledger as `fetched` or, with an approved plan, as `held`; any other is told
 * as it is. One owner at a time: the claim ends with the connection, and what a lost owner still writes is refused by its fence.
 * @throws RetryableError `claimed` when another owner has it, `not_due` before its time; otherwise it is left for later in the ledger
 * @throws RefusedError when somebody else has decided the approved plan
 */
export async function importFile(
  context: JobContext,
  fileId: number,
  storedAt: string,
  instruction: ImportInstruction,
): Promise<ImportResult> {
  await importUntold(context, fileId, storedAt, instruction);
  return resultOf(context, context.database.prepared, fileId);
}

/** The same, where nobody reads what came of it: that stands in the log and in the ledger. Throws as `importFile`. */
export async function importUntold(
  context: JobContext,
  fileId: number,
  storedAt: string,
  instruction: ImportInstruction,
): Promise<void> {
  const taken: { file: DropFile | null; decided: boolean; outcome: Outcome | null } = {
    file: null,
    decided: false,
    outcome: null,
  };
  try {
    await context.database.withSession(async (session) => {
      const approved = instruction.approved !== null;
      const claim = await claimFile(session.prepared, fileId, OWNER, approved ? 'held' : 'fetched');
      if (claim.kind === 'decided' && approved) throw new RefusedError('This plan is not open any more.');
      if (claim.kind === 'decided') return;
      if (claim.kind === 'elsewhere') throw new RetryableError('claimed', 'Another worker has this file.');
      if (claim.kind === 'later') throw new RetryableError('not_due', 'This file waits for its next try.');
      const { file } = claim;
      taken.file = file;
      if (claim.lostBy !== null) context.log('file.taken_over', { ...nameOf(file), worker: claim.lostBy });
      if (claim.kind === 'worn-out') await parkFile(context, file);
      else
        await decideFile(context, session, file, storedAt, instruction, (work, rows) =>
          retryTransaction(rows <= FEW ? session.prepared : session.db, work),
        );
      taken.decided = true;
      taken.outcome = await letGo(session.prepared, fileId);
    });
  } catch (error) {
    // What is decided needs nobody's leave: the session that could not let go of it is thrown away, and its lock with it.
    if (!taken.decided) {
      // Beside the database, only the store was asked.
      const named = ofOwnDisk(error);
      if (taken.file !== null) await leaveFile(context, taken.file, named);
      throw named;
    }
  }
  if (taken.file !== null) await logOutcome(context, taken.file, taken.outcome);
}

/** The same, in a transaction that is rolled back: what would happen, and nothing else. */
export async function planFile(
  context: JobContext,
  kept: KeptFile,
  instruction: ImportInstruction,
): Promise<ImportResult> {
  return context.database.withSession(async (session) => {
    const trx = await session.db.startTransaction().execute();
    try {
      const id = await insertSeenFile(trx, kept.seen);
      await markFetched(trx, id, kept.sha256, kept.seen.size);
      const file = await requireFile(trx, id);
      // A log tells what happened, and nothing of this does.
      const unheard = { ...context, log: () => undefined };
      await decideFile(unheard, { ...session, db: trx, prepared: trx }, file, kept.storedAt, instruction, (work) =>
        work(trx),
      );
      const result = await resultOf(context, trx, id);
      const { planHash: _, ...planned } = result;
      return { ...planned, fileId: null, status: 'planned', wouldBe: result.status };
    } finally {
      await trx.rollback().execute();
    }
  });
}

async function requireFile(db: Db, id: number): Promise<DropFile> {
  const file = await getFile(db, id);
  if (file === undefined) throw new Error('this file is not in the ledger');
  return file;
}

/** What the ledger says came of a file. */
export async function resultOf(context: JobContext, db: Db, id: number): Promise<ImportResult> {
  const file = await requireFile(db, id);
  const issues = await listIssues(db, id);
  const language = issues.length > 0 ? await languageOf(db, file.secretariat_code) : 'en';
  const plan = file.status === 'held' ? await findOpenPlan(db, id) : undefined;
  return {
    fileId: id,
    status: toldStatus(file.status),
    counts: { ...NO_COUNTS, ...file.counts },
    issues: issues.map((issue) => tellIssue(issue, context.config.messages, language, file.sender_columns)),
    ...(plan === undefined ? {} : { planHash: plan.planHash }),
  };
}

const DONE = {
  applied: 'file.applied',
  archived: 'file.applied',
  duplicate: 'file.duplicate',
  superseded: 'file.superseded',
} as const;

function isDone(status: string): status is keyof typeof DONE {
  return Object.hasOwn(DONE, status);
}

/** Only of a file that is not simply done is more read than how many issues it has. */
async function logOutcome(context: JobContext, file: DropFile, outcome: Outcome | null): Promise<void> {
  const known = outcome !== null && isDone(outcome.status);
  const result = known ? null : await resultOf(context, context.database.prepared, file.id);
  const status = result?.status ?? outcome?.status ?? '';
  const counts = { ...NO_COUNTS, ...(result ?? outcome)?.counts };
  const facts = { ...nameOf(file), counts, issues: result?.issues.length ?? outcome?.issues ?? 0 };
  if (isDone(status)) context.log(DONE[status], facts);
  else if (status === 'held') {
    const held = result?.planHash === undefined ? {} : { planHash: result.planHash };
    context.log('file.held', { ...facts, ...held });
    context.log('plan.held', { fileId: file.id, drop: file.drop_id, ...held });
  } else if (status === 'rejected') {
    context.log('file.rejected', { ...facts, code: result?.issues[0]?.code ?? 'rows' });
  }
}

function nameOf(file: DropFile) {
  return { fileId: file.id, drop: file.drop_id, file: fileNameForLog(file.name) };
}
