/** When words and columns count as the same. */
import fc from 'fast-check';
import { expect, it } from 'vitest';
import { columnLetter } from '../../../src/transform/values/column-letter.ts';
import { foldWord } from '../../../src/transform/values/fold-word.ts';

it.each([
  ['Période', 'periode'],
  ['  Uit   DIENST ', 'uit dienst'],
  ['BÉNÉFICIAIRE', 'beneficiaire'],
  ['be\u0301ne\u0301ficiaire', 'beneficiaire'],
  ['\ufeffNISS', 'niss'],
  ['n°\u00a0national', 'n° national'],
  ['date d’entrée', "date d'entree"],
  ['chèques‑repas', 'cheques-repas'],
  ['Ｎ／Ａ', 'n/a'],
  ['line\nbreak', 'line break'],
  ['', ''],
])('%j is %j', (text, folded) => {
  expect(foldWord(text)).toBe(folded);
});

it('changes nothing the second time', () => {
  fc.assert(
    fc.property(fc.string({ unit: 'binary' }), (text) => {
      const folded = foldWord(text);
      expect(foldWord(folded)).toBe(folded);
    }),
  );
});

it('letters columns as a spreadsheet does', () => {
  expect([0, 25, 26, 35, 51, 52, 701, 702, 16_383].map(columnLetter)).toEqual([
    'A',
    'Z',
    'AA',
    'AJ',
    'AZ',
    'BA',
    'ZZ',
    'AAA',
    'XFD',
  ]);
});
