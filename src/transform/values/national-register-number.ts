/** Owns the Belgian national register number: reading one as it was sent, its check digits, and what it says about a person. */
import type { Day } from '../../model.ts';
import { existsInCalendar } from './calendar.ts';

/** A valid national register number (rijksregisternummer, numéro national) or BIS number. */
export interface NationalRegisterNumber {
  /** 11 digits */
  readonly number: string;
  /** more than two leading zeros had to be put back: rather a guess than a repair */
  readonly repaired: boolean;
  /** null when the number does not hold a whole, existing day */
  readonly birthDate: Day | null;
  /** null for a BIS number given out before the sex was known (month + 20) */
  readonly gender: 'm' | 'f' | null;
  /** given to somebody who is not in the national register (month + 20 or + 40) */
  readonly bis: boolean;
}

// A single digit behind the last separator is no part of a register number but of a decimal number.
const WRITTEN = /^\d[\d.\-/\s]*\d\d$/;
const SEPARATORS = /[.\-/\s]/g;
const ELEVEN_DIGITS = /^\d{11}$/;
/** The 2 before the nine digits. */
const BORN_FROM_2000 = 2_000_000_000;

/**
 * Reads a register number with or without separators and with up to five lost leading zeros; null when it is invalid.
 *
 * `YYMMDDSSSCC` with CC = 97 − (first nine digits mod 97), a 2 before the nine for those born from 2000 on; the month may
 * be 00 or have 20 or 40 added, the day may be unknown or, when the month is, a running number.
 * Source: royal decree of 3 April 1984 on the national register number; for BIS numbers, of 8 February 1991.
 */
export function parseNationalRegisterNumber(text: string, today: Day): NationalRegisterNumber | null {
  const number = readRegisterNumber(text, today);
  return number === null ? null : { number, repaired: addedZeros(text) > 2, ...holderOf(number) };
}

/** The eleven digits alone, for when a million numbers are read of which few need more. */
export function readRegisterNumber(text: string, today: Day): string | null {
  const number = ELEVEN_DIGITS.test(text) ? text : withLeadingZeros(text);
  if (number === null) return null;
  const all = Number(number);
  const month = Math.floor(all / 1e7) % 100;
  const isMonthWritten = month < 60 && month % 20 <= 12;
  const isDayWritten = month % 20 === 0 || Math.floor(all / 1e5) % 100 <= 31;
  if (!isMonthWritten || !isDayWritten) return null;
  const century = centuryOf(all);
  const isBorn = century === 1900 || 2000 + Math.floor(all / 1e9) <= Number(today.slice(0, 4));
  return century !== null && isBorn ? number : null;
}

/** How many leading zeros a register number had lost when it was written so. */
export function addedZeros(text: string): number {
  return text.length === 11 && ELEVEN_DIGITS.test(text) ? 0 : 11 - text.replace(SEPARATORS, '').length;
}

/** What a valid register number (11 digits) says about its holder. */
export function holderOf(number: string): Pick<NationalRegisterNumber, 'birthDate' | 'gender' | 'bis'> {
  const all = Number(number);
  const writtenMonth = Math.floor(all / 1e7) % 100;
  const month = writtenMonth % 20;
  const year = (centuryOf(all) ?? 1900) + Math.floor(all / 1e9);
  const isDay = existsInCalendar(year, month, Math.floor(all / 1e5) % 100);
  const isSexUnknown = writtenMonth >= 20 && writtenMonth < 40;
  const isSerialOdd = Math.floor(all / 100) % 2 === 1;
  return {
    birthDate: isDay ? `${year}-${month < 10 ? '0' : ''}${month}-${number.slice(4, 6)}` : null,
    gender: isSexUnknown ? null : isSerialOdd ? 'm' : 'f',
    bis: writtenMonth >= 20,
  };
}

/** The two check digits that belong to nine digits and a century of birth. */
export function registerNumberCheckDigits(nineDigits: string, isBornFrom2000: boolean): string {
  const number = Number(nineDigits) + (isBornFrom2000 ? BORN_FROM_2000 : 0);
  return String(97 - (number % 97)).padStart(2, '0');
}

function withLeadingZeros(text: string): string | null {
  if (!WRITTEN.test(text)) return null;
  const digits = text.replace(SEPARATORS, '');
  return digits.length >= 6 && digits.length <= 11 ? digits.padStart(11, '0') : null;
}

/** The century that the check digits of an eleven-digit number tell, null when they fit neither. */
function centuryOf(all: number): 1900 | 2000 | null {
  const nine = Math.floor(all / 100);
  const check = all % 100;
  if (97 - (nine % 97) === check) return 1900;
  return 97 - ((BORN_FROM_2000 + nine) % 97) === check ? 2000 : null;
}
