/** How text and bytes stand in an e-mail, where every line is short and ASCII. */

const LONGEST_LINE = 76;
/** Bytes of UTF-8 in one encoded word: 60 characters of base64, with its frame within the 75 that are allowed. */
const WORD_BYTES = 45;

/** Text of any length in quoted-printable (RFC 2045, 6.7), CRLF throughout. */
export function quotedPrintable(text: string): string {
  return text
    .split(/\r\n|\r|\n/)
    .map(quotedLine)
    .join('\r\n');
}

function quotedLine(line: string): string {
  const bytes = Buffer.from(line, 'utf8');
  let quoted = '';
  let column = 0;
  for (const [index, byte] of bytes.entries()) {
    const isBlank = byte === 32 || byte === 9;
    // A space at the end of a line would be lost on the way.
    const standsAsItIs = isBlank ? index < bytes.length - 1 : byte > 32 && byte <= 126 && byte !== 61;
    const piece = standsAsItIs ? String.fromCharCode(byte) : `=${byte.toString(16).toUpperCase().padStart(2, '0')}`;
    if (column + piece.length >= LONGEST_LINE) {
      quoted += '=\r\n';
      column = 0;
    }
    quoted += piece;
    column += piece.length;
  }
  return quoted;
}

/** Bytes in base64, in lines of 76 (RFC 2045, 6.8). */
export function base64Lines(bytes: Buffer): string {
  return bytes.toString('base64').replace(/.{76}(?=.)/g, '$&\r\n');
}

/** The value of a header: as it stands when it is ASCII and fits on its line, else as encoded words (RFC 2047). */
export function headerValue(text: string): string {
  return isPlain(text) ? text : encodedWords(text);
}

/** A name in front of an address: quoted, or as encoded words (RFC 5322, 3.4; RFC 2047, 5). */
export function phrase(name: string): string {
  return isPlain(name) ? `"${name.replace(/["\\]/g, '\\$&')}"` : encodedWords(name);
}

function isPlain(text: string): boolean {
  return /^[\x20-\x7e]*$/.test(text) && !text.includes('=?') && text.length <= 60;
}

/** No character is cut in two: every word is whole UTF-8. */
function encodedWords(text: string): string {
  const words: string[] = [];
  let word = '';
  let size = 0;
  for (const character of text) {
    const bytes = Buffer.byteLength(character);
    if (size + bytes > WORD_BYTES) {
      words.push(word);
      word = '';
      size = 0;
    }
    word += character;
    size += bytes;
  }
  return [...words, word].map((each) => `=?UTF-8?B?${Buffer.from(each).toString('base64')}?=`).join('\r\n ');
}
