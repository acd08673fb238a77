/** Beneficiaries of one staged file: the order of the statements that check, weigh and write them. */
import { sql } from 'kysely';
import type { FileCounts, ImportMode, Scope } from '../../model.ts';
import { onlyRow } from '../answers.ts';
import type { Db } from '../database.ts';
import { type Applied, type Consent, findHold } from '../files/decide-plan.ts';
import {
  countOutcomes,
  type Delivery,
  lockEmployers,
  type RowSource,
  type TypedRow,
  tellIssues,
  writeIssues,
} from '../files/found-issues.ts';
import type { StoredIssue } from '../files/ledger.ts';
import { emptyPlan, FEW, prepareMany } from '../files/plan-tables.ts';
import { insertProducts, planProducts, writeProducts } from './beneficiary-products.ts';
import { checkPlannedBeneficiaries, checkStagedBeneficiaries } from './check-beneficiaries.ts';
import { confirmUnchanged, readConfirmations } from './confirmations.ts';
import { findAbsent, findExplicitDepartures, writeAbsences } from './departures.ts';
import { replaceStagedNumbers } from './person-numbers.ts';
import { planBeneficiaries } from './plan-beneficiaries.ts';
import { BENEFICIARY_STAGE } from './stage-beneficiaries.ts';
import {
  findSensitiveChanges,
  insertBeneficiaries,
  keepEverybodyActive,
  PLANNED_PEOPLE,
  settleOutcomes,
  updateBeneficiaries,
  warnOfOutcomes,
} from './write-beneficiaries.ts';

export interface BeneficiariesToApply {
  /** that were staged */
  readonly rows: number;
  readonly mode: ImportMode;
  readonly scope: Scope;
  readonly today: string;
  readonly dropId: string;
  readonly layoutId: string;
  readonly consent: Consent;
}

/** Applies the staged rows in the caller's transaction, or holds them: then nothing but their issues is written. */
export async function applyBeneficiaries(db: Db, delivery: Delivery, options: BeneficiariesToApply): Promise<Applied> {
  const { today } = options;
  if (options.rows > FEW) await prepareMany(db, BENEFICIARY_STAGE);
  await emptyPlan(db);
  await sql`create temporary table delivery on commit drop as select ${delivery.asOf}::timestamptz as as_of`.execute(
    db,
  );
  await lockEmployers(db, BENEFICIARY_STAGE);
  await replaceStagedNumbers(db, BENEFICIARY_STAGE);
  await readConfirmations(db);
  const { counts, held, protectedEmployers } = await planAndWeigh(db, delivery, options);
  await writeIssues(db, BENEFICIARY_STAGE, delivery.fileId);
  // A file of which every row is refused is refused itself: whoever seems absent from it stays.
  if (counts.read > 0 && counts.rejected === counts.read) {
    return { counts: { ...counts, deactivated: 0 }, held: null, protectedEmployers };
  }
  if (held === null) {
    await writePeople(db, delivery, counts, today);
    if (counts.unchanged > 0) await confirmUnchanged(db, delivery);
    if (options.scope === 'full') await writeAbsences(db, delivery, options, today);
  }
  return { counts, held, protectedEmployers };
}

/** What came of one typed row: its issues, and its one outcome, null when it was refused. */
export interface TypedOutcome {
  readonly counts: FileCounts;
  readonly issues: readonly StoredIssue[];
}

/**
 * Applies one row that a person has typed by the same statements as a file's; the gates are for files. The word of a person
 * is newer than whatever is known. With an error among the issues nothing was written.
 */
export async function applyTypedBeneficiary(db: Db, row: TypedRow, today: string): Promise<TypedOutcome> {
  await emptyPlan(db);
  await lockEmployers(db, BENEFICIARY_STAGE);
  await replaceStagedNumbers(db, BENEFICIARY_STAGE);
  await readConfirmations(db);
  await sql`
    create temporary table delivery on commit drop as
    select greatest(${row.asOf}::timestamptz, max(b.as_of), max(b.end_as_of), max(k.as_of)) as as_of
      from beneficiary b join stage_beneficiary s using (enterprise_number, national_register_number)
      left join confirmed k on k.enterprise_number = b.enterprise_number and k.beneficiary_id = b.id`.execute(db);
  const options = {
    rows: 1,
    mode: 'upsert',
    scope: 'delta',
    today,
    dropId: '',
    layoutId: '',
    consent: UNWEIGHED,
  } as const;
  const { counts } = await planAndWeigh(db, row, options);
  await writePeople(db, row, counts, today);
  return { counts, issues: await tellIssues(db, BENEFICIARY_STAGE) };
}

const MANY = 2_000_000_000;
const UNWEIGHED: Consent = {
  by: 'gates',
  layoutHash: '',
  safety: {
    proven: true,
    configurationChanged: false,
    limits: { maxRejectedRatio: 1, maxDeactivatedRatio: 1, maxDeactivatedCount: MANY },
  },
};

async function planAndWeigh(db: Db, delivery: RowSource, options: BeneficiariesToApply): Promise<Applied> {
  const { today, consent } = options;
  await checkStagedBeneficiaries(db, delivery);
  await planBeneficiaries(db, delivery, today);
  await checkPlannedBeneficiaries(db, delivery, options.mode);
  await settleOutcomes(db, await planProducts(db));
  const protectedEmployers = options.scope === 'full' ? await findAbsent(db, delivery, options) : 0;
  let counts = await countOutcomes(db, BENEFICIARY_STAGE, await countAbsent(db));
  if (counts.deactivated > 0) await findExplicitDepartures(db);
  if (counts.updated + counts.reactivated > 0) await findSensitiveChanges(db);
  const changesPeople = counts.deactivated + counts.updated + counts.reactivated > 0;
  const plan = {
    fileId: delivery.fileId ?? 0,
    stage: BENEFICIARY_STAGE,
    counts,
    content: PLANNED_PEOPLE,
    changesPeople,
  };
  const held = await findHold(db, plan, consent);
  if (held === null && consent.by === 'person' && consent.upsertsOnly) {
    await keepEverybodyActive(db);
    counts = await countOutcomes(db, BENEFICIARY_STAGE, 0);
  }
  await warnOfOutcomes(db);
  return { counts, held, protectedEmployers };
}

/** Where a file brings nobody new, or changes nobody, the statements for it would look at every row for nothing. */
async function writePeople(db: Db, source: RowSource, counts: FileCounts, today: string): Promise<void> {
  if (counts.created > 0) {
    await insertBeneficiaries(db, source, today);
    await insertProducts(db, source);
  }
  if (counts.updated + counts.reactivated > 0) {
    await updateBeneficiaries(db, source, today);
    await writeProducts(db, source);
  }
}

async function countAbsent(db: Db): Promise<number> {
  const found = await sql<{ people: number }>`
    select count(*)::int as people from departure where cause = 'absent'`.execute(db);
  return onlyRow(found).people;
}
