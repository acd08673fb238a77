/** Owns the words that stand for a fixed value in the files of senders, in French, Dutch, German and English. */
import { foldWord } from './fold-word.ts';

/** Words by the value they stand for. */
export type WordList = Readonly<Record<string, readonly string[]>>;

export const STATUS_WORDS: WordList = {
  active: ['active', 'actif', 'actief', 'aktiv'],
  inactive: ['inactive', 'inactif', 'inactief', 'inaktiv'],
};

export const GENDER_WORDS: WordList = {
  m: ['m', 'h', 'male', 'homme', 'man', 'mann'],
  f: ['f', 'v', 'w', 'female', 'femme', 'vrouw', 'frau'],
  x: ['x', 'unknown'],
};

export const LANGUAGE_WORDS: WordList = {
  fr: ['fr', 'français', 'frans', 'französisch', 'french'],
  nl: ['nl', 'néerlandais', 'nederlands', 'niederländisch', 'dutch'],
  de: ['de', 'allemand', 'duits', 'deutsch', 'german'],
  en: ['en', 'anglais', 'engels', 'englisch', 'english'],
};

export const DELIVERY_WORDS: WordList = {
  employer: ['client', 'klant', 'kunde', 'employer', 'employeur', 'werkgever'],
  beneficiary: ['beneficiary', 'bénéficiaire', 'begunstigde', 'begünstigter'],
};

/** The value of a product column that says the person is to have none. */
export const NO_PRODUCT = 'none';
export const NO_PRODUCT_WORDS: WordList = {
  [NO_PRODUCT]: [
    'not applicable',
    'non applicable',
    'niet van toepassing',
    'nicht zutreffend',
    'n/a',
    'aucun',
    'geen',
    'keine',
  ],
};

/** The mark by which a sender empties an optional field, where a blank would keep it. */
export const CLEAR_MARK = '#CLEAR';

/** The words folded, each to its value. */
export function meaningOfWords(words: WordList): ReadonlyMap<string, string> {
  return new Map(Object.entries(words).flatMap(([value, list]) => list.map((word) => [foldWord(word), value])));
}
