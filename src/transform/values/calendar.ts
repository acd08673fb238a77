/** Owns days and months as ISO text: whether they exist, adding to them, Belgian public holidays and working days. */
import type { Day, Period } from '../../model.ts';

const DAY = /^\d{4}-\d{2}-\d{2}$/;
const PERIOD = /^\d{4}-(?:0[1-9]|1[0-2])$/;

/** Whether the text is `YYYY-MM-DD` and that day exists in the Gregorian calendar (years 0001 to 9999). */
export function isDay(text: string): text is Day {
  return DAY.test(text) && existsInCalendar(yearOf(text), Number(text.slice(5, 7)), dayOfMonthOf(text));
}

/** Whether the text is `YYYY-MM` with a month from 01 to 12 (years 0001 to 9999). */
export function isPeriod(text: string): text is Period {
  return PERIOD.test(text) && yearOf(text) > 0;
}

/** Whether year, month and day (all 1-based integers) name a day of the Gregorian calendar. */
export function existsInCalendar(year: number, month: number, day: number): boolean {
  return year >= 1 && month >= 1 && month <= 12 && day >= 1 && day <= daysInMonth(year, month);
}

/** The day `count` days later; a negative count goes back. */
export function addDays(day: Day, count: number): Day {
  return dayFromNumber(dayNumber(day) + count);
}

/** The month `count` months later; a negative count goes back. */
export function addMonths(period: Period, count: number): Period {
  const months = yearOf(period) * 12 + Number(period.slice(5, 7)) - 1 + count;
  return periodText(Math.floor(months / 12), (months % 12) + 1);
}

/** The same day `count` months later, or the last day of that month when it is shorter. */
export function addMonthsToDay(day: Day, count: number): Day {
  const period = addMonths(periodOf(day), count);
  const last = lastDayOfMonth(period);
  return dayOfMonthOf(day) > dayOfMonthOf(last) ? last : `${period}-${day.slice(8)}`;
}

export function lastDayOfMonth(period: Period): Day {
  return `${period}-${daysInMonth(yearOf(period), Number(period.slice(5, 7)))}`;
}

/** The month a day lies in. */
export function periodOf(day: Day): Period {
  return day.slice(0, 7);
}

/** Last day of the month that follows the calendar quarter of the period: how long payroll may still speak of it. */
export function lastDayOfMonthAfterQuarter(period: Period): Day {
  const monthsToQuarterEnd = 2 - ((Number(period.slice(5, 7)) - 1) % 3);
  return lastDayOfMonth(addMonths(period, monthsToQuarterEnd + 1));
}

/**
 * The legal public holidays of a year, in order (Belgian law of 4 January 1974, royal decree of 18 April 1974).
 * There are ten, or nine different days when Ascension falls on 1 May (2008).
 */
export function belgianHolidays(year: number): Day[] {
  const easter = easterSunday(year);
  const yearText = String(year).padStart(4, '0');
  const fixed = ['01-01', '05-01', '07-21', '08-15', '11-01', '11-11', '12-25'].map((rest) => `${yearText}-${rest}`);
  const easterMonday = addDays(easter, 1);
  const ascension = addDays(easter, 39);
  const whitMonday = addDays(easter, 50);
  return [...new Set([...fixed, easterMonday, ascension, whitMonday])].sort();
}

/** Monday to Friday and no Belgian public holiday. */
export function isWorkingDay(day: Day): boolean {
  // 1970-01-01, day number 0, was a Thursday.
  const weekday = (((dayNumber(day) + 4) % 7) + 7) % 7;
  return weekday !== 0 && weekday !== 6 && !belgianHolidays(yearOf(day)).includes(day);
}

/** Easter Sunday of the Gregorian calendar, by the anonymous algorithm (Meeus/Jones/Butcher). */
function easterSunday(year: number): Day {
  const golden = year % 19;
  const century = Math.floor(year / 100);
  const yearInCentury = year % 100;
  const epact =
    (19 * golden +
      century -
      Math.floor(century / 4) -
      Math.floor((century - Math.floor((century + 8) / 25) + 1) / 3) +
      15) %
    30;
  const toSunday = (32 + 2 * (century % 4) + 2 * Math.floor(yearInCentury / 4) - epact - (yearInCentury % 4)) % 7;
  const shift = Math.floor((golden + 11 * epact + 22 * toSunday) / 451);
  const sum = epact + toSunday - 7 * shift + 114;
  return `${periodText(year, Math.floor(sum / 31))}-${twoDigits((sum % 31) + 1)}`;
}

function daysInMonth(year: number, month: number): number {
  if (month !== 2) return month === 4 || month === 6 || month === 9 || month === 11 ? 30 : 31;
  return (year % 4 === 0 && year % 100 !== 0) || year % 400 === 0 ? 29 : 28;
}

/** Days since 1970-01-01. `Date.UTC` would take the years 0 to 99 for 1900 to 1999. */
function dayNumber(day: Day): number {
  const month = Number(day.slice(5, 7));
  // Years that begin in March, so that the leap day is the last of its year.
  const year = yearOf(day) - (month <= 2 ? 1 : 0);
  const monthsSinceMarch = (month + 9) % 12;
  const dayOfYear = Math.floor((153 * monthsSinceMarch + 2) / 5) + dayOfMonthOf(day) - 1;
  return 365 * year + Math.floor(year / 4) - Math.floor(year / 100) + Math.floor(year / 400) + dayOfYear - 719468;
}

/** The inverse of `dayNumber`, after Howard Hinnant's civil_from_days. */
function dayFromNumber(number: number): Day {
  const shifted = number + 719468;
  const era = Math.floor(shifted / 146097);
  const dayOfEra = shifted - era * 146097;
  const yearOfEra = Math.floor(
    (dayOfEra - Math.floor(dayOfEra / 1460) + Math.floor(dayOfEra / 36524) - Math.floor(dayOfEra / 146096)) / 365,
  );
  const dayOfYear = dayOfEra - (365 * yearOfEra + Math.floor(yearOfEra / 4) - Math.floor(yearOfEra / 100));
  const monthsSinceMarch = Math.floor((5 * dayOfYear + 2) / 153);
  const month = monthsSinceMarch < 10 ? monthsSinceMarch + 3 : monthsSinceMarch - 9;
  const year = yearOfEra + era * 400 + (month <= 2 ? 1 : 0);
  return `${periodText(year, month)}-${twoDigits(dayOfYear - Math.floor((153 * monthsSinceMarch + 2) / 5) + 1)}`;
}

function yearOf(dayOrPeriod: string): number {
  return Number(dayOrPeriod.slice(0, 4));
}

function dayOfMonthOf(day: Day): number {
  return Number(day.slice(8, 10));
}

function periodText(year: number, month: number): Period {
  return `${String(year).padStart(4, '0')}-${twoDigits(month)}`;
}

function twoDigits(number: number): string {
  return number < 10 ? `0${number}` : String(number);
}
