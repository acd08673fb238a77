/** How values stand in texts for readers: placeholders filled in, and money, days, sizes and IBANs as Belgium writes them. */
import type { Cents, Day, Language, Period } from '../../model.ts';

export type SentenceParams = Readonly<Record<string, string | number | null | undefined>>;

const LOCALES: Readonly<Record<Language, string>> = { fr: 'fr-BE', nl: 'nl-BE', de: 'de-BE', en: 'en-BE' };

const MONEY = perLanguage((locale) => new Intl.NumberFormat(locale, { style: 'currency', currency: 'EUR' }));
const NUMBER = perLanguage((locale) => new Intl.NumberFormat(locale, { maximumFractionDigits: 6 }));
const MEGABYTES = perLanguage(
  (locale) => new Intl.NumberFormat(locale, { style: 'unit', unit: 'megabyte', maximumFractionDigits: 1 }),
);
const LONG_DAY = perLanguage(
  (locale) => new Intl.DateTimeFormat(locale, { timeZone: 'UTC', day: 'numeric', month: 'long', year: 'numeric' }),
);
const LONG_MONTH = perLanguage(
  (locale) => new Intl.DateTimeFormat(locale, { timeZone: 'UTC', month: 'long', year: 'numeric' }),
);

/** The letters for day, month and year in a date pattern. */
const PATTERN_LETTERS: Readonly<Record<Language, Readonly<Record<string, string>>>> = {
  fr: { D: 'J', Y: 'A' },
  nl: { Y: 'J' },
  de: { D: 'T', Y: 'J' },
  en: {},
};

const FORMATS: Readonly<Record<string, (value: string | number, language: Language) => string>> = {
  money: (value, language) => formatMoney(Number(value), language),
  day: (value, language) => formatDay(String(value), language),
  bytes: (value, language) => MEGABYTES[language].format(Number(value) / 1024 ** 2),
  pattern: (value, language) =>
    String(value).replace(/\b[DMY]+(?:[/. -]?[DMY]+)*\b/g, (pattern) =>
      pattern.replace(/[DY]/g, (letter) => PATTERN_LETTERS[language][letter] ?? letter),
    ),
};

const PLACEHOLDER = /\{(\w+)(?::(\w+))?(?:\|([^{}]*))?\}/g;
/** An optional part, or a placeholder outside of one; one pass over the template, so that a value is never read as a template. */
const PART = new RegExp(`\\[([^[\\]]*)\\]|${PLACEHOLDER.source}`, 'g');

/**
 * Fills a template: `{name}`, `{name:format}` (`money` of cents, `day` of YYYY-MM-DD, `bytes`, `pattern` of D, M and Y), `{name|words}`
 * with words to fall back on, and `[parts]` that are there only when all their placeholders have a value. A placeholder without a
 * value vanishes, double spaces become one, the first letter becomes a capital. Plain text: whoever makes HTML of it escapes it.
 */
export function renderSentence(template: string, params: SentenceParams, language: Language): string {
  const text = template.replace(PART, (part: string, optional?: string) => {
    if (optional === undefined) return fill(part, params, language);
    return placeholdersOf(optional).every((name) => isGiven(params[name])) ? fill(optional, params, language) : '';
  });
  const plain = text.replace(/ {2,}/g, ' ').trim();
  return plain.charAt(0).toLocaleUpperCase(LOCALES[language]) + plain.slice(1);
}

/** The names of a template's placeholders, in order. */
export function placeholdersOf(template: string): string[] {
  return [...template.matchAll(PLACEHOLDER)].map((match) => match[1] ?? '');
}

function fill(text: string, params: SentenceParams, language: Language): string {
  return text.replace(PLACEHOLDER, (_, name: string, format?: string, words?: string) => {
    const value = params[name];
    if (!isGiven(value)) return words ?? '';
    const print = format === undefined ? undefined : FORMATS[format];
    return print === undefined ? String(value) : print(value, language);
  });
}

function isGiven(value: string | number | null | undefined): value is string | number {
  return value !== null && value !== undefined && value !== '';
}

/** Cents as euros, such as `1.234,50 €`, in the words of the language's Belgian locale. RangeError for a fraction of a cent. */
export function formatMoney(cents: Cents, language: Language): string {
  if (!Number.isSafeInteger(cents)) throw new RangeError('An amount is a whole number of cents.');
  const digits = String(Math.abs(cents)).padStart(3, '0');
  // Intl takes decimal text as it stands; a division by 100 would be a float.
  const euros = `${cents < 0 ? '-' : ''}${digits.slice(0, -2)}.${digits.slice(-2)}` as `${number}`;
  return MONEY[language].format(euros);
}

/** A day in words: `23 novembre 2026`, `1er novembre 2026`. RangeError for anything that is no YYYY-MM-DD day. */
export function formatDay(day: Day, language: Language): string {
  const moment = /^\d{4}-\d\d-\d\d$/.test(day) ? Date.parse(`${day}T00:00:00Z`) : Number.NaN;
  if (Number.isNaN(moment)) throw new RangeError('A day is written YYYY-MM-DD.');
  const text = LONG_DAY[language].format(moment);
  // French counts the first of a month, which Intl does not.
  return language === 'fr' ? text.replace(/^1 /, '1er ') : text;
}

/** A period in words: `novembre 2026`. RangeError for anything that is no YYYY-MM period. */
export function formatPeriod(period: Period, language: Language): string {
  const moment = /^\d{4}-\d\d$/.test(period) ? Date.parse(`${period}-01T00:00:00Z`) : Number.NaN;
  if (Number.isNaN(moment)) throw new RangeError('A period is written YYYY-MM.');
  return LONG_MONTH[language].format(moment);
}

/** Decimal text with a point, such as a percentage, in the language's own notation: `21`, `6,5`. */
export function formatDecimal(decimal: string, language: Language): string {
  return NUMBER[language].format(decimal as `${number}`);
}

/** An IBAN in groups of four (ISO 13616, print form): `BE68 5390 0754 7034`. */
export function formatIban(iban: string): string {
  return iban
    .replace(/\s/g, '')
    .toUpperCase()
    .replace(/(.{4})(?=.)/g, '$1 ');
}

/** An enterprise number as the Crossroads Bank prints it: `0403.019.261`; anything but ten digits stays as it is. */
export function formatEnterpriseNumber(number: string): string {
  return number.replace(/^(\d{4})(\d{3})(\d{3})$/, '$1.$2.$3');
}

/** A Belgian VAT number in the groups of the enterprise number in it: `BE 0403.019.261`; any other stays as it is. */
export function formatVatNumber(number: string): string {
  const digits = /^BE *(\d{10})$/.exec(number)?.[1];
  return digits === undefined ? number : `BE\u00a0${formatEnterpriseNumber(digits)}`;
}

function perLanguage<T>(make: (locale: string) => T): Readonly<Record<Language, T>> {
  return { fr: make(LOCALES.fr), nl: make(LOCALES.nl), de: make(LOCALES.de), en: make(LOCALES.en) };
}
