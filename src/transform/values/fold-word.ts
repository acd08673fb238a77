/** Owns when two words count as the same: whatever their case, accents, spaces and kind of apostrophe or dash. */

const PLAIN = /^[\x21-\x7e]+(?: [\x21-\x7e]+)*$/;
const MARKS_AND_INVISIBLES = /[\p{M}\p{Cf}]/gu;

/** Lower case without accents, spaces collapsed and trimmed; made for comparing literals and headers, not for showing. */
export function foldWord(text: string): string {
  if (PLAIN.test(text)) return text.toLowerCase();
  return text
    .normalize('NFKD')
    .replace(MARKS_AND_INVISIBLES, '')
    .replace(/[‘’ʼ]/g, "'")
    .replace(/[‐-―]/g, '-')
    .replace(/\s+/g, ' ')
    .trim()
    .toLowerCase();
}
