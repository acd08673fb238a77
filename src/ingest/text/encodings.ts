/** The text encodings that files may come in, how bytes become text in each of them, strictly and piece by piece, and back. */
import { isAscii, isUtf8 } from 'node:buffer';
import iconv from 'iconv-lite';
import { FileError } from '../../errors.ts';

/** What a layout may name, beside `auto`. All but the first three have one byte a character. */
export const ENCODINGS = [
  'utf-8',
  'utf-16le',
  'utf-16be',
  'windows-1252',
  'iso-8859-1',
  'iso-8859-15',
  'cp850',
  'cp437',
  'macintosh',
] as const;
export type Encoding = (typeof ENCODINGS)[number];

export function isEncoding(name: string): name is Encoding {
  return (ENCODINGS as readonly string[]).includes(name);
}

const BYTE_ORDER_MARKS: readonly { readonly encoding: Encoding; readonly bytes: Buffer }[] = [
  { encoding: 'utf-8', bytes: Buffer.from([0xef, 0xbb, 0xbf]) },
  { encoding: 'utf-16le', bytes: Buffer.from([0xff, 0xfe]) },
  { encoding: 'utf-16be', bytes: Buffer.from([0xfe, 0xff]) },
];

/** The byte order mark that `start` (three bytes or more, unless the file is shorter) begins with, null for none. */
export function findByteOrderMark(start: Buffer): { readonly encoding: Encoding; readonly length: number } | null {
  const found = BYTE_ORDER_MARKS.find(({ bytes }) => start.subarray(0, bytes.length).equals(bytes));
  return found === undefined ? null : { encoding: found.encoding, length: found.bytes.length };
}

/** Bytes of one file, given piece by piece. Both functions throw FileError `file.encoding` {encoding} for what is no such text. */
export interface TextDecoding {
  write(bytes: Buffer): string;
  /** called once, after the last piece: a character may not stay unfinished */
  end(): void;
}

export function startDecoding(encoding: Encoding): TextDecoding {
  if (encoding === 'utf-8') return decodeUtf8();
  if (encoding === 'utf-16le' || encoding === 'utf-16be') return decodeUtf16(encoding);
  return decodeSingleByte(encoding);
}

/** Cut between characters, so that each piece is checked and decoded by Node's own fast routines. */
function decodeUtf8(): TextDecoding {
  let rest = Buffer.alloc(0);
  return {
    write(bytes) {
      const all = rest.length === 0 ? bytes : Buffer.concat([rest, bytes]);
      const whole = all.subarray(0, all.length - unfinishedBytes(all));
      rest = Buffer.from(all.subarray(whole.length));
      if (isAscii(whole)) return whole.toString('latin1');
      if (!isUtf8(whole)) throw new FileError('file.encoding', { encoding: 'utf-8' });
      return whole.toString('utf8');
    },
    end() {
      if (rest.length > 0) throw new FileError('file.encoding', { encoding: 'utf-8' });
    },
  };
}

/** How many bytes at the end (0 to 3) begin a UTF-8 character that goes on in the next piece. */
function unfinishedBytes(bytes: Buffer): number {
  for (let back = 1; back <= Math.min(3, bytes.length); back += 1) {
    const byte = bytes[bytes.length - back]!;
    if ((byte & 0b1100_0000) === 0b1000_0000) continue;
    const length = byte >= 0xf0 ? 4 : byte >= 0xe0 ? 3 : byte >= 0xc0 ? 2 : 1;
    return length > back ? back : 0;
  }
  return 0;
}

function decodeUtf16(encoding: 'utf-16le' | 'utf-16be'): TextDecoding {
  const decoder = new TextDecoder(encoding, { fatal: true, ignoreBOM: true });
  const decode = (bytes: Buffer | undefined): string => {
    try {
      return bytes === undefined ? decoder.decode() : decoder.decode(bytes, { stream: true });
    } catch {
      throw new FileError('file.encoding', { encoding });
    }
  };
  return { write: (bytes) => decode(bytes), end: () => decode(undefined) };
}

/** iconv-lite and not TextDecoder: that one knows no cp850 and reads ISO-8859-1 as windows-1252. */
function decodeSingleByte(encoding: Encoding): TextDecoding {
  return {
    write(bytes) {
      if (isAscii(bytes)) return bytes.toString('latin1');
      const text = iconv.decode(bytes, encoding);
      if (text.includes('\ufffd')) throw new FileError('file.encoding', { encoding });
      return text;
    },
    end: () => undefined,
  };
}

/** What stands for signs of our own sentences that an encoding lacks. */
const PLAIN_SIGNS: readonly (readonly [signs: RegExp, plain: string])[] = [
  [/[‘’‚]/, "'"],
  [/[“”„«»]/, '"'],
  [/[‐-―]/, '-'],
  [/…/, '...'],
  [/€/, 'EUR'],
  [/[\u00a0\u202f]/, ' '],
];

/**
 * Bytes of a text, with a byte order mark where there is one: without it Excel takes UTF-8 for windows-1252.
 * A sign that the encoding lacks becomes a plain one, or `?`.
 */
export function encodeText(text: string, encoding: Encoding): Buffer {
  const mark = BYTE_ORDER_MARKS.find((one) => one.encoding === encoding)?.bytes ?? Buffer.alloc(0);
  const bytes = iconv.encode(text, encoding);
  if (mark.length > 0 || iconv.decode(bytes, encoding) === text) return Buffer.concat([mark, bytes]);
  return iconv.encode(
    text.replace(/\P{ASCII}/gu, (sign) => writable(sign, encoding)),
    encoding,
  );
}

function writable(sign: string, encoding: Encoding): string {
  if (iconv.decode(iconv.encode(sign, encoding), encoding) === sign) return sign;
  const [, plain = '?'] = PLAIN_SIGNS.find(([signs]) => signs.test(sign)) ?? [];
  return plain;
}
