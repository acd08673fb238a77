/** The field names a layout may map, by the kind of its files: the portal workbook's own columns, and payroll's. */
import type { LayoutKind } from '../model.ts';

/** Columns A to AJ of the portal workbook, in their order. */
export const PORTAL_FIELDS = [
  'nationalRegisterNumber',
  'personnelNumber',
  'status',
  'lastName',
  'firstName',
  'otherName',
  'gender',
  'birthDate',
  'language',
  'email',
  'extra1',
  'extra2',
  'extra3',
  'cardDelivery',
  'cardDeliveryPoint',
  'cardStreet',
  'cardHouseNumber',
  'cardBox',
  'cardPostalCode',
  'cardCity',
  'cardCountry',
  'cardAddressExtra',
  'pinDelivery',
  'pinDeliveryPoint',
  'pinStreet',
  'pinHouseNumber',
  'pinBox',
  'pinPostalCode',
  'pinCity',
  'pinCountry',
  'pinAddressExtra',
  'costCenter',
  'mealProduct',
  'mealFaceValue',
  'secondProduct',
  'thirdProduct',
] as const;

const BENEFICIARY_FIELDS = [
  'enterpriseNumber',
  ...PORTAL_FIELDS,
  'employmentStart',
  'employmentEnd',
  'children',
  'faceValueFrom',
  'asOf',
] as const;

const PAYROLL_FIELDS = [
  'enterpriseNumber',
  'nationalRegisterNumber',
  'period',
  'product',
  'quantity',
  'sign',
  'faceValue',
  'value',
  'total',
  'employmentEnd',
  'asOf',
] as const;

export function fieldsOfKind(kind: LayoutKind): readonly string[] {
  if (kind === 'beneficiaries') return BENEFICIARY_FIELDS;
  if (kind === 'payroll') return PAYROLL_FIELDS;
  return [];
}

/** Fields without which no row of a kind means anything: every layout has them, and a blank rejects the row. */
export function fieldsOfEveryRow(kind: LayoutKind): readonly string[] {
  if (kind === 'beneficiaries') return ['enterpriseNumber', 'nationalRegisterNumber'];
  if (kind === 'payroll') return ['enterpriseNumber', 'nationalRegisterNumber', 'period', 'product', 'quantity'];
  return [];
}
