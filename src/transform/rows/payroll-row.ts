/** What a payroll row must be in itself, beyond its single cells: counts and amounts that make sense together. */
import type { Cents, IssueCode, Layout, RowIssue } from '../../model.ts';
import { CLEAR, type FieldValues } from '../values/field-value.ts';
import { clearRefused } from './beneficiary-row.ts';

/** More vouchers than days in a month: accepted, but somebody should look. */
const USUAL_MOST = 31;

/** Payroll says what was earned: there is nothing to empty. */
const OPTIONAL = ['product', 'sign', 'faceValue', 'value', 'total', 'employmentEnd'];

/**
 * Errors: `clear.refused` for a clear mark, `quantity.negative` in files that give totals, `total.mismatch` where quantity, value and total disagree, and
 * `euro.invalid` for a face value that is not above zero. Warning: `count.unusual` for meal vouchers. One a column.
 */
export function checkPayrollRow(values: FieldValues, rowNumber: number, counts: Layout['counts']): RowIssue[] {
  const issues: RowIssue[] = [];
  const add = (columnName: string, code: IssueCode, severity: RowIssue['severity'], params: RowIssue['params'] = {}) =>
    issues.push({ rowNumber, columnName, code, severity, params });
  for (const field of OPTIONAL) if (values[field] === CLEAR) issues.push(clearRefused(field, rowNumber));
  const { quantity, product } = values;
  if (typeof quantity === 'number') {
    if (counts === 'restated' && quantity < 0) add('quantity', 'quantity.negative', 'error');
    else if (product === 'meal' && Math.abs(quantity) > USUAL_MOST) {
      add('quantity', 'count.unusual', 'warning', { max: USUAL_MOST });
    }
  }
  const field = values['value'] === undefined ? 'faceValue' : 'value';
  const said = values[field];
  if (typeof said === 'number' && (said < 0 || (said === 0 && quantity !== 0))) {
    add(field, 'euro.invalid', 'error', { accepted: '8,00' });
  } else if (!totalsAgree(values)) {
    add('total', 'total.mismatch', 'error');
  }
  return issues;
}

/** The row's quantity with the sign that stands in a column of its own, null when it has none. */
export function signedQuantity(values: FieldValues): number | null {
  const { quantity, sign } = values;
  if (typeof quantity !== 'number') return null;
  return typeof sign === 'number' ? sign * quantity : quantity;
}

/**
 * The face value that a row itself gives, in cents; null when it gives none. A printed value is one only where quantity
 * times value is the total: otherwise it is an average of several.
 */
export function saidFaceValue(values: FieldValues): Cents | null {
  const { faceValue, quantity, value, total } = values;
  if (typeof value === 'number' && typeof quantity === 'number' && typeof total === 'number') {
    return value > 0 && value * quantity === total ? value : null;
  }
  return typeof faceValue === 'number' && faceValue > 0 ? faceValue : null;
}

/** The value is the total by the quantity, rounded half up to the cent. */
function totalsAgree({ quantity, value, total }: FieldValues): boolean {
  if (typeof quantity !== 'number' || typeof value !== 'number' || typeof total !== 'number') return true;
  if (quantity === 0) return total === 0;
  return value === roundedHalfUp(quantity < 0 ? -total : total, Math.abs(quantity));
}

/** `amount / parts` to the nearest whole number, a half to the larger one; in integers, as floats may be off by one. */
function roundedHalfUp(amount: number, parts: number): number {
  const doubled = 2 * amount + parts;
  const rest = doubled % (2 * parts);
  return (doubled - (rest < 0 ? rest + 2 * parts : rest)) / (2 * parts);
}
