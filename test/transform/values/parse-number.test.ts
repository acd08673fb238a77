/** Numbers and amounts: every way of writing them that means one thing, and those that could mean two. */
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { FilledCell } from '../../../src/transform/values/finding.ts';
import { codeOf, PARSER_CONTEXT, parseCell } from '../../support/parse-cell.ts';

describe('integer', () => {
  it.each<[FilledCell, number]>([
    ['20', 20],
    ['0', 0],
    ['007', 7],
    ['-2', -2],
    ['+3', 3],
    ['- 4', -4],
    ['20,0', 20],
    ['20.00', 20],
    ['1 234', 1234],
    ['1\u00a0234', 1234],
    ['1\u202f234,0', 1234],
    ['12 345 678', 12_345_678],
    ['0,000', 0],
    ['1.234.567', 1_234_567],
    ['2147483647', 2_147_483_647],
    [20, 20],
    [-0, 0],
    [20.0000000001, 20],
  ])('%j is %d', (cell, value) => {
    expect(parseCell('integer', cell)).toBe(value);
  });

  it.each<[FilledCell]>([
    ['20,5'],
    ['20,01'],
    ['1e3'],
    ['2E1'],
    ['0x10'],
    ['1.234'],
    ['20,000'],
    ['1 2'],
    ['12 34'],
    ['--2'],
    ['2-'],
    ['∞'],
    ['NaN'],
    ['20 jours'],
    ['1,234.5'],
    [20.5],
    [true],
    [{ date: '2026-01-20' }],
  ])('%j is refused', (cell) => {
    expect(codeOf(parseCell('integer', cell))).toBe('integer.invalid');
  });

  it('says how large a number may be', () => {
    for (const cell of ['2147483648', '-2147483648', '99999999999999999999', 3e9]) {
      expect(parseCell('integer', cell)).toMatchObject({ code: 'integer.invalid', params: { max: 2_147_483_647 } });
    }
  });

  it('reads hundredths of records of fixed width', () => {
    const hundredths = { pattern: 'hundredths' };
    expect(parseCell('integer', '02000', hundredths)).toBe(20);
    expect(parseCell('integer', '00000', hundredths)).toBe(0);
    expect(parseCell('integer', '-0200', hundredths)).toBe(-2);
    for (const cell of ['02050', '20,00', 'x'])
      expect(codeOf(parseCell('integer', cell, hundredths))).toBe('integer.invalid');
  });
});

describe('euro', () => {
  it.each<[FilledCell, number]>([
    ['8,00', 800],
    ['8.00', 800],
    ['8', 800],
    ['8,5', 850],
    ['€ 8', 800],
    ['€8,00', 800],
    ['8,00 €', 800],
    ['8\u00a0€', 800],
    ['EUR 8.00', 800],
    ['8 eur', 800],
    ['-8,00', -800],
    ['-€ 8', -800],
    ['€ -8', -800],
    ['− 8,00', -800],
    ['+8,00', 800],
    ['-0,00', 0],
    ['0,05', 5],
    ['007,10', 710],
    ['1.234,50', 123_450],
    ['1,234.50', 123_450],
    ['1 234,50', 123_450],
    ['1\u00a0234,50', 123_450],
    ['1\u202f234.50', 123_450],
    ['€ 1.234.567,8', 123_456_780],
    ['1,234,567', 123_456_700],
    ['12 345', 1_234_500],
    ['1234567,89', 123_456_789],
    [8, 800],
    [1.15, 115],
    [10.22, 1022],
    [0.1 + 0.2, 30],
    [-8, -800],
  ])('%j is %d cents', (cell, cents) => {
    expect(parseCell('euro', cell)).toBe(cents);
  });

  it.each<[FilledCell]>([
    ['1.234'],
    ['1,234'],
    ['€ 1.234'],
    ['8,005'],
    ['8.0000'],
    ['1234.567'],
    ['1.23.456'],
    ['1.234.50'],
    ['1,234,50'],
    ['12.34,50'],
    ['0.123.456'],
    ['8e2'],
    ['€ 8 €'],
    ['8 € 50'],
    ['8€50'],
    ['$8'],
    ['8,-'],
    [',50'],
    ['€'],
    ['(8,00)'],
    ['99999999999,00'],
    [8.005],
    [8.00001],
    [1e12],
    [false],
    [{ date: '2026-08-01' }],
  ])('%j is refused', (cell) => {
    expect(codeOf(parseCell('euro', cell))).toBe('euro.invalid');
  });

  it('reads any amount back from every unambiguous way of writing', () => {
    const styles: ((euros: string, rest: string) => string)[] = [
      (euros, rest) => `${euros},${rest}`,
      (euros, rest) => `€ ${euros}.${rest}`,
      (euros, rest) => `${grouped(euros, '.')},${rest}`,
      (euros, rest) => `${grouped(euros, ',')}.${rest} EUR`,
      (euros, rest) => `${grouped(euros, '\u202f')},${rest}`,
    ];
    fc.assert(
      fc.property(fc.nat(2_147_483_647), fc.boolean(), fc.constantFrom(...styles), (cents, negative, write) => {
        const digits = String(cents).padStart(3, '0');
        const text = write(digits.slice(0, -2), digits.slice(-2));
        expect(parseCell('euro', negative ? `-${text}` : text)).toBe(negative && cents > 0 ? -cents : cents);
        expect(parseCell('euro', cents / 100)).toBe(cents);
      }),
    );
  });

  function grouped(digits: string, sign: string): string {
    return digits.replace(/\B(?=(?:\d{3})+$)/g, sign);
  }
});

describe('cents and decimals', () => {
  it('reads whole cents only', () => {
    expect(parseCell('cents', '00800')).toBe(800);
    expect(parseCell('cents', '-800')).toBe(-800);
    expect(parseCell('cents', 800)).toBe(800);
    for (const cell of ['8,00', '8.00', '8 00', 8.5]) expect(codeOf(parseCell('cents', cell))).toBe('euro.invalid');
  });

  it.each<[FilledCell, string]>([
    ['20,50', '20.5'],
    ['003', '3'],
    ['-0,0', '0'],
    ['-1,25', '-1.25'],
    ['0,125', '0.125'],
    ['1.234,5', '1234.5'],
    [0.1, '0.1'],
    [0.1 + 0.2, '0.3'],
    [1e-7, '0.0000001'],
    [3.125, '3.125'],
  ])('%j is the decimal text %s', (cell, text) => {
    expect(parseCell('decimal', cell)).toBe(text);
  });

  it.each<[FilledCell]>([['1.234'], ['x'], ['1e3'], ['1234567890123456'], [true], [{ date: PARSER_CONTEXT.today }]])(
    'the decimal %j is refused',
    (cell) => {
      expect(codeOf(parseCell('decimal', cell))).toBe('decimal.invalid');
    },
  );
});
