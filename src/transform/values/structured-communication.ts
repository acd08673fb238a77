/** Owns the Belgian structured communication of payments (OGM, VCS): making, checking, printing and finding them. */

const TWELVE_DIGITS = /^\d{12}$/;
const IN_FREE_TEXT = /(?<!\d)(?:(\d{3})\/(\d{4})\/(\d{5})|(\d{12}))(?!\d)/g;
const LARGEST_COUNTER = 9_999_999_999n;

/**
 * Twelve digits: the counter in ten, then the counter mod 97, or 97 when that is 0 (Febelfin's rule for the OGM/VCS).
 * Throws a RangeError for a counter that is no integer from 0 to 9 999 999 999.
 */
export function makeStructuredCommunication(counter: number | bigint): string {
  const whole = BigInt(counter);
  if (whole < 0n || whole > LARGEST_COUNTER)
    throw new RangeError('a structured communication has ten digits to count with');
  const ten = whole.toString().padStart(10, '0');
  return ten + checkDigits(ten);
}

/** Whether the text is twelve digits with the right check digits. */
export function isStructuredCommunication(text: string): boolean {
  return TWELVE_DIGITS.test(text) && checkDigits(text.slice(0, 10)) === text.slice(10);
}

/** Prints twelve digits as `+++ddd/dddd/ddddd+++`. */
export function formatStructuredCommunication(twelveDigits: string): string {
  return `+++${twelveDigits.slice(0, 3)}/${twelveDigits.slice(3, 7)}/${twelveDigits.slice(7)}+++`;
}

/** The valid structured communications typed into a free text, as twelve digits, each once, in order. */
export function findStructuredCommunications(freeText: string): string[] {
  const found = new Set<string>();
  for (const [, first, second, third, together] of freeText.matchAll(IN_FREE_TEXT)) {
    const digits = together ?? `${first}${second}${third}`;
    if (isStructuredCommunication(digits)) found.add(digits);
  }
  return [...found];
}

function checkDigits(tenDigits: string): string {
  const rest = Number(tenDigits) % 97;
  return String(rest === 0 ? 97 : rest).padStart(2, '0');
}
