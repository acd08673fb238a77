/** Which lines of one person a yearly limit keeps from being made. */
import type { Cents, Period } from '../../model.ts';

/** One orderable difference; `yearlyLimit` (cents, null = none) is the one in force in its period. */
export interface YearlyQuantity {
  readonly period: Period;
  readonly faceValue: Cents;
  readonly quantity: number;
  readonly yearlyLimit: Cents | null;
}

/**
 * The positive differences that would exceed the limit of their calendar year, with the excess in cents, given what the
 * year's lines already come to. What is taken back counts first; then the oldest month, the lowest face value. A line is
 * dropped whole, never cut, and a later one may still fit.
 */
export function linesAboveYearlyLimit<T extends YearlyQuantity>(
  quantities: readonly T[],
  usedInYear: Cents,
): { readonly line: T; readonly excess: Cents }[] {
  const money = (each: T) => each.quantity * each.faceValue;
  const negative = quantities.filter((each) => each.quantity < 0);
  let used = negative.reduce((sum, each) => sum + money(each), usedInYear);
  const above: { line: T; excess: Cents }[] = [];
  const oldestFirst = quantities
    .filter((each) => each.quantity > 0)
    .toSorted((a, b) => (a.period === b.period ? a.faceValue - b.faceValue : a.period < b.period ? -1 : 1));
  for (const line of oldestFirst) {
    const excess = line.yearlyLimit === null ? 0 : used + money(line) - line.yearlyLimit;
    if (excess > 0) above.push({ line, excess });
    else used += money(line);
  }
  return above;
}
