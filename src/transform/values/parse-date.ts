/** Owns days and months as senders write them. */
import type { Day, Period } from '../../model.ts';
import { existsInCalendar } from './calendar.ts';
import { type CellParser, type Finding, fault, type Parsed, plainDecimal, unreadable } from './finding.ts';

/** No sender means a day before this one: it is what programs write for zero or for never. */
const EARLIEST_YEAR = 1900;
export const EARLIEST_DAY: Day = `${EARLIEST_YEAR}-01-01`;

const DAY_FORMS = 'DD/MM/YYYY, YYYY-MM-DD, YYYYMMDD';
const PERIOD_FORMS = 'YYYYMM, YYYY-MM, MM/YYYY';
const DATE = fault('date.invalid', { accepted: DAY_FORMS });
const PERIOD = fault('period.invalid', { accepted: PERIOD_FORMS });

const DAY_FIRST = /^(\d{1,2})([/.-])(\d{1,2})\2(\d{4})$/;
const YEAR_FIRST = /^(\d{4})-(\d\d)-(\d\d)$/;
const EIGHT_DIGITS = /^\d{8}$/;
// A time with a zone may belong to the day before or after in Brussels, unless it is midnight, when only the day was meant.
const TIME_OF_DAY = /^([\d/.-]+)[T ](?:\d{1,2}:\d\d(?::\d\d(?:[.,]\d+)?)?|00:00(?::00(?:\.0+)?)?(?:Z|[+-]\d\d:?\d\d))$/;
// With a low line too, as programs write it in names of files.
const PERIOD_YEAR_FIRST = /^(\d{4})[-_]?(\d\d)$/;
const PERIOD_MONTH_FIRST = /^(\d{1,2})\/(\d{4})$/;
const SIX_DIGITS = /^\d{6}$/;

/** A day as `YYYY-MM-DD`. With a pattern (an order of DD, MM and YYYY), text must be those eight digits. */
export function dateParser(pattern: string | null): CellParser {
  if (pattern === null) return parserOfDates(parseDay, DATE);
  const wrong = fault('date.invalid', { accepted: pattern });
  const [day, month, year] = [pattern.indexOf('DD'), pattern.indexOf('MM'), pattern.indexOf('YYYY')];
  return parserOfDates((text) => {
    if (!EIGHT_DIGITS.test(text)) return wrong;
    return dayOf(text.slice(year, year + 4), text.slice(month, month + 2), text.slice(day, day + 2)) ?? wrong;
  }, wrong);
}

/** A date parser that takes only days between two days, both included: births, for one. */
export function boundedDates(parser: CellParser, from: Day, to: Day): CellParser {
  const outside = fault('date.invalid', { accepted: `${from} .. ${to}` });
  return (cell) => {
    const parsed = parser(cell);
    return typeof parsed === 'string' && (parsed < from || parsed > to) ? outside : parsed;
  };
}

/** A month as `YYYY-MM`; a workbook's date means its month. With the pattern `MMYYYY` or `YYYYMM`, text is those six digits. */
export function periodParser(pattern: string | null): CellParser {
  if (pattern === null) return parserOfDates(parsePeriod, PERIOD, (date) => date.slice(0, 7));
  const wrong = fault('period.invalid', { accepted: pattern });
  const [month, year] = [pattern.indexOf('MM'), pattern.indexOf('YYYY')];
  const parse = (text: string) =>
    (SIX_DIGITS.test(text) ? monthOf(text.slice(year, year + 4), text.slice(month, month + 2)) : null) ?? wrong;
  return parserOfDates(parse, wrong, (date) => date.slice(0, 7));
}

function parserOfDates(
  parseText: (text: string) => Parsed,
  wrong: Finding,
  fromDate: (date: Day) => Parsed = (date) => date,
): CellParser {
  return (cell) => {
    if (typeof cell === 'string') return parseText(cell);
    if (typeof cell === 'number') return parseText(plainDecimal(cell));
    if (typeof cell === 'boolean') return wrong;
    if (!('date' in cell)) return unreadable(cell);
    return cell.date >= EARLIEST_DAY ? fromDate(cell.date) : wrong;
  };
}

function parseDay(text: string): Parsed {
  const date = text.length > 10 ? (TIME_OF_DAY.exec(text)?.[1] ?? '') : text;
  const yearFirst = YEAR_FIRST.exec(date);
  if (yearFirst !== null) return dayOf(yearFirst[1], yearFirst[2], yearFirst[3]) ?? DATE;
  const dayFirst = DAY_FIRST.exec(date);
  if (dayFirst !== null) return dayOf(dayFirst[4], dayFirst[3], dayFirst[1]) ?? DATE;
  if (!EIGHT_DIGITS.test(date)) return DATE;
  return dayOf(date.slice(0, 4), date.slice(4, 6), date.slice(6)) ?? DATE;
}

function parsePeriod(text: string): Parsed {
  const yearFirst = PERIOD_YEAR_FIRST.exec(text);
  if (yearFirst !== null) return monthOf(yearFirst[1], yearFirst[2]) ?? PERIOD;
  const monthFirst = PERIOD_MONTH_FIRST.exec(text);
  return (monthFirst !== null ? monthOf(monthFirst[2], monthFirst[1]) : null) ?? PERIOD;
}

function dayOf(year = '', month = '', day = ''): Day | null {
  if (Number(year) < EARLIEST_YEAR || !existsInCalendar(Number(year), Number(month), Number(day))) return null;
  return `${year}-${twoDigits(month)}-${twoDigits(day)}`;
}

function monthOf(year = '', month = ''): Period | null {
  const exists = Number(year) >= EARLIEST_YEAR && Number(month) >= 1 && Number(month) <= 12;
  return exists ? `${year}-${twoDigits(month)}` : null;
}

function twoDigits(text: string): string {
  return text.length === 1 ? `0${text}` : text;
}
