/** Sentences with their placeholders, and values as Belgium writes them. */
import { describe, expect, test } from 'vitest';
import { LANGUAGES } from '../../../src/model.ts';
import {
  formatDay,
  formatDecimal,
  formatEnterpriseNumber,
  formatIban,
  formatMoney,
  formatPeriod,
  formatVatNumber,
  placeholdersOf,
  renderSentence,
} from '../../../src/transform/values/message-text.ts';

/** Intl separates by spaces of several kinds, and which one changes between its versions. */
const plainSpaces = (text: string) => text.replace(/[\u00a0\u202f]/g, ' ');

describe('renderSentence', () => {
  test('fills placeholders and begins with a capital', () => {
    expect(renderSentence('{column}: expected {accepted}.', { column: 'column H', accepted: '1' }, 'en')).toBe(
      'Column H: expected 1.',
    );
    expect(renderSentence('é', {}, 'fr')).toBe('É');
  });

  test('a placeholder without a value vanishes, and so does the space it leaves', () => {
    expect(renderSentence('One {a} two {b}', { b: '' }, 'en')).toBe('One two');
    expect(renderSentence('Read as {encoding|windows-1252}.', {}, 'en')).toBe('Read as windows-1252.');
    expect(renderSentence('Zero is {count}.', { count: 0 }, 'en')).toBe('Zero is 0.');
  });

  test('an optional part needs a value for each of its placeholders', () => {
    const template = '[{column}: ]too many[ ({found} instead of {expected})].';
    expect(renderSentence(template, {}, 'en')).toBe('Too many.');
    expect(renderSentence(template, { found: 3 }, 'en')).toBe('Too many.');
    expect(renderSentence(template, { column: 'Column A', found: 3, expected: 2 }, 'en')).toBe(
      'Column A: too many (3 instead of 2).',
    );
  });

  test('a value is never read as a template', () => {
    expect(renderSentence('{header} [and {b}]', { header: '{b} [x] $& |', b: 'B' }, 'en')).toBe('{b} [x] $& | and B');
  });

  test('prints money, days, sizes and date patterns in the language', () => {
    expect(plainSpaces(renderSentence('{a:money}', { a: 123_450 }, 'fr'))).toBe('1 234,50 €');
    expect(renderSentence('{a:day}', { a: '2026-11-01' }, 'nl')).toBe('1 november 2026');
    expect(plainSpaces(renderSentence('{a:bytes}', { a: 500 * 1024 * 1024 }, 'fr'))).toBe('500 Mo');
    const forms = 'DD/MM/YYYY, YYYYMMDD or 1900-01-01';
    expect(renderSentence('{a:pattern}', { a: forms }, 'fr')).toBe('JJ/MM/AAAA, AAAAMMJJ or 1900-01-01');
    expect(renderSentence('{a:pattern}', { a: forms }, 'nl')).toBe('DD/MM/JJJJ, JJJJMMDD or 1900-01-01');
    expect(renderSentence('{a:pattern}', { a: forms }, 'de')).toBe('TT/MM/JJJJ, JJJJMMTT or 1900-01-01');
    expect(renderSentence('{a:pattern}', { a: forms }, 'en')).toBe(forms);
  });

  test('names the placeholders of a template', () => {
    expect(placeholdersOf('[{column}: ]{a:money} {b|words}')).toEqual(['column', 'a', 'b']);
  });
});

describe('formatMoney', () => {
  test('follows the Belgian locale of each language', () => {
    expect(plainSpaces(formatMoney(123_450, 'fr'))).toBe('1 234,50 €');
    expect(plainSpaces(formatMoney(123_450, 'nl'))).toBe('€ 1.234,50');
    expect(plainSpaces(formatMoney(123_450, 'de'))).toBe('1.234,50 €');
    expect(plainSpaces(formatMoney(123_450, 'en'))).toBe('€1,234.50');
  });

  test.each([
    [5, '0,05'],
    [-5, '-0,05'],
    [0, '0,00'],
    [-123_456, '-1.234,56'],
    [Number.MAX_SAFE_INTEGER, '90.071.992.547.409,91'],
  ])('%i cents, to the cent', (cents, expected) => {
    expect(plainSpaces(formatMoney(cents, 'de'))).toBe(`${expected} €`);
  });

  test('refuses fractions of a cent', () => {
    expect(() => formatMoney(0.5, 'fr')).toThrow(RangeError);
    expect(() => formatMoney(Number.NaN, 'fr')).toThrow(RangeError);
  });
});

test('a day and a period in words, whatever the time zone', () => {
  expect(LANGUAGES.map((language) => formatDay('2026-11-23', language))).toEqual([
    '23 novembre 2026',
    '23 november 2026',
    '23. November 2026',
    '23 November 2026',
  ]);
  expect(formatDay('2026-03-01', 'fr')).toBe('1er mars 2026');
  expect(formatDay('2026-03-11', 'fr')).toBe('11 mars 2026');
  expect(formatPeriod('2026-03', 'de')).toBe('März 2026');
  expect(() => formatDay('1/3/2026', 'fr')).toThrow(RangeError);
  expect(() => formatPeriod('202603', 'fr')).toThrow(RangeError);
});

test('numbers that people copy', () => {
  expect(formatIban('be68539007547034')).toBe('BE68 5390 0754 7034');
  expect(formatIban('NL91 ABNA 0417 1643 00')).toBe('NL91 ABNA 0417 1643 00');
  expect(formatEnterpriseNumber('0403019261')).toBe('0403.019.261');
  expect(formatVatNumber('BE0403019261')).toBe('BE\u00a00403.019.261');
  expect(formatVatNumber('LU12345678')).toBe('LU12345678');
  expect(formatDecimal('6.5', 'fr')).toBe('6,5');
  expect(formatDecimal('21', 'en')).toBe('21');
});
