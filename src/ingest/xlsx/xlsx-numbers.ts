/** Numbers of cells: from the bytes of a `<v>` to a value, with Excel's fifteen significant digits. */
import type { ErrorCell, LostDigitsCell } from '../../model.ts';

const ZERO = 0x30;
const DOT = 0x2e;
const MINUS = 0x2d;
const SIGNIFICANT_DIGITS = 15;
/** From here on an integer has more digits than Excel keeps. */
const FIRST_LOSING = 1e15;
const LOST_DIGITS: LostDigitsCell = { lostDigits: true };
const NOT_A_NUMBER: ErrorCell = { error: '#NUM!' };
const NUMBER = /^[+-]?(?:\d+\.?\d*|\.\d+)(?:[eE][+-]?\d+)?$/;
const POWERS_OF_TEN = [1, 1e1, 1e2, 1e3, 1e4, 1e5, 1e6, 1e7, 1e8, 1e9, 1e10, 1e11, 1e12, 1e13, 1e14, 1e15];

/** A plain decimal number of at most fifteen digits, NaN for any other text (which `numberOfText` then judges). */
export function plainNumber(bytes: Buffer, start: number, end: number): number {
  const negative = bytes[start] === MINUS;
  const from = negative ? start + 1 : start;
  let digits = 0;
  let decimals = -1;
  let value = 0;
  for (let at = from; at < end; at += 1) {
    const digit = bytes[at]! - ZERO;
    if (digit >= 0 && digit <= 9) {
      value = value * 10 + digit;
      digits += 1;
      if (decimals >= 0) decimals += 1;
    } else if (bytes[at] === DOT && decimals < 0) decimals = 0;
    else return Number.NaN;
  }
  if (digits === 0 || digits > SIGNIFICANT_DIGITS) return Number.NaN;
  // Both are exact below 2^53, so that the division rounds once, as reading the text would.
  if (decimals > 0) value /= POWERS_OF_TEN[decimals]!;
  return negative && value !== 0 ? -value : value;
}

/**
 * A number in any notation. Integers of more than fifteen digits have lost those that were typed. In decimals, digits
 * beyond fifteen are noise of the binary form (0.30000000000000004) and are rounded away, as Excel shows them.
 */
export function numberOfText(text: string): number | LostDigitsCell | ErrorCell {
  const trimmed = text.trim();
  const value = NUMBER.test(trimmed) ? Number(trimmed) : Number.NaN;
  if (!Number.isFinite(value)) return NOT_A_NUMBER;
  if (Math.abs(value) >= FIRST_LOSING) return LOST_DIGITS;
  const rounded = trimmed.length > SIGNIFICANT_DIGITS ? Number(value.toPrecision(SIGNIFICANT_DIGITS)) : value;
  return rounded === 0 ? 0 : rounded;
}
