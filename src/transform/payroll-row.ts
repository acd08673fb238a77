/** What a payroll row must be in itself, beyond its single cells: counts that make sense for the way its layout counts. */
import type { Layout, RowIssue } from '../model.ts';
import type { FieldValues } from './field-value.ts';

/** More vouchers than days in a month: accepted, but somebody should look. */
const USUAL_MOST = 31;

/** `quantity.negative` (error) in files that give totals, `count.unusual` (warning) for meal vouchers. */
export function checkPayrollRow(values: FieldValues, rowNumber: number, counts: Layout['counts']): RowIssue[] {
  const { quantity, product } = values;
  if (typeof quantity !== 'number') return [];
  const issue = { rowNumber, columnName: 'quantity' } as const;
  if (counts === 'restated' && quantity < 0) {
    return [{ ...issue, code: 'quantity.negative', severity: 'error', params: {} }];
  }
  if (product === 'meal' && Math.abs(quantity) > USUAL_MOST) {
    return [{ ...issue, code: 'count.unusual', severity: 'warning', params: { max: USUAL_MOST } }];
  }
  return [];
}

/** The row's quantity with the sign that stands in a column of its own, null when it has none. */
export function signedQuantity(values: FieldValues): number | null {
  const { quantity, sign } = values;
  if (typeof quantity !== 'number') return null;
  return typeof sign === 'number' ? sign * quantity : quantity;
}
