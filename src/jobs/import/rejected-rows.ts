/** The rejected rows of a file with the reasons why, found again in the kept file by their row numbers. */
import type { OpenedRows } from '../../ingest/opened-rows.ts';
import type { StoredIssue } from '../../load/files/ledger.ts';
import type { Messages } from '../../messages.ts';
import type { Cell, IssueCode, Language } from '../../model.ts';
import { findRejectsColumns, withoutRejectsColumns } from '../../transform/rows/rejects-columns.ts';
import { tellIssue } from './issue-text.ts';

/** Why one row was rejected; codes without repetition. */
export interface Reasons {
  readonly codes: readonly IssueCode[];
  readonly sentences: readonly string[];
}

export interface RejectedRow<Row> {
  readonly row: Row;
  readonly reasons: Reasons;
}

/** By row number. Warnings reject nothing and stand in the receipt alone. */
export function reasonsByRow(
  issues: readonly StoredIssue[],
  messages: Messages,
  language: Language,
  senderColumns: Readonly<Record<string, unknown>>,
): ReadonlyMap<number, Reasons> {
  const found = new Map<number, Reasons>();
  for (const issue of issues) {
    if (issue.rowNumber === null || issue.severity !== 'error') continue;
    const { codes, sentences } = found.get(issue.rowNumber) ?? { codes: [], sentences: [] };
    found.set(issue.rowNumber, {
      codes: codes.includes(issue.code) ? codes : [...codes, issue.code],
      sentences: [...sentences, tellIssue(issue, messages, language, senderColumns).message],
    });
  }
  return found;
}

/** The header and the rejected rows in the sender's own columns, all filled up to the same width. */
export interface RejectedTable {
  readonly header: readonly Cell[];
  /** how many columns had a place in the header */
  readonly named: number;
  readonly rows: readonly RejectedRow<readonly Cell[]>[];
}

export async function readRejected(opened: OpenedRows, reasons: ReadonlyMap<number, Reasons>): Promise<RejectedTable> {
  const added = findRejectsColumns(opened.header ?? []);
  const header = withoutRejectsColumns(opened.header ?? [], added);
  const picked = (await pickRejected(opened.rows, reasons)).map(({ row, reasons: why }) => ({
    row: withoutRejectsColumns(row.cells, added),
    reasons: why,
  }));
  const width = picked.reduce((widest, { row }) => Math.max(widest, row.length), header.length);
  const filled = (cells: readonly Cell[]) => Array.from({ length: width }, (_, at) => cells[at] ?? null);
  return {
    header: filled(header),
    named: header.length,
    rows: picked.map(({ row, reasons: why }) => ({ row: filled(row), reasons: why })),
  };
}

/** Reads all rows and keeps the rejected ones. */
export async function pickRejected<Row extends { readonly rowNumber: number }>(
  batches: AsyncIterable<readonly Row[]>,
  reasons: ReadonlyMap<number, Reasons>,
): Promise<RejectedRow<Row>[]> {
  const picked: RejectedRow<Row>[] = [];
  for await (const batch of batches) {
    for (const row of batch) {
      const found = reasons.get(row.rowNumber);
      if (found !== undefined) picked.push({ row, reasons: found });
    }
  }
  return picked;
}
