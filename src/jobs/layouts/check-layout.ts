/** What a layout makes of one file, without a database: which columns stand where, what the first rows say, and every fault. */
import type { ConfiguredLayout } from '../../config.ts';
import { FileError } from '../../errors.ts';
import { readCamtFile } from '../../ingest/statements/read-camt.ts';
import { readCodaFile } from '../../ingest/statements/read-coda.ts';
import { readJsonl } from '../../ingest/text/read-jsonl.ts';
import type { FileFormat, Layout, LayoutColumn, RowIssue } from '../../model.ts';
import { parseEmployerLine } from '../../transform/employers/employer-line.ts';
import { checkBeneficiaryRow } from '../../transform/rows/beneficiary-row.ts';
import { mapRow } from '../../transform/rows/map-row.ts';
import { checkPayrollRow } from '../../transform/rows/payroll-row.ts';
import { type RowPlan, type SenderColumn, senderColumn, senderPlace } from '../../transform/rows/plan-columns.ts';
import type { FieldValues } from '../../transform/values/field-value.ts';
import type { JobContext } from '../context.ts';
import { type FileToFit, type FittedFile, fitLayout } from '../import/fit-layout.ts';

const SAMPLE_ROWS = 5;
const KEPT_ISSUES = 100;

/** Where a field comes from in this file; `absent`: an optional column that the file does not have. */
export type ColumnPlace = SenderColumn | { readonly by: 'file-name' | 'given' | 'constant' | 'default' | 'absent' };

export interface CheckedColumn {
  readonly field: string;
  readonly required: boolean;
  readonly place: ColumnPlace;
}

export interface CheckedFile {
  /** null when the file does not fit at all */
  readonly format: FileFormat | null;
  readonly columns: readonly CheckedColumn[];
  readonly rows: number;
  readonly rejected: number;
  /** how often each code was found, errors and warnings */
  readonly byCode: ReadonlyMap<string, number>;
  /** the first of the issues, those of the file as a whole before those of its rows */
  readonly issues: readonly RowIssue[];
  /** the first rows as they were understood */
  readonly sample: readonly { readonly rowNumber: number; readonly values: Readonly<FieldValues> }[];
  readonly senderColumns: ReadonlyMap<string, SenderColumn>;
}

/** Reads the whole file as an import would, up to where an import needs the database; a fault of the file is an issue of it. */
export async function checkLayout(
  config: JobContext['config'],
  file: FileToFit,
  candidate: ConfiguredLayout,
): Promise<CheckedFile> {
  const found = createFindings();
  let fitted: FittedFile | null = null;
  try {
    fitted = await fitLayout(file, [candidate], config);
    if (fitted.table !== null) await checkTable(fitted.layout, fitted.table, found);
    else if (fitted.format === 'jsonl') {
      await checkEmployers(
        file.path,
        config.products.map(({ code }) => code),
        found,
      );
    } else {
      const statements = fitted.format === 'camt053' ? readCamtFile(file.path) : readCodaFile(file.path);
      for await (const { entries } of statements) found.rows += entries.length;
    }
  } catch (error) {
    if (!(error instanceof FileError)) throw error;
    found.add([
      { rowNumber: null, columnName: error.column, code: error.code, severity: 'error', params: error.params },
    ]);
  }
  const plan = fitted?.table?.plan ?? null;
  return {
    format: fitted?.format ?? null,
    columns: plan === null ? [] : candidate.layout.columns.map((column) => placed(column, plan)),
    rows: found.rows,
    rejected: found.rejected,
    byCode: found.byCode,
    issues: plan === null ? found.issues : inOrder(found.issues, plan),
    sample: found.sample,
    senderColumns: plan?.senderColumns ?? new Map(),
  };
}

/** Those of the file first, then by row and as the sender's columns stand. */
function inOrder(issues: readonly RowIssue[], plan: RowPlan): RowIssue[] {
  const place = ({ columnName }: RowIssue): number =>
    columnName === null ? 0 : senderPlace(senderColumn(plan, columnName));
  return issues.toSorted((one, other) => (one.rowNumber ?? 0) - (other.rowNumber ?? 0) || place(one) - place(other));
}

type Findings = ReturnType<typeof createFindings>;

function createFindings() {
  const byCode = new Map<string, number>();
  const issues: RowIssue[] = [];
  return {
    byCode,
    issues,
    sample: [] as { rowNumber: number; values: FieldValues }[],
    rows: 0,
    rejected: 0,
    add(more: readonly RowIssue[]): void {
      for (const issue of more) {
        byCode.set(issue.code, (byCode.get(issue.code) ?? 0) + 1);
        if (issues.length < KEPT_ISSUES) issues.push(issue);
      }
    },
    addRow(rowNumber: number, values: FieldValues, more: readonly RowIssue[]): void {
      this.rows += 1;
      if (more.some(({ severity }) => severity === 'error')) this.rejected += 1;
      if (this.sample.length < SAMPLE_ROWS) this.sample.push({ rowNumber, values });
      this.add(more);
    },
  };
}

async function checkTable(
  layout: Layout,
  { opened, plan }: NonNullable<FittedFile['table']>,
  found: Findings,
): Promise<void> {
  for await (const batch of opened.rows) {
    for (const row of batch) {
      const { values, issues } = mapRow(plan, row);
      const more =
        layout.kind === 'payroll'
          ? checkPayrollRow(values, row.rowNumber, layout.counts)
          : checkBeneficiaryRow(values, row.rowNumber);
      found.addRow(row.rowNumber, values, [...issues, ...more]);
    }
  }
  found.add([...plan.warnings, ...opened.outcome().warnings]);
}

async function checkEmployers(path: string, products: readonly string[], found: Findings): Promise<void> {
  for await (const batch of (await readJsonl(path)).rows) {
    for (const { rowNumber, value, broken } of batch) {
      const { employer, issues } = broken ? BROKEN_LINE : parseEmployerLine(value, products);
      const values: FieldValues =
        employer === null ? {} : { enterpriseNumber: employer.enterpriseNumber, name: employer.name };
      found.addRow(
        rowNumber,
        values,
        issues.map((issue) => ({ ...issue, rowNumber })),
      );
    }
  }
}

const BROKEN_LINE = {
  employer: null,
  issues: [{ columnName: null, code: 'row.format', severity: 'error', params: { accepted: 'JSON' } }],
} as const;

function placed(column: LayoutColumn, plan: RowPlan): CheckedColumn {
  const { field, required, source } = column;
  const place = (): ColumnPlace => {
    if (plan.senderColumns.has(field)) return senderColumn(plan, field);
    const hasValue = plan.start[field] !== undefined && plan.start[field] !== null;
    if ('constant' in source) return { by: 'constant' };
    if ('group' in source && hasValue) return { by: 'file-name' };
    if ('drop' in source && hasValue) return { by: 'given' };
    return { by: hasValue ? 'default' : 'absent' };
  };
  return { field, required, place: place() };
}
