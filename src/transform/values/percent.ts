/** Percentages: decimal text, computed in integers, rounded once. */
import type { Cents } from '../../model.ts';

/** Digits with a point: `3`, `1.15`, `21.000000`. No sign, no comma, no exponent. */
const DECIMAL = /^(\d{1,3})(?:\.(\d{1,6}))?$/;

/** Whether the text is a percentage from 0 to 100 with at most six decimals, written with a point. */
export function isPercent(text: string): boolean {
  const parts = DECIMAL.exec(text);
  if (!parts) return false;
  const [, whole = '', decimals = ''] = parts;
  return BigInt(whole + decimals) <= 100n * 10n ** BigInt(decimals.length);
}

/**
 * `percent` per cent of `amount` (cents, may be negative), rounded once to the cent, half away from zero.
 * Throws a RangeError when `percent` does not pass `isPercent` or `amount` is no safe integer.
 */
export function percentOf(amount: Cents, percent: string): Cents {
  if (!isPercent(percent)) throw new RangeError('A percentage is decimal text from 0 to 100.');
  if (!Number.isSafeInteger(amount)) throw new RangeError('An amount is a whole number of cents.');
  const [whole = '', decimals = ''] = percent.split('.');
  const divisor = 100n * 10n ** BigInt(decimals.length);
  const product = BigInt(Math.abs(amount)) * BigInt(whole + decimals);
  const rounded = Number((2n * product + divisor) / (2n * divisor));
  return amount < 0 && rounded > 0 ? -rounded : rounded;
}
