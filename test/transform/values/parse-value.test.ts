/** The parsers of identifiers and of words, and what all parsers have in common. */
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { type Cell, PARSERS, type ParserName } from '../../../src/model.ts';
import type { FilledCell } from '../../../src/transform/values/finding.ts';
import { parserFor } from '../../../src/transform/values/parse-value.ts';
import { codeOf, columnOf, PARSER_CONTEXT, parseCell } from '../../support/parse-cell.ts';
import { inventNationalRegisterNumber } from '../../support/people.ts';

describe('identifiers', () => {
  it('reads register numbers as text and as numbers', () => {
    expect(parseCell('national-register-number', '85.07.30-033.28')).toBe('85073003328');
    expect(parseCell('national-register-number', 85073003328)).toBe('85073003328');
    expect(codeOf(parseCell('national-register-number', '85073003329'))).toBe('nrn.invalid');
    for (const cell of [8507300332.8, -85073003328, true, { date: '2026-11-23' }]) {
      expect(codeOf(parseCell('national-register-number', cell))).toBe('nrn.invalid');
    }
  });

  it('warns of a register number that was repaired, and counts the zeros', () => {
    const number = inventNationalRegisterNumber('2000-05-05', 34);
    const finding = { code: 'nrn.repaired', severity: 'warning', params: { count: 3 }, value: number };
    expect(parseCell('national-register-number', number.slice(3))).toEqual(finding);
    expect(parseCell('national-register-number', Number(number))).toEqual(finding);
    expect(parseCell('national-register-number', number.slice(2))).toBe(number);
  });

  it('reads enterprise numbers as text and as numbers', () => {
    expect(parseCell('enterprise-number', 'BE 0403.019.261')).toBe('0403019261');
    expect(parseCell('enterprise-number', 403019261)).toBe('0403019261');
    for (const cell of ['0403019262', 403019261.5, false]) {
      expect(codeOf(parseCell('enterprise-number', cell))).toBe('enterprise-number.invalid');
    }
  });
});

describe('words', () => {
  it.each<[ParserName, string[], string | number]>([
    ['status', ['active', 'ACTIF', 'actief', 'Aktiv'], 'active'],
    ['status', ['inactive', 'Inactif', 'inactief', 'INAKTIV'], 'inactive'],
    ['gender', ['m', 'M', 'H', 'male', 'Homme', 'man', 'Mann'], 'm'],
    ['gender', ['f', 'V', 'w', 'Female', 'femme', 'vrouw', 'Frau'], 'f'],
    ['gender', ['x', 'Unknown'], 'x'],
    ['language', ['fr', 'FR', 'Français', 'francais', 'Frans', 'Französisch', 'French'], 'fr'],
    ['language', ['NL', 'néerlandais', 'Nederlands', 'niederländisch', 'Dutch'], 'nl'],
    ['language', ['de', 'Allemand', 'Duits', 'Deutsch', 'German'], 'de'],
    ['language', ['en', 'anglais', 'Engels', 'Englisch', 'English'], 'en'],
    ['delivery', ['Client', 'klant', 'Kunde', 'employer', 'Employeur', 'werkgever'], 'employer'],
    ['delivery', ['Bénéficiaire', 'BENEFICIAIRE', 'begunstigde', 'Begünstigter', 'beneficiary'], 'beneficiary'],
    ['product', ['meal', 'Chèque-repas', 'CHEQUE-REPAS', 'lunch  pass'], 'meal'],
    ['product', ['ökoscheck', 'ECO'], 'eco'],
    [
      'product',
      ['Not applicable', 'Non applicable', 'Niet van toepassing', 'nicht zutreffend', 'N/A', 'Aucun'],
      'none',
    ],
    ['product', ['geen', 'Keine'], 'none'],
    ['literal', ['Temps plein', 'VOLTIJDS'], 'full'],
    ['literal', ['temps partiel'], 'part'],
    ['sign', ['+'], 1],
    ['sign', ['-'], -1],
  ])('%s: %j', (parser, words, value) => {
    for (const word of words) expect(parseCell(parser, word)).toBe(value);
  });

  it.each<[ParserName, FilledCell]>([
    ['status', 'maybe'],
    ['status', true],
    ['status', 1],
    ['gender', 'MR'],
    ['language', 'es'],
    ['delivery', 'home'],
    ['product', 'sushi'],
    ['literal', 'full'],
    ['sign', '*'],
  ])('%s: %j is unknown', (parser, cell) => {
    expect(codeOf(parseCell(parser, cell))).toBe('literal.unknown');
  });

  it('lists what is accepted', () => {
    expect(parseCell('literal', 'zero')).toMatchObject({
      params: { accepted: 'Temps plein, Voltijds, Temps partiel' },
    });
    expect(parseCell('product', 'sushi')).toMatchObject({ params: { accepted: 'meal, eco, not applicable' } });
  });

  it('takes "not applicable" for a product only where a person may have none', () => {
    const ofPayroll = parserFor(columnOf('product'), { ...PARSER_CONTEXT, productMayBeNone: false });
    expect(ofPayroll('n/a')).toMatchObject({ code: 'literal.unknown', params: { accepted: 'meal, eco' } });
  });
});

describe('every parser', () => {
  it.each(PARSERS)('%s refuses what a workbook itself could not keep', (parser) => {
    expect(codeOf(parseCell(parser, { error: '#REF!' }))).toBe('cell.error');
    expect(codeOf(parseCell(parser, { lostDigits: true }))).toBe('number.lost-digits');
  });

  const text = fc.oneof(fc.string(), fc.string({ unit: 'binary' }), fc.stringMatching(/^[-+€ 0-9.,/:TZ]{1,25}$/));
  const cells: fc.Arbitrary<Cell> = fc.oneof(
    text.map((one) => one.trim()).filter((one) => one !== ''),
    fc.double({ noNaN: true, noDefaultInfinity: true }),
    fc.integer(),
    fc.boolean(),
    fc.constant({ date: '2026-11-23' }),
  );

  it.each(PARSERS)('%s never throws, and its findings never depend on what was written', (parser) => {
    const parserOf = parserFor(columnOf(parser), PARSER_CONTEXT);
    fc.assert(
      fc.property(cells, (cell) => {
        if (cell === null) return;
        const parsed = parserOf(cell);
        if (typeof parsed === 'string') expect(parsed).not.toMatch(/\p{Cc}|^\s|\s$|^$/u);
        if (typeof parsed === 'number') expect(Number.isSafeInteger(parsed)).toBe(true);
        if (typeof parsed === 'object' && parsed.severity === 'error') {
          expect([parserOf({ error: 'x' }), ...FAULTS[parser].map(parserOf)]).toContain(parsed);
        }
      }),
    );
  });
});

/** Cells that bring out each fault of a parser; a fault is the same object however often it is found. */
const FAULTS: Record<ParserName, readonly FilledCell[]> = {
  text: ['x'.repeat(201), '\0'],
  integer: ['x', '9999999999'],
  decimal: ['x'],
  euro: ['x'],
  cents: ['x'],
  date: ['x'],
  period: ['x'],
  'national-register-number': ['x'],
  'enterprise-number': ['x'],
  email: ['x'],
  language: ['?'],
  gender: ['?'],
  status: ['?'],
  delivery: ['?'],
  product: ['?'],
  sign: ['?'],
  literal: ['?'],
};
