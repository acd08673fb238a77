/** Owns the Belgian enterprise number: reading one as it was sent, and its check digits. */

// At least three digits behind the last separator: `403019261.0` is a decimal number, not an enterprise number.
const WRITTEN = /^(?:BE)?[.\s]*(\d[\d.\s]*\d{3})$/i;
const SEPARATORS = /[.\s]/g;
const TEN_DIGITS = /^[01]\d{9}$/;

/**
 * The ten digits of an enterprise number (KBO, BCE), or null when it is none. `BE`, dots, spaces and a lost leading zero
 * are accepted. Its last two digits are 97 − (first eight mod 97), it begins with 0 or 1 (royal decree of 24 June 2003).
 */
export function parseEnterpriseNumber(text: string): string | null {
  const number = TEN_DIGITS.test(text) ? text : withoutSeparators(text);
  if (number === null || !TEN_DIGITS.test(number)) return null;
  return 97 - (Number(number.slice(0, 8)) % 97) === Number(number.slice(8)) ? number : null;
}

function withoutSeparators(text: string): string | null {
  const written = WRITTEN.exec(text)?.[1];
  if (written === undefined) return null;
  const digits = written.replace(SEPARATORS, '');
  return digits.length === 9 ? `0${digits}` : digits;
}
