/** Owns the comparison of a person's birth date and gender with what the register number says. */
import type { IssueCode, RowIssue } from '../../model.ts';
import type { FieldValues } from '../values/field-value.ts';
import { holderOf } from '../values/national-register-number.ts';

/**
 * Warnings `nrn.birth-date` and `nrn.gender`. What the number does not tell (a month or day of 00, the sex in a BIS number
 * + 20) and what the row does not tell (a blank, gender `x`) is not compared. The register number must be a valid one.
 */
export function compareWithRegisterNumber(values: FieldValues, rowNumber: number): RowIssue[] {
  const { nationalRegisterNumber: number, birthDate, gender } = values;
  if (typeof number !== 'string') return [];
  const holder = holderOf(number);
  const warnings: RowIssue[] = [];
  if (typeof birthDate === 'string' && holder.birthDate !== null && holder.birthDate !== birthDate) {
    warnings.push(warning(rowNumber, 'birthDate', 'nrn.birth-date'));
  }
  if ((gender === 'm' || gender === 'f') && holder.gender !== null && holder.gender !== gender) {
    warnings.push(warning(rowNumber, 'gender', 'nrn.gender'));
  }
  return warnings;
}

function warning(rowNumber: number, columnName: string, code: IssueCode): RowIssue {
  return { rowNumber, columnName, code, severity: 'warning', params: {} };
}
