/** The rows of one file: into the stage of their kind, and from there into its tables, weighed by the gates. */
import type { Db, Session } from '../../load/database.ts';
import type { Applied, Consent } from '../../load/files/decide-plan.ts';
import type { Delivery } from '../../load/files/found-issues.ts';
import type { Identity } from '../../load/files/ledger.ts';
import { applyPayroll } from '../../load/payroll/apply-payroll.ts';
import { applyBeneficiaries } from '../../load/people/apply-beneficiaries.ts';
import { applyEmployers } from '../../load/reference/apply-employers.ts';
import type { DropFile } from '../../load/tables.ts';
import type { FileCounts } from '../../model.ts';
import type { JobContext } from '../context.ts';
import { applyStatementFile } from './apply-statement-file.ts';
import type { FittedFile } from './fit-layout.ts';
import type { ImportInstruction } from './import-instruction.ts';
import { stageEmployers } from './stage-employers.ts';
import { type StagedFile, stageTable } from './stage-rows.ts';
import { tellProgress } from './tell-progress.ts';

/** A file that was read, and is to be decided. */
export interface ReadFile {
  readonly file: DropFile;
  readonly fitted: FittedFile;
  readonly identity: Identity;
  readonly staged: StagedFile | null;
  readonly instruction: ImportInstruction;
  readonly storedAt: string;
}

/** Statements are read within their transaction: a bank file is small, and its totals are checked to its last line. */
export async function stageFile(
  session: Session,
  fitted: FittedFile,
  storedAt: string,
  context: JobContext,
  file: DropFile,
): Promise<StagedFile | null> {
  if (fitted.layout.kind === 'bank-statement') return null;
  if (fitted.layout.kind === 'employers') {
    const products = context.config.products.map((product) => product.code);
    return stageEmployers(session, storedAt, products);
  }
  return stageTable(session, fitted, tellProgress(context, file));
}

/** From the stage into the tables; `before` is the configuration with which the last file of this drop and layout was applied. */
export async function applyFile(
  context: JobContext,
  db: Db,
  delivery: Delivery,
  read: ReadFile,
  before: string | null,
): Promise<Applied | 'duplicate'> {
  const { fitted, identity, file, instruction } = read;
  const { layout } = fitted;
  const { today } = context;
  const whole = (counts: FileCounts): Applied => ({ counts, held: null, protectedEmployers: 0 });
  if (layout.kind === 'employers') return whole(await applyEmployers(db, delivery));
  if (layout.kind === 'bank-statement') {
    const counts = await applyStatementFile(context, db, delivery, fitted, read.storedAt);
    return counts === 'duplicate' ? counts : whole(counts);
  }
  const consent = consentFor(read, before);
  const rows = read.staged?.rows ?? 0;
  if (layout.kind === 'payroll') {
    const { counts, sameKey } = layout;
    const endsAbsent = layout.absent === 'zero' && identity.scope === 'full';
    return applyPayroll(db, delivery, { rows, counts, sameKey, endsAbsent, today, consent });
  }
  return applyBeneficiaries(db, delivery, {
    rows,
    mode: instruction.mode,
    scope: identity.scope === 'full' ? 'full' : 'delta',
    today,
    dropId: file.drop_id,
    layoutId: layout.id,
    consent,
  });
}

function consentFor({ file, fitted, identity, instruction, staged }: ReadFile, before: string | null): Consent {
  const safety = {
    proven:
      staged !== null && (staged.proven || file.proof !== null || (instruction.saidWhole && staged.lastLineComplete)),
    configurationChanged: before !== null && before !== identity.layoutHash,
    limits: instruction.limits,
  };
  const { layoutHash } = fitted;
  if (instruction.approved === null) return { by: 'gates', safety, layoutHash };
  const { planHash, upsertsOnly } = instruction.approved;
  return { by: 'person', safety, layoutHash, planHash, upsertsOnly };
}
