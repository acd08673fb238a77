/** Days and months as ISO text, against the arithmetic of `Date.UTC` and known calendars. */
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import {
  addDays,
  addMonths,
  addMonthsToDay,
  belgianHolidays,
  isDay,
  isPeriod,
  isWorkingDay,
  lastDayOfMonth,
  lastDayOfMonthAfterQuarter,
  periodOf,
} from '../../../src/transform/values/calendar.ts';

const isoDay = (number: number) => new Date(number * 86_400_000).toISOString().slice(0, 10);
/** 1600-01-01 to 2399-12-31, in days since 1970-01-01 */
const dayNumbers = fc.integer({ min: -135_140, max: 157_053 });

describe('days and months', () => {
  it.each(['2026-11-23', '2024-02-29', '2000-02-29', '0001-01-01', '9999-12-31'])('%s is a day', (text) => {
    expect(isDay(text)).toBe(true);
  });

  it.each([
    '2023-02-29',
    '1900-02-29',
    '2026-04-31',
    '2026-13-01',
    '2026-00-10',
    '2026-01-00',
    '0000-01-01',
    '26-01-01',
    '2026-1-1',
    ' 2026-01-01',
    '2026-01-01\n',
    '2026-01-01T00:00',
    '',
  ])('%j is no day', (text) => {
    expect(isDay(text)).toBe(false);
  });

  it('knows periods', () => {
    expect(['2026-01', '2026-12', '0001-01'].every(isPeriod)).toBe(true);
    expect(['2026-13', '2026-00', '202601', '2026-1', '0000-01', '2026-01-01'].some(isPeriod)).toBe(false);
  });

  it('adds days as Date.UTC does', () => {
    fc.assert(
      fc.property(dayNumbers, fc.integer({ min: -5000, max: 5000 }), (number, count) => {
        expect(addDays(isoDay(number), count)).toBe(isoDay(number + count));
      }),
    );
  });

  it('takes the years before 100 as they stand', () => {
    expect(addDays('0099-12-31', 1)).toBe('0100-01-01');
    expect(addDays('0004-02-28', 1)).toBe('0004-02-29');
  });

  it('adds months, there and back', () => {
    expect(addMonths('2026-11', 2)).toBe('2027-01');
    expect(addMonths('2026-01', -1)).toBe('2025-12');
    expect(addMonths('2026-01', -13)).toBe('2024-12');
    fc.assert(
      fc.property(dayNumbers, fc.integer({ min: -900, max: 900 }), (number, count) => {
        const period = periodOf(isoDay(number));
        expect(addMonths(addMonths(period, count), -count)).toBe(period);
      }),
    );
  });

  it.each([
    ['2026-01-31', 1, '2026-02-28'],
    ['2024-01-31', 1, '2024-02-29'],
    ['2024-02-29', 12, '2025-02-28'],
    ['2026-03-31', -1, '2026-02-28'],
    ['2026-11-15', 12, '2027-11-15'],
    ['2026-02-28', 1, '2026-03-28'],
  ])('%s and %i months is %s', (day, count, later) => {
    expect(addMonthsToDay(day, count)).toBe(later);
  });

  it('the last day of a month is the day before the first of the next', () => {
    fc.assert(
      fc.property(dayNumbers, (number) => {
        const period = periodOf(isoDay(number));
        expect(lastDayOfMonth(period)).toBe(addDays(`${addMonths(period, 1)}-01`, -1));
      }),
    );
  });

  it.each([
    ['2026-01', '2026-04-30'],
    ['2026-03', '2026-04-30'],
    ['2026-04', '2026-07-31'],
    ['2026-09', '2026-10-31'],
    ['2026-10', '2027-01-31'],
    ['2026-12', '2027-01-31'],
  ])('the month after the quarter of %s ends on %s', (period, day) => {
    expect(lastDayOfMonthAfterQuarter(period)).toBe(day);
  });
});

describe('Belgian public holidays', () => {
  it('has the ten of 2026, in order', () => {
    expect(belgianHolidays(2026)).toEqual([
      '2026-01-01',
      '2026-04-06',
      '2026-05-01',
      '2026-05-14',
      '2026-05-25',
      '2026-07-21',
      '2026-08-15',
      '2026-11-01',
      '2026-11-11',
      '2026-12-25',
    ]);
  });

  it.each([
    [2008, '2008-03-24'],
    [2011, '2011-04-25'],
    [2024, '2024-04-01'],
    [2025, '2025-04-21'],
    [2027, '2027-03-29'],
    [2038, '2038-04-26'],
    [1981, '1981-04-20'],
  ])('Easter Monday of %i is %s', (year, monday) => {
    expect(belgianHolidays(year)).toContain(monday);
  });

  it('names a day once when Ascension falls on 1 May', () => {
    expect(belgianHolidays(2008)).toHaveLength(9);
    expect(belgianHolidays(2008)).toContain('2008-05-01');
  });

  it.each([
    ['2026-11-23', true],
    ['2026-11-21', false],
    ['2026-11-22', false],
    ['2026-11-11', false],
    ['2026-05-14', false],
    ['2026-05-15', true],
    ['1969-12-31', true],
    ['1969-12-28', false],
  ])('%s working day: %s', (day, working) => {
    expect(isWorkingDay(day)).toBe(working);
  });

  it('weekdays agree with Date.UTC where there is no holiday', () => {
    fc.assert(
      fc.property(dayNumbers, (number) => {
        const day = isoDay(number);
        const isHoliday = belgianHolidays(Number(day.slice(0, 4))).includes(day);
        const isWeekend = [0, 6].includes(new Date(number * 86_400_000).getUTCDay());
        expect(isWorkingDay(day)).toBe(!isHoliday && !isWeekend);
      }),
    );
  });
});
