/** Slots of cron expressions by the wall clock of Belgium: missing and double hours, short months, leap days, year ends. */
import { afterEach, describe, expect, test } from 'vitest';
import { readTimetable } from '../../src/jobs/cron.ts';

const zone = process.env['TZ'];
afterEach(() => {
  process.env['TZ'] = zone;
});

/** Every slot from one moment to another, oldest first, as a worker finds them that looks every half hour. */
function slotsBetween(expression: string, from: string, to: string): string[] {
  const timetable = readTimetable(expression);
  const found: string[] = [];
  let after = timetable.slotAt(Date.parse(from));
  for (let moment = Date.parse(from); moment <= Date.parse(to); moment += 30 * 60_000) {
    const due = timetable.latestDue(moment, after);
    if (due !== null) found.push(due);
    const present = timetable.slotAt(moment);
    if (present > after) after = present;
  }
  return found;
}

describe.each(['UTC', 'America/New_York', 'Pacific/Auckland'])('a process in %s', (here) => {
  test('fault 47: the hour that is missing in spring and the one that comes twice in autumn: one slot each', () => {
    process.env['TZ'] = here;
    const nightly = (from: string, to: string) => slotsBetween('30 2 * * *', from, to);
    expect(nightly('2026-03-28T12:00Z', '2026-03-29T12:00Z')).toEqual(['2026-03-29T02:30']);
    expect(nightly('2026-10-24T12:00Z', '2026-10-25T12:00Z')).toEqual(['2026-10-25T02:30']);
  });

  test('fault 47: a slot in the missing hour is due as soon as the wall shows a later time, and in the double hour the first time', () => {
    process.env['TZ'] = here;
    const { latestDue } = readTimetable('30 2 * * *');
    expect(latestDue(Date.parse('2026-03-29T00:59Z'), '2026-03-28T02:30')).toBeNull();
    expect(latestDue(Date.parse('2026-03-29T01:00Z'), '2026-03-28T02:30')).toBe('2026-03-29T02:30');
    expect(latestDue(Date.parse('2026-10-25T00:30Z'), '2026-10-24T02:30')).toBe('2026-10-25T02:30');
    expect(latestDue(Date.parse('2026-10-25T01:30Z'), '2026-10-25T02:30')).toBeNull();
  });

  test('every hour goes by hours that pass: 23 of them on the day in spring, 25 in autumn, none twice', () => {
    process.env['TZ'] = here;
    const hourly = (from: string, to: string) => slotsBetween('0 * * * *', from, to);
    const spring = hourly('2026-03-28T23:00Z', '2026-03-29T22:00Z');
    const autumn = hourly('2026-10-24T22:00Z', '2026-10-25T23:00Z');
    expect([spring.length, new Set(spring).size]).toEqual([23, 23]);
    expect([autumn.length, new Set(autumn).size]).toEqual([25, 25]);
  });

  test('fault 48: months without a 31st have no such slot; 29 February comes in leap years; the year ends at midnight in Belgium', () => {
    process.env['TZ'] = here;
    expect(slotsBetween('0 7 31 * *', '2028-01-01T00:00Z', '2028-06-30T00:00Z')).toEqual([
      '2028-01-31T07:00',
      '2028-03-31T07:00',
      '2028-05-31T07:00',
    ]);
    expect(slotsBetween('0 7 29 2 *', '2027-02-01T00:00Z', '2029-03-01T00:00Z')).toEqual(['2028-02-29T07:00']);
    expect(slotsBetween('0 0 1 1 *', '2026-12-31T00:00Z', '2027-01-01T12:00Z')).toEqual(['2027-01-01T00:00']);
    const { latestDue } = readTimetable('0 0 1 1 *');
    expect(latestDue(Date.parse('2026-12-31T22:59Z'), '2026-12-31T00:00')).toBeNull();
    expect(latestDue(Date.parse('2026-12-31T23:00Z'), '2026-12-31T00:00')).toBe('2027-01-01T00:00');
  });
});

test('after a long pause the latest slot is found, and what is older than the last one is not looked for again', () => {
  const { latestDue } = readTimetable('0 6 * * *');
  expect(latestDue(Date.parse('2026-12-03T04:00Z'), '2026-08-30T06:00')).toBe('2026-12-02T06:00');
  expect(latestDue(Date.parse('2026-12-03T04:00Z'), '2026-12-02T06:00')).toBeNull();
  expect(readTimetable('0 7 1 1 *').latestDue(Date.parse('2026-12-03T04:00Z'), '2025-06-01T00:00')).toBe(
    '2026-01-01T07:00',
  );
});

test('the next moment: in the missing hour when the wall shows a later one, in the double hour the first of the two', () => {
  const next = (expression: string, moment: string) => {
    const due = readTimetable(expression).nextDue(Date.parse(moment));
    return due === null ? null : new Date(due).toISOString();
  };
  expect(next('0 6 * * *', '2026-12-05T04:00Z')).toBe('2026-12-05T05:00:00.000Z');
  expect(next('0 6 * * *', '2026-12-05T05:00Z')).toBe('2026-12-06T05:00:00.000Z');
  expect(next('30 2 * * *', '2026-03-28T12:00Z')).toBe('2026-03-29T01:00:00.000Z');
  expect(next('30 2 * * *', '2026-10-24T12:00Z')).toBe('2026-10-25T00:30:00.000Z');
  expect(next('30 2 * * *', '2026-10-25T01:10Z')).toBe('2026-10-26T01:30:00.000Z');
  expect(next('*/10 * * * *', '2026-10-25T00:55Z')).toBe('2026-10-25T01:00:00.000Z');
  expect(next('0 7 29 2 *', '2026-03-01T12:00Z')).toBeNull();
});
