/** Owns the text of delimited files that are opened in Excel: quoting, and values that must not run as formulas. */

/** First characters that make a spreadsheet calculate a value of a text file (OWASP, "CSV Injection"). */
const LIKE_FORMULA = /^(?:[\t\r\n]|\s*[=+\-@＝＋－＠])/u;
/** Signed numbers, amounts and phone numbers: arithmetic at the most, no call and no reference to a cell. */
const LIKE_NUMBER = /^[ +\-\d.,/%€]*$/u;

/**
 * The value with an apostrophe before it when a spreadsheet would run it as a formula, otherwise as it is.
 * Nothing takes the apostrophe off again: the value that comes back has it.
 */
export function withoutFormula(text: string): string {
  return LIKE_FORMULA.test(text) && !LIKE_NUMBER.test(text) ? `'${text}` : text;
}

/** One line with its line end (RFC 4180); quotes stand only where a value needs them. */
export function csvLine(values: readonly string[], delimiter: string): string {
  const fields = values.map((value) =>
    value.includes(delimiter) || /["\r\n]/.test(value) ? `"${value.replaceAll('"', '""')}"` : value,
  );
  return `${fields.join(delimiter)}\r\n`;
}
