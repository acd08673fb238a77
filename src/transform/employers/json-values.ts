/** The kinds of value that stand in an employer's line, each with its code and with what is accepted. */
import type { Cents, Day, IssueCode, Period } from '../../model.ts';
import { isDay, isPeriod } from '../values/calendar.ts';
import { parseEnterpriseNumber } from '../values/enterprise-number.ts';
import type { CellParser } from '../values/finding.ts';
import { LONGEST_TEXT, parseEmail, parseText } from '../values/parse-text.ts';
import { isPercent } from '../values/percent.ts';
import type { ValueKind } from './json-fields.ts';

/** The largest `integer` of PostgreSQL, where every number of a line ends up. */
const LARGEST = 2_147_483_647;

/** One line of text, trimmed. */
export const TEXT = textKind('text.invalid', `1-${LONGEST_TEXT}`, readWith(parseText));

/** A code such as a secretariat's or a product's. */
export const IDENTIFIER = textKind(
  'text.invalid',
  'A-Z a-z 0-9 . _ -',
  when((text) => /^[a-z0-9][a-z0-9._-]{0,63}$/i.test(text)),
);

/** Two letters (ISO 3166-1). */
export const COUNTRY = textKind(
  'text.invalid',
  'AA-ZZ',
  when((text) => /^[A-Z]{2}$/.test(text)),
);

export const DAY: ValueKind<Day> = textKind('date.invalid', 'YYYY-MM-DD', when(isDay));

export const PERIOD: ValueKind<Period> = textKind('period.invalid', 'YYYY-MM', when(isPeriod));

export const EMAIL = textKind('email.invalid', 'name@example.be', readWith(parseEmail));

/** Decimal text, never a JSON number: numbers of JSON are floats. */
export const PERCENT = textKind('decimal.invalid', '"0"-"100"', when(isPercent));

export const ENTERPRISE_NUMBER = textKind('enterprise-number.invalid', '0123456749', parseEnterpriseNumber);

/** Whole cents, from nothing. */
export const CENTS: ValueKind<Cents> = integerFrom(0);

/** A JSON integer from `min` to `max`, both inclusive. */
export function integerFrom(min: number, max: number = LARGEST): ValueKind<number> {
  const isInRange = (value: number) => Number.isInteger(value) && value >= min && value <= max;
  return {
    code: 'integer.invalid',
    accepted: max === LARGEST ? `>= ${min}` : `${min}-${max}`,
    parse: (value) => (typeof value === 'number' && isInRange(value) ? value : null),
    empty: 0,
  };
}

/** One of these words, exactly as they stand. */
export function literalOf<const W extends string>(words: readonly [W, ...W[]]): ValueKind<W> {
  return {
    code: 'literal.unknown',
    accepted: words.join(', '),
    parse: (value) => words.find((word) => word === value) ?? null,
    empty: words[0],
  };
}

/** A kind that is written as JSON text; spaces around it do not count. */
function textKind(code: IssueCode, accepted: string, read: (text: string) => string | null): ValueKind<string> {
  return { code, accepted, parse: (value) => (typeof value === 'string' ? read(value.trim()) : null), empty: '' };
}

function when(isValid: (text: string) => boolean): (text: string) => string | null {
  return (text) => (isValid(text) ? text : null);
}

/** Reads text as a cell of any other file is read. */
function readWith(parse: CellParser): (text: string) => string | null {
  return (text) => {
    const parsed = parse(text);
    return typeof parsed === 'string' ? parsed : null;
  };
}
