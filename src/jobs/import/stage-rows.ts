/** Brings the rows of an opened file into the stage of their kind: mapped, typed, rejected ones included. */
import { FileError } from '../../errors.ts';
import { type CopyValue, copyRows } from '../../load/copy-rows.ts';
import type { Session } from '../../load/database.ts';
import { emptyPayrollStage, PAYROLL_STAGE, PAYROLL_STAGE_COLUMNS } from '../../load/payroll/stage-payroll.ts';
import {
  BENEFICIARY_COLUMN_OF,
  BENEFICIARY_STAGE,
  BENEFICIARY_STAGE_COLUMNS,
  BENEFICIARY_STAGE_FIELDS,
  createBeneficiaryStage,
} from '../../load/people/stage-beneficiaries.ts';
import type { Layout, RowIssue } from '../../model.ts';
import { checkBeneficiaryRow, emptyProducts } from '../../transform/rows/beneficiary-row.ts';
import { type MappedRow, mapRow } from '../../transform/rows/map-row.ts';
import { checkPayrollRow, saidFaceValue, signedQuantity } from '../../transform/rows/payroll-row.ts';
import { CLEAR, type FieldValue } from '../../transform/values/field-value.ts';
import type { FittedFile } from './fit-layout.ts';
import type { RowsRead } from './tell-progress.ts';

/** What was found out while the rows were read. */
export interface StagedFile {
  readonly rows: number;
  /** issues of the file as a whole */
  readonly warnings: readonly RowIssue[];
  /** the file ends as a whole one does */
  readonly lastLineComplete: boolean;
  /** something in the file itself proves that it is whole: a zip directory or a trailer */
  readonly proven: boolean;
}

type RowToStage = (row: MappedRow, rowNumber: number) => CopyValue[];

/** Reads the file to its end. A FileError from the reader means that nothing of it may be applied. */
export async function stageTable(session: Session, fitted: FittedFile, read: RowsRead): Promise<StagedFile> {
  if (fitted.table === null) throw new Error('this layout has no table');
  const { opened, plan } = fitted.table;
  const isFixed = fitted.format === 'fixed-width';
  const toStage = fitted.layout.kind === 'payroll' ? payrollRow(fitted.layout) : beneficiaryRow;
  async function* batches(): AsyncGenerator<CopyValue[][]> {
    for await (const rows of opened.rows) {
      for (const { cells } of rows) lengths.add(isFixed ? String(cells[0]).length : cells.length);
      read.batch(rows);
      yield rows.map((row) => toStage(mapRow(plan, row), row.rowNumber));
    }
  }
  const lengths = createRowLengths(opened.header?.length ?? Number.POSITIVE_INFINITY);
  if (fitted.layout.kind === 'payroll') {
    await emptyPayrollStage(session.prepared);
    await copyRows(session, PAYROLL_STAGE, PAYROLL_STAGE_COLUMNS, batches());
  } else {
    await createBeneficiaryStage(session);
    await copyRows(session, BENEFICIARY_STAGE, BENEFICIARY_STAGE_COLUMNS, batches());
  }
  read.end();
  const { warnings, dataRows, lastLineComplete, proof } = opened.outcome();
  if (!lastLineComplete && lengths.lastIsShort()) throw new FileError('file.truncated');
  return { rows: dataRows, warnings: [...plan.warnings, ...warnings], lastLineComplete, proven: proof !== null };
}

/** Brings the one row that a person has typed into the stage of beneficiaries. */
export async function stageTypedRow(session: Session, row: MappedRow): Promise<void> {
  await createBeneficiaryStage(session);
  await copyRows(session, BENEFICIARY_STAGE, BENEFICIARY_STAGE_COLUMNS, [[beneficiaryRow(row, 1)]]);
}

/**
 * Whether the last row of a file, in cells or characters, is shorter than every row before it: with no line end behind it, it was
 * cut. `width` is that of its header, infinite without one.
 */
function createRowLengths(width: number) {
  let shortest = width;
  let last = Number.POSITIVE_INFINITY;
  return {
    add(length: number): void {
      shortest = Math.min(shortest, last);
      last = length;
    },
    // Nothing tells how long the only row of a file without a header has to be.
    lastIsShort: (): boolean => Number.isFinite(shortest) && last < shortest,
  };
}

const beneficiaryRow: RowToStage = (row, rowNumber) => {
  const values = emptyProducts(row.values);
  const found = checkBeneficiaryRow(values, rowNumber);
  const issues = found.length === 0 ? row.issues : [...row.issues, ...found];
  const clears: string[] = [];
  const staged: CopyValue[] = [
    rowNumber,
    isRejected(issues),
    issuesJson(issues),
    plain(values['enterpriseNumber']),
    plain(values['nationalRegisterNumber']),
    null,
  ];
  for (const field of BENEFICIARY_STAGE_FIELDS) {
    const value = values[field];
    if (value === CLEAR) clears.push(BENEFICIARY_COLUMN_OF.get(field) ?? field);
    staged.push(plain(value));
  }
  if (clears.length > 0) staged[AT_CLEARS] = clears;
  return staged;
};

const AT_CLEARS = BENEFICIARY_STAGE_COLUMNS.indexOf('clears');

function payrollRow(layout: Layout): RowToStage {
  return (row, rowNumber) => {
    const { values } = row;
    const issues = [...row.issues, ...checkPayrollRow(values, rowNumber, layout.counts)];
    return [
      rowNumber,
      isRejected(issues),
      issuesJson(issues),
      plain(values['enterpriseNumber']),
      plain(values['nationalRegisterNumber']),
      plain(values['period']),
      plain(values['product']),
      signedQuantity(values),
      saidFaceValue(values),
      plain(values['value']),
      plain(values['total']),
      plain(values['employmentEnd']),
    ];
  };
}

function plain(value: FieldValue): string | number | null {
  return value === undefined || value === CLEAR ? null : value;
}

function isRejected(issues: readonly Pick<RowIssue, 'severity'>[]): boolean {
  return issues.some((issue) => issue.severity === 'error');
}

/** As the stage holds them; null when there are none. */
export function issuesJson(issues: readonly Omit<RowIssue, 'rowNumber'>[]): string | null {
  if (issues.length === 0) return null;
  return JSON.stringify(
    issues.map(({ columnName, code, severity, params }) => ({ column_name: columnName, code, severity, params })),
  );
}
