/** Days and months as senders write them. */
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { FilledCell } from '../../../src/transform/values/finding.ts';
import { codeOf, PARSER_CONTEXT, parseCell } from '../../support/parse-cell.ts';

describe('date', () => {
  it.each<[FilledCell, string]>([
    ['23/11/2026', '2026-11-23'],
    ['3/1/2026', '2026-01-03'],
    ['23-11-2026', '2026-11-23'],
    ['23.11.2026', '2026-11-23'],
    ['2026-11-23', '2026-11-23'],
    ['20261123', '2026-11-23'],
    ['29/02/2024', '2024-02-29'],
    ['31/12/9999', '9999-12-31'],
    ['2026-11-23T14:30:00', '2026-11-23'],
    ['2026-11-23 14:30', '2026-11-23'],
    ['2026-11-23T14:30:00.123', '2026-11-23'],
    ['2026-11-23T00:00:00.000Z', '2026-11-23'],
    ['2026-11-23T00:00:00+01:00', '2026-11-23'],
    ['23/11/2026 00:00:00', '2026-11-23'],
    ['23/11/2026 0:00:00', '2026-11-23'],
    [20261123, '2026-11-23'],
    [{ date: '2026-11-23' }, '2026-11-23'],
  ])('%j is %s', (cell, day) => {
    expect(parseCell('date', cell)).toBe(day);
  });

  it.each<[FilledCell]>([
    ['23/11/26'],
    ['3/1/6'],
    ['11/23/2026'],
    ['30/02/2026'],
    ['29/02/2023'],
    ['31/04/2026'],
    ['00/00/0000'],
    ['00000000'],
    ['01/01/0001'],
    ['30/12/1899'],
    ['2026/11/23'],
    ['23/11-2026'],
    ['2026-11-3'],
    ['2026-02-30'],
    ['2026-11-22T23:00:00Z'],
    ['46349'],
    ['demain'],
    ['23 nov 2026'],
    [46_349],
    [2026.5],
    [true],
    [{ date: '1899-12-31' }],
  ])('%j is refused', (cell) => {
    expect(parseCell('date', cell)).toMatchObject({
      code: 'date.invalid',
      params: { accepted: 'DD/MM/YYYY, YYYY-MM-DD, YYYYMMDD' },
    });
  });

  it('reads eight digits in the order of a pattern', () => {
    expect(parseCell('date', '11202630', { pattern: 'MMYYYYDD' })).toBe('2026-11-30');
    expect(parseCell('date', '30112026', { pattern: 'DDMMYYYY' })).toBe('2026-11-30');
    expect(parseCell('date', { date: '2026-11-30' }, { pattern: 'DDMMYYYY' })).toBe('2026-11-30');
    for (const cell of ['31112026', '30/11/2026', '2026-11-30', '301126', '00000000']) {
      expect(parseCell('date', cell, { pattern: 'DDMMYYYY' })).toMatchObject({
        code: 'date.invalid',
        params: { accepted: 'DDMMYYYY' },
      });
    }
  });

  it('a birth lies between 1900 and today', () => {
    const birth = (cell: FilledCell) => parseCell('date', cell, { field: 'birthDate' });
    expect(birth('01/01/1900')).toBe('1900-01-01');
    expect(birth(PARSER_CONTEXT.today)).toBe(PARSER_CONTEXT.today);
    expect(birth('31/12/1899')).toMatchObject({ code: 'date.invalid' });
    for (const cell of ['2026-11-24', { date: '2062-01-01' }]) {
      expect(birth(cell)).toMatchObject({ code: 'date.invalid', params: { accepted: '1900-01-01 .. 2026-11-23' } });
    }
    expect(parseCell('date', '2062-01-01')).toBe('2062-01-01');
  });

  it('reads every day back from every way of writing it', () => {
    const days = fc.date({ min: new Date('1900-01-01'), max: new Date('2199-12-31'), noInvalidDate: true });
    fc.assert(
      fc.property(days, fc.constantFrom('/', '-', '.'), (date, sign) => {
        const day = date.toISOString().slice(0, 10);
        const [year, month, dayOfMonth] = day.split('-');
        expect(parseCell('date', day)).toBe(day);
        expect(parseCell('date', `${year}${month}${dayOfMonth}`)).toBe(day);
        expect(parseCell('date', [dayOfMonth, month, year].join(sign))).toBe(day);
        expect(parseCell('date', [Number(dayOfMonth), Number(month), year].join(sign))).toBe(day);
        expect(parseCell('date', `${month}${year}${dayOfMonth}`, { pattern: 'MMYYYYDD' })).toBe(day);
      }),
    );
  });
});

describe('period', () => {
  it.each<[FilledCell, string]>([
    ['202611', '2026-11'],
    ['2026-11', '2026-11'],
    ['2026_11', '2026-11'],
    ['11/2026', '2026-11'],
    ['1/2026', '2026-01'],
    [202611, '2026-11'],
    [{ date: '2026-11-01' }, '2026-11'],
  ])('%j is %s', (cell, period) => {
    expect(parseCell('period', cell)).toBe(period);
  });

  it.each<[FilledCell]>([
    ['202613'],
    ['202600'],
    ['2026'],
    ['11/26'],
    ['13/2026'],
    ['112026'],
    ['2026-1'],
    ['novembre'],
    ['0001-01'],
    [2026],
    [true],
  ])('%j is refused', (cell) => {
    expect(codeOf(parseCell('period', cell))).toBe('period.invalid');
  });

  it('reads six digits in the order of a pattern', () => {
    expect(parseCell('period', '112026', { pattern: 'MMYYYY' })).toBe('2026-11');
    expect(codeOf(parseCell('period', '202611', { pattern: 'MMYYYY' }))).toBe('period.invalid');
  });
});
