/** Days out of a workbook: serial numbers of both date systems, and ISO 8601 text. */
import type { Day } from '../../model.ts';

/** 9999-12-31, the last day Excel knows, in the 1900 system; the 1904 system counts 1462 less. */
const LAST_SERIAL = 2_958_465;
const SYSTEMS_APART = 1_462;
/** Serial of 29 February 1900, a day that never was: Excel copied it from Lotus 1-2-3. */
const NO_SUCH_DAY = 60;
const MILLISECONDS = 86_400_000;

/**
 * The day of a serial number, null when it is none: before the first day, after 9999, or serial 60 of the 1900 system.
 * The time of day is dropped, after rounding to the millisecond: 45000.9999999999 is shown as day 45001.
 */
export function dayOfSerial(serial: number, date1904: boolean): Day | null {
  const whole = Math.floor(Math.round(serial * MILLISECONDS) / MILLISECONDS);
  if (date1904 && whole < 0) return null;
  const days = date1904 ? whole + SYSTEMS_APART : whole;
  if (days < 1 || days > LAST_SERIAL || days === NO_SUCH_DAY) return null;
  // Days before the one that never was are one nearer to 1970 than their serials say.
  return dayOfCount(days - (days < NO_SUCH_DAY ? 25_568 : 25_569));
}

/** The day `count` days after 1970-01-01 (H. Hinnant, chrono-compatible low-level date algorithms, civil_from_days). */
function dayOfCount(count: number): Day {
  const shifted = count + 719_468;
  const era = Math.floor(shifted / 146_097);
  const dayOfEra = shifted - era * 146_097;
  const yearOfEra = Math.floor(
    (dayOfEra - Math.floor(dayOfEra / 1_460) + Math.floor(dayOfEra / 36_524) - Math.floor(dayOfEra / 146_096)) / 365,
  );
  const dayOfYear = dayOfEra - (365 * yearOfEra + Math.floor(yearOfEra / 4) - Math.floor(yearOfEra / 100));
  const monthFromMarch = Math.floor((5 * dayOfYear + 2) / 153);
  const day = dayOfYear - Math.floor((153 * monthFromMarch + 2) / 5) + 1;
  const month = monthFromMarch < 10 ? monthFromMarch + 3 : monthFromMarch - 9;
  const year = yearOfEra + era * 400 + (month <= 2 ? 1 : 0);
  return `${pad(year, 4)}-${pad(month, 2)}-${pad(day, 2)}`;
}

function pad(value: number, size: number): string {
  return String(value).padStart(size, '0');
}

/** The day of an ISO 8601 date or date-time as it is written (no time zone is applied), null for anything else. */
export function dayOfIsoText(text: string): Day | null {
  const match = /^(\d{4})-(\d{2})-(\d{2})(?:T[0-9:.,+\-Z]*)?$/.exec(text.trim());
  if (match === null) return null;
  const [year, month, day] = [Number(match[1]), Number(match[2]), Number(match[3])];
  const leap = year % 4 === 0 && (year % 100 !== 0 || year % 400 === 0);
  const longest = month === 2 ? (leap ? 29 : 28) : [4, 6, 9, 11].includes(month) ? 30 : 31;
  if (month < 1 || month > 12 || day < 1 || day > longest) return null;
  return `${match[1]}-${match[2]}-${match[3]}`;
}
