/** One fetched file, from its bytes to the database: fitted, staged, applied in one transaction, told to its sender. */
import { hash } from 'node:crypto';
import type { ConfiguredLayout } from '../config.ts';
import { isoMoment } from '../clock.ts';
import { FileError } from '../errors.ts';
import { applyBeneficiaries } from '../load/apply-beneficiaries.ts';
import { applyEmployers } from '../load/apply-employers.ts';
import { applyPayroll } from '../load/apply-payroll.ts';
import type { Db, Session } from '../load/database.ts';
import type { Delivery } from '../load/found-issues.ts';
import {
  type DropFile,
  findEarlier,
  getFile,
  type Identity,
  insertFileIssues,
  insertSeenFile,
  listIssues,
  lockPlace,
  markFetched,
  markOutcome,
  type SeenFile,
  writeIdentity,
} from '../load/ledger.ts';
import { queueReceipt } from '../load/outgoing.ts';
import { fileNameForLog } from '../log.ts';
import type { FileCounts, ImportMode, Language, RowIssue, Scope } from '../model.ts';
import type { JobContext } from './context.ts';
import { type FittedFile, fitLayout } from './fit-layout.ts';
import { type ToldIssue, tellIssue } from './issue-text.ts';
import { NO_COUNTS, toldStatus } from './receipt.ts';
import { stageEmployers } from './stage-employers.ts';
import { type StagedFile, stageTable } from './stage-rows.ts';
import { applyStatementFile } from './apply-statement-file.ts';

/** How a file is to be taken; the drop's settings, or what was said by hand. */
export interface ImportInstruction {
  /** tried in this order */
  readonly layouts: readonly ConfiguredLayout[];
  readonly scope: Scope | null;
  readonly mode: ImportMode;
  readonly set: Readonly<Record<string, string>>;
  readonly maxBytes: number;
  /** language of the sentences */
  readonly language: Language;
  /** apply a content that was applied before anew */
  readonly again: boolean;
}

export interface ImportResult {
  readonly fileId: number | null;
  readonly status: string;
  readonly counts: FileCounts;
  readonly issues: readonly ToldIssue[];
}

/** A file whose bytes are kept at `storedAt`. */
export interface KeptFile {
  readonly seen: SeenFile;
  readonly sha256: string;
  readonly storedAt: string;
}

/** Imports a file that stands in the ledger as `fetched`. */
export async function importFile(
  context: JobContext,
  fileId: number,
  storedAt: string,
  instruction: ImportInstruction,
): Promise<ImportResult> {
  const file = await requireFile(context.database.db, fileId);
  await context.database.withSession(async (session) => {
    await decide(context, session, file, storedAt, instruction, (work) => session.db.transaction().execute(work));
  });
  const result = await resultOf(context, context.database.db, fileId, instruction.language);
  logResult(context, file, result);
  return result;
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
      await decide(context, { ...session, db: trx }, file, kept.storedAt, instruction, (work) => work(trx));
      const result = await resultOf(context, trx, id, instruction.language);
      return { ...result, fileId: null, status: result.status === 'applied' ? 'planned' : result.status };
    } finally {
      await trx.rollback().execute();
    }
  });
}

type InTransaction = (work: (db: Db) => Promise<void>) => Promise<void>;

async function decide(
  context: JobContext,
  session: Session,
  file: DropFile,
  storedAt: string,
  instruction: ImportInstruction,
  inTransaction: InTransaction,
): Promise<void> {
  try {
    const fitted = await fitLayout(
      { path: storedAt, name: file.name, maxBytes: instruction.maxBytes, set: instruction.set, today: context.today },
      instruction.layouts,
      context.config,
    );
    const identity = identify(file, fitted, instruction, context);
    await writeIdentity(session.db, file.id, identity);
    const staged = await stage(session, fitted, storedAt, context);
    if (staged !== null && staged.rows === 0 && identity.scope === 'full') throw new FileError('file.empty');
    await inTransaction(async (db) => {
      await lockPlace(db, file.drop_id, identity);
      const earlier = await findEarlier(db, file.drop_id, identity);
      const duplicateOf = fitted.layout.counts === 'signed' ? earlier.before : earlier.latest;
      if (duplicateOf !== null && !instruction.again) {
        await settle(context, db, file, 'duplicate', [], { duplicateOf });
        return;
      }
      const warnings = [...(staged?.warnings ?? [])];
      if (earlier.before !== null && !instruction.again) warnings.push(fileIssue('file.seen-before', 'warning'));
      const delivery: Delivery = {
        fileId: file.id,
        secretariat: file.secretariat_code,
        receivedOn: file.received_on,
        asOf: identity.asOf,
      };
      const counts = await apply(context, db, delivery, fitted, instruction, storedAt);
      if (counts === 'duplicate') {
        await settle(context, db, file, 'duplicate', warnings, {});
      } else if (counts.read > 0 && counts.rejected === counts.read) {
        await settle(context, db, file, 'rejected', warnings, { counts });
      } else {
        await settle(context, db, file, 'applied', warnings, { counts });
      }
    });
  } catch (error) {
    if (!(error instanceof FileError)) throw error;
    await inTransaction(async (db) => {
      const issue: RowIssue = { ...fileIssue(error.code, 'error'), columnName: error.column, params: error.params };
      await settle(context, db, file, 'rejected', [issue], {});
    });
  }
}

function fileIssue(code: RowIssue['code'], severity: RowIssue['severity']): RowIssue {
  return { rowNumber: null, columnName: null, code, severity, params: {} };
}

async function settle(
  context: JobContext,
  db: Db,
  file: DropFile,
  status: 'applied' | 'duplicate' | 'rejected',
  issues: readonly RowIssue[],
  outcome: { readonly counts?: FileCounts; readonly duplicateOf?: number },
): Promise<void> {
  await insertFileIssues(db, file.id, issues);
  const appliedAt = status === 'applied' ? { appliedAt: isoMoment(context.now) } : {};
  await markOutcome(db, file.id, status, { ...outcome, ...appliedAt });
  if (file.sha256 !== null) await queueReceipt(db, { ...file, sha256: file.sha256 });
}

/** Statements are read within their transaction: a bank file is small, and its totals are checked to its last line. */
async function stage(
  session: Session,
  fitted: FittedFile,
  storedAt: string,
  context: JobContext,
): Promise<StagedFile | null> {
  if (fitted.layout.kind === 'bank-statement') return null;
  if (fitted.layout.kind === 'employers') {
    const products = context.config.products.map((product) => product.code);
    return stageEmployers(session, storedAt, products);
  }
  return stageTable(session, fitted);
}

function apply(
  context: JobContext,
  db: Db,
  delivery: Delivery,
  fitted: FittedFile,
  instruction: ImportInstruction,
  storedAt: string,
): Promise<FileCounts | 'duplicate'> {
  const { layout } = fitted;
  const { today } = context;
  if (layout.kind === 'employers') return applyEmployers(db, delivery);
  if (layout.kind === 'beneficiaries') return applyBeneficiaries(db, delivery, { mode: instruction.mode, today });
  if (layout.kind === 'payroll') {
    return applyPayroll(db, delivery, { counts: layout.counts, sameKey: layout.sameKey, today });
  }
  return applyStatementFile(context, db, delivery, fitted, storedAt);
}

function identify(
  file: DropFile,
  fitted: FittedFile,
  instruction: ImportInstruction,
  context: JobContext,
): Identity {
  const scope = instruction.scope ?? fitted.layout.scope;
  const named = fitted.table?.plan.start['asOf'];
  const asOf = typeof named === 'string' ? `${named}T00:00:00.000Z` : earlier(file.mtime, isoMoment(context.now));
  const key = [fitted.layout.id, file.sha256, sorted(instruction.set), sorted(fitted.nameValues), scope, instruction.mode];
  return {
    layoutId: fitted.layout.id,
    layoutHash: fitted.layoutHash,
    kind: fitted.layout.kind,
    scope,
    mode: instruction.mode,
    asOf,
    setValues: instruction.set,
    nameValues: fitted.nameValues,
    senderColumns: Object.fromEntries(fitted.table?.plan.senderColumns ?? []),
    contentKey: hash('sha256', JSON.stringify(key)),
  };
}

function sorted(values: Readonly<Record<string, string>>): [string, string][] {
  return Object.entries(values).sort(([one], [other]) => (one < other ? -1 : 1));
}

/** A server's clock may be ahead; a file is not from the future. */
function earlier(one: string, other: string): string {
  return Date.parse(one) < Date.parse(other) ? one : other;
}

async function requireFile(db: Db, id: number): Promise<DropFile> {
  const file = await getFile(db, id);
  if (file === undefined) throw new Error('this file is not in the ledger');
  return file;
}

async function resultOf(context: JobContext, db: Db, id: number, language: Language): Promise<ImportResult> {
  const file = await requireFile(db, id);
  const issues = await listIssues(db, id);
  return {
    fileId: id,
    status: toldStatus(file.status),
    counts: { ...NO_COUNTS, ...file.counts },
    issues: issues.map((issue) => tellIssue(issue, context.config.messages, language, file.sender_columns)),
  };
}

function logResult(context: JobContext, file: DropFile, result: ImportResult): void {
  const facts = {
    fileId: file.id,
    drop: file.drop_id,
    file: fileNameForLog(file.name),
    counts: result.counts,
    issues: result.issues.length,
  };
  if (result.status === 'applied') context.log('file.applied', facts);
  else if (result.status === 'duplicate') context.log('file.duplicate', facts);
  else context.log('file.rejected', { ...facts, code: result.issues[0]?.code ?? 'rows' });
}
