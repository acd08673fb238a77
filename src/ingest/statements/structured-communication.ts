/** Whether twelve digits in a bank's file are a structured communication (OGM, VCS). */

/** Twelve digits, the last two = the first ten mod 97, 97 when that is 0. */
export function isStructuredCommunication(text: string): boolean {
  if (!/^\d{12}$/.test(text)) return false;
  return (Number(text.slice(0, 10)) % 97 || 97) === Number(text.slice(10));
}
