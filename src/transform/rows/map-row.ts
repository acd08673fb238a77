/** Owns the step from the cells of one row to the values of its fields and what is wrong with them. */
import type { Cell, IssueCode, RowIssue, SourceRow } from '../../model.ts';
import { CLEAR, type FieldValues } from '../values/field-value.ts';
import { CLEAR_MARK } from '../values/literals.ts';
import { compareWithRegisterNumber } from './compare-with-register-number.ts';
import type { PlannedColumn, RowPlan } from './plan-columns.ts';

/** One row, read. With an issue of severity `error` the row is rejected and the faulty fields have no value. */
export interface MappedRow {
  readonly values: FieldValues;
  /** at most one a column */
  readonly issues: readonly RowIssue[];
}

/**
 * Reads every planned field of a row and reports all its faults, and the warnings about birth date and gender.
 * Missing cells at the end of a row are blank.
 */
export function mapRow(plan: RowPlan, row: SourceRow): MappedRow {
  const { cells, rowNumber } = row;
  // A copy that has every field already: setting them one by one on an empty object takes twice the time.
  const values: FieldValues = { ...plan.start };
  const issues: RowIssue[] = [];
  for (const column of plan.columns) {
    const { field, blank } = column;
    const cell = cellOf(column, cells);
    if (cell === null || cell === '') {
      if (blank === undefined) issues.push(error(rowNumber, field, 'required.missing'));
      else values[field] = blank;
    } else if (typeof cell === 'string' && isClearMark(cell)) {
      if (column.required) issues.push(error(rowNumber, field, 'clear.required'));
      else values[field] = CLEAR;
    } else {
      const parsed = column.parse(cell);
      if (typeof parsed !== 'object') {
        values[field] = parsed;
      } else {
        if (parsed.value !== null) values[field] = parsed.value;
        issues.push({
          rowNumber,
          columnName: field,
          code: parsed.code,
          severity: parsed.severity,
          params: parsed.params,
        });
      }
    }
  }
  const wrongLength = faultOfLength(plan, cells);
  if (wrongLength !== null) {
    issues.push(error(rowNumber, null, 'row.format', wrongLength));
  } else if (cells.length > plan.width) {
    const extra = cells.findLastIndex(
      (cell, at) => cell !== null && (typeof cell !== 'string' || cell.trim() !== '') && !plan.rejectsColumns.has(at),
    );
    if (extra >= plan.width) {
      issues.push(error(rowNumber, null, 'row.format', { expected: plan.width, found: extra + 1 }));
    }
  }
  if (plan.comparesPerson) issues.push(...compareWithRegisterNumber(values, rowNumber));
  return { values, issues };
}

/** A row with more or fewer fields than agreed, or a line that ends within a number. */
function faultOfLength({ columns, fields: [least, most] }: RowPlan, cells: readonly Cell[]): RowIssue['params'] | null {
  if (cells.length < least) return { expected: least, found: cells.length };
  if (cells.length > most) return { expected: most, found: cells.length };
  const [line] = cells;
  const endsWithin = columns.some(
    ({ cut, whole }) =>
      whole && cut !== null && typeof line === 'string' && line.length > cut[0] && line.length < cut[1],
  );
  return endsWithin ? {} : null;
}

function error(
  rowNumber: number,
  columnName: string | null,
  code: IssueCode,
  params: RowIssue['params'] = {},
): RowIssue {
  return { rowNumber, columnName, code, severity: 'error', params };
}

function cellOf(column: PlannedColumn, cells: readonly Cell[]): Cell {
  const cell = cells[column.at] ?? null;
  if (typeof cell !== 'string') return cell;
  if (column.cut !== null) return cell.slice(column.cut[0], column.cut[1]).trim();
  const text = cell.trim();
  return text.charCodeAt(0) === EQUALS ? withoutTextFormula(text) : text;
}

const EQUALS = 0x3d;

/** `="0012"`: how programs write a text into a CSV file that Excel would otherwise take for a number. */
function withoutTextFormula(text: string): string {
  return /^="([^"]*)"$/.exec(text)?.[1]?.trim() ?? text;
}

function isClearMark(text: string): boolean {
  return text.length === CLEAR_MARK.length && text.charCodeAt(0) === 35 && text.toUpperCase() === CLEAR_MARK;
}
