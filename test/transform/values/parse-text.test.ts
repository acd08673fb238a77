/** Free text and e-mail addresses. */
import { describe, expect, it } from 'vitest';
import type { FilledCell } from '../../../src/transform/values/finding.ts';
import { codeOf, PARSER_CONTEXT, parseCell } from '../../support/parse-cell.ts';

describe('text', () => {
  it.each<[FilledCell, string]>([
    ["Rue de l'Église", "Rue de l'Église"],
    ['Jean\u00a0Pierre', 'Jean Pierre'],
    ['Rue Neuve 1\r\nboîte 2', 'Rue Neuve 1 boîte 2'],
    ['a\tb', 'a b'],
    ['Zoe\u0301', 'Zoé'],
    ['\u200bZoé\u200e', 'Zoé'],
    ['0012', '0012'],
    [12, '12'],
    [1_234_567_890_123, '1234567890123'],
    [1e20, '100000000000000000000'],
    [0.1 + 0.2, '0.3'],
    [-1e-7, '-0.0000001'],
    [true, 'TRUE'],
    [{ date: '2026-11-23' }, '2026-11-23'],
    ['x'.repeat(200), 'x'.repeat(200)],
  ])('%j is %j', (cell, text) => {
    expect(parseCell('text', cell)).toBe(text);
  });

  it.each([['a\0b'], ['a\x07b'], ['a\x1bb'], ['a\x7fb'], ['a\u0085b'], ['a\ud800b'], ['\u200b']])(
    '%j is refused',
    (cell) => {
      expect(parseCell('text', cell)).toMatchObject({ code: 'text.invalid', params: {} });
    },
  );

  it('says how long a text may be', () => {
    expect(parseCell('text', 'x'.repeat(201))).toMatchObject({ code: 'text.invalid', params: { max: 200 } });
  });
});

describe('e-mail', () => {
  it.each([
    'zelie@example.be',
    "o'brien+cards@mail.example.co.uk",
    'first.last@sub-domain.example.be',
    'x@bücher.example',
    `${'a'.repeat(64)}@example.be`,
  ])('%s is kept', (text) => {
    expect(parseCell('email', text)).toBe(text);
  });

  it.each<[FilledCell]>([
    ['zelie'],
    ['zelie@example'],
    ['zelie@@example.be'],
    ['a@b@example.be'],
    ['zelie @example.be'],
    ['zelie@example.be, odilon@example.be'],
    ['zelie@example.be;odilon@example.be'],
    ['Zélie <zelie@example.be>'],
    ['"zelie"@example.be'],
    ['mailto:zelie@example.be'],
    ['zelie@example.be\r\nBcc: all@example.be'],
    ['zelie\u00a0@example.be'],
    ['zelie@-example.be'],
    ['zelie@example..be'],
    ['.zelie@example.be'],
    ['zelie@.be'],
    ['zelie@127.0.0.1'],
    [`${'a'.repeat(65)}@example.be`],
    [`zelie@${'example.'.repeat(40)}be`],
    [12],
    [{ date: PARSER_CONTEXT.today }],
  ])('%j is refused', (cell) => {
    expect(codeOf(parseCell('email', cell))).toBe('email.invalid');
  });
});
