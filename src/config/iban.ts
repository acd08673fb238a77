/** The check digits of an IBAN (ISO 13616): a wrong one on a notice sends every payment astray. */

/** Whether an IBAN without spaces has the right check digits: its letters as numbers, rotated by four, are 1 modulo 97. */
export function isIban(text: string): boolean {
  if (!/^[A-Z]{2}\d{2}[A-Z0-9]{10,30}$/.test(text)) return false;
  const rotated = text.slice(4) + text.slice(0, 4);
  const digits = rotated.replace(/[A-Z]/g, (letter) => String(letter.charCodeAt(0) - 55));
  return BigInt(digits) % 97n === 1n;
}
