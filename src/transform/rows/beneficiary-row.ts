/** What a beneficiary's row must be in itself, beyond its single cells. */
import type { RowIssue } from '../../model.ts';
import { CLEAR, type FieldValues } from '../values/field-value.ts';
import { NO_PRODUCT } from '../values/literals.ts';

/** An emptied product is one that the person is not to have. */
export function emptyProducts(values: FieldValues): FieldValues {
  const emptied = ['mealProduct', 'secondProduct', 'thirdProduct'].filter((field) => values[field] === CLEAR);
  if (emptied.length === 0) return values;
  return { ...values, ...Object.fromEntries(emptied.map((field) => [field, NO_PRODUCT])) };
}

/** A person always has a status; a face value and its day go with their product alone. */
const NEVER_CLEARED = ['status', 'mealFaceValue', 'faceValueFrom'];

/**
 * `euro.invalid` for a face value that is not above zero, `integer.invalid` for a negative number of children, `clear.refused` for
 * a clear mark where nothing can be emptied: without it, the mark would be taken for a blank and nobody would hear of it.
 */
export function checkBeneficiaryRow(values: FieldValues, rowNumber: number): RowIssue[] {
  const { mealFaceValue, children } = values;
  const issues: RowIssue[] = [];
  for (const field of NEVER_CLEARED) {
    const goesWithProduct = field !== 'status' && values['mealProduct'] === NO_PRODUCT;
    if (values[field] === CLEAR && !goesWithProduct) issues.push(clearRefused(field, rowNumber));
  }
  if (typeof mealFaceValue === 'number' && mealFaceValue <= 0) {
    issues.push(error(rowNumber, 'mealFaceValue', 'euro.invalid', '8,00'));
  }
  if (typeof children === 'number' && children < 0)
    issues.push(error(rowNumber, 'children', 'integer.invalid', '0, 1, 2'));
  return issues;
}

/** The clear mark in a field that cannot be emptied. */
export function clearRefused(columnName: string, rowNumber: number): RowIssue {
  return { rowNumber, columnName, code: 'clear.refused', severity: 'error', params: {} };
}

function error(rowNumber: number, columnName: string, code: RowIssue['code'], accepted: string): RowIssue {
  return { rowNumber, columnName, code, severity: 'error', params: { accepted } };
}
