/** Owns which parser a column of a layout gets. */
import type { Day, LayoutColumn } from '../../model.ts';
import { parseEnterpriseNumber } from './enterprise-number.ts';
import { type CellParser, fault, type Parsed, parserOfDigits, parserOfText } from './finding.ts';
import { foldWord } from './fold-word.ts';
import {
  DELIVERY_WORDS,
  GENDER_WORDS,
  LANGUAGE_WORDS,
  meaningOfWords,
  NO_PRODUCT_WORDS,
  STATUS_WORDS,
  type WordList,
} from './literals.ts';
import { addedZeros, readRegisterNumber } from './national-register-number.ts';
import { boundedDates, dateParser, EARLIEST_DAY, periodParser } from './parse-date.ts';
import { parseCents, parseDecimal, parseEuro, parseHundredths, parseInteger } from './parse-number.ts';
import { parseEmail, parseText } from './parse-text.ts';

/** What the parsers of a file need to know beside the layout. */
export interface ParserContext {
  readonly today: Day;
  /** product codes by their folded names; the codes themselves are among the names */
  readonly products: ReadonlyMap<string, string>;
  /** whether a product column may say that there is none */
  readonly productMayBeNone: boolean;
}

const REGISTER_NUMBER = fault('nrn.invalid', { accepted: 'YYMMDDSSSCC' });
const ENTERPRISE_NUMBER = fault('enterprise-number.invalid', { accepted: '0NNN.NNN.NNN' });
const SIGN = fault('literal.unknown', { accepted: '+, -' });

/** The parser of a column. It is given trimmed text or a workbook's cell, never a blank. */
export function parserFor(column: LayoutColumn, context: ParserContext): CellParser {
  switch (column.parse) {
    case 'text':
      return parseText;
    case 'integer':
      return column.pattern === 'hundredths' ? parseHundredths : parseInteger;
    case 'decimal':
      return parseDecimal;
    case 'euro':
      return parseEuro;
    case 'cents':
      return parseCents;
    case 'date':
      return column.field === 'birthDate'
        ? boundedDates(dateParser(column.pattern), EARLIEST_DAY, context.today)
        : dateParser(column.pattern);
    case 'period':
      return periodParser(column.pattern);
    case 'national-register-number':
      return parserOfDigits((text) => parseRegisterNumber(text, context.today), REGISTER_NUMBER);
    case 'enterprise-number':
      return parserOfDigits((text) => parseEnterpriseNumber(text) ?? ENTERPRISE_NUMBER, ENTERPRISE_NUMBER);
    case 'email':
      return parseEmail;
    case 'language':
      return parserOfWords(LANGUAGE_WORDS);
    case 'gender':
      return parserOfWords(GENDER_WORDS);
    case 'status':
      return parserOfWords(STATUS_WORDS);
    case 'delivery':
      return parserOfWords(DELIVERY_WORDS);
    case 'product':
      return productParser(context);
    case 'sign':
      return parserOfText((text) => (text === '+' ? 1 : text === '-' ? -1 : SIGN));
    case 'literal':
      return parserOfWords(column.values ?? {});
  }
}

function parseRegisterNumber(text: string, today: Day): Parsed {
  const value = readRegisterNumber(text, today);
  if (value === null) return REGISTER_NUMBER;
  const count = addedZeros(text);
  return count > 2 ? { code: 'nrn.repaired', severity: 'warning', params: { count }, value } : value;
}

function parserOfWords(words: WordList): CellParser {
  return parserOfMeanings(meaningOfWords(words), Object.values(words).flat());
}

function productParser({ products, productMayBeNone }: ParserContext): CellParser {
  const codes = new Set(products.values());
  if (!productMayBeNone) return parserOfMeanings(products, [...codes]);
  const none = meaningOfWords(NO_PRODUCT_WORDS);
  return parserOfMeanings(new Map([...products, ...none]), [...codes, 'not applicable']);
}

function parserOfMeanings(meanings: ReadonlyMap<string, string>, accepted: readonly string[]): CellParser {
  const unknown = fault('literal.unknown', { accepted: accepted.join(', ') });
  return parserOfText((text) => meanings.get(text) ?? meanings.get(foldWord(text)) ?? unknown);
}
