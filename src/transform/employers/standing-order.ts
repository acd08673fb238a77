/** A standing order: its shape, how it is read from an employer's line, and the reference it gives to its orders. */
import type { Cents, Period } from '../../model.ts';
import { fieldsOf, isGiven, type JsonAt, listOf, noteFault, onlyFieldOf, optional, required } from './json-fields.ts';
import { integerFrom, literalOf, PERIOD, TEXT } from './json-values.ts';

const SHIFTS = ['none', 'previous-working-day', 'next-working-day'] as const;
const WORKED_MONTHS = ['previous-month', 'this-month'] as const;
const VALIDITY_STARTS = ['order-date', 'first-of-next-month'] as const;
const LATE_RULES = ['missed', 'all', 'carry'] as const;
const CONFIRM_RULES = ['never', 'without-warnings'] as const;

/** Where the quantities of a standing order come from: payroll's count, so many vouchers, or so many cents for each person. */
export type OrderQuantity = { readonly from: 'payroll' } | { readonly fixed: number } | { readonly amount: Cents };

/** One instruction of an employer: product and rhythm. */
export interface StandingOrder {
  readonly id: string;
  readonly product: string;
  /** may hold `{period}` */
  readonly reference: string;
  /** first month worked */
  readonly from: Period;
  /** last month worked, null = no end */
  readonly to: Period | null;
  /** months worked (1 to 12) that it is limited to, null = all */
  readonly months: readonly number[] | null;
  /** 1 to 31; a day that a month does not have is its last day */
  readonly dayOfMonth: number;
  readonly shift: (typeof SHIFTS)[number];
  readonly worked: (typeof WORKED_MONTHS)[number];
  readonly quantity: OrderQuantity;
  readonly validityStart: (typeof VALIDITY_STARTS)[number];
  readonly late: (typeof LATE_RULES)[number];
  readonly confirm: (typeof CONFIRM_RULES)[number];
}

/** Puts the month worked (`YYYY-MM`, the same in every language) where the template says `{period}`. */
export function orderReference(template: string, period: Period): string {
  return template.replaceAll('{period}', period);
}

const MONTH = integerFrom(1, 12);
const POSITIVE = integerFrom(1);
const FIELDS = [
  'id',
  'product',
  'reference',
  'from',
  'to',
  'months',
  'dayOfMonth',
  'shift',
  'worked',
  'quantity',
  'validityStart',
  'late',
  'confirm',
] as const;

/** Reads one of an employer's standing orders; faults go to the issues of `at`. */
export function readStandingOrder(at: JsonAt): StandingOrder {
  const field = fieldsOf(at, FIELDS);
  const from = required(field('from'), PERIOD);
  const to = optional(field('to'), PERIOD, null);
  if (from && to && to < from) noteFault(field('to'), 'period.invalid', '>= from');
  return {
    id: required(field('id'), TEXT),
    product: required(field('product'), TEXT),
    reference: required(field('reference'), TEXT),
    from,
    to,
    months: readMonths(field('months')),
    dayOfMonth: required(field('dayOfMonth'), integerFrom(1, 31)),
    shift: optional(field('shift'), literalOf(SHIFTS), 'none'),
    worked: required(field('worked'), literalOf(WORKED_MONTHS)),
    quantity: readQuantity(field('quantity')),
    validityStart: optional(field('validityStart'), literalOf(VALIDITY_STARTS), 'order-date'),
    late: optional(field('late'), literalOf(LATE_RULES), 'missed'),
    confirm: optional(field('confirm'), literalOf(CONFIRM_RULES), 'never'),
  };
}

function readMonths(at: JsonAt): number[] | null {
  if (!isGiven(at)) return null;
  const months = listOf(at, (item) => required(item, MONTH), 'optional');
  if (Array.isArray(at.value) && at.value.length === 0) noteFault(at, 'row.format', `list of ${MONTH.accepted}`);
  return [...new Set(months)].sort((a, b) => a - b);
}

function readQuantity(at: JsonAt): OrderQuantity {
  const only = onlyFieldOf(at, ['from', 'fixed', 'amount']);
  if (only?.name === 'fixed') return { fixed: required(only.at, POSITIVE) };
  if (only?.name === 'amount') return { amount: required(only.at, POSITIVE) };
  if (only) required(only.at, literalOf(['payroll']));
  return { from: 'payroll' };
}
