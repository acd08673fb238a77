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

/** `euro.invalid` for a face value that is not above zero, `integer.invalid` for a negative number of children. */
export function checkBeneficiaryRow(values: FieldValues, rowNumber: number): RowIssue[] {
  const { mealFaceValue, children } = values;
  const issues: RowIssue[] = [];
  if (typeof mealFaceValue === 'number' && mealFaceValue <= 0) {
    issues.push(error(rowNumber, 'mealFaceValue', 'euro.invalid', '8,00'));
  }
  if (typeof children === 'number' && children < 0)
    issues.push(error(rowNumber, 'children', 'integer.invalid', '0, 1, 2'));
  return issues;
}

function error(rowNumber: number, columnName: string, code: RowIssue['code'], accepted: string): RowIssue {
  return { rowNumber, columnName, code, severity: 'error', params: { accepted } };
}
