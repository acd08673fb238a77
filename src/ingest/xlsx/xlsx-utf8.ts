/** The encoding of XML parts: UTF-8 or UTF-16 (ECMA-376-2, 8.1.4) in, UTF-8 without byte order mark out. */
import { TextDecoder } from 'node:util';
import { badWorkbook } from './xlsx-limits.ts';

/** Passes UTF-8 on as it is, unchecked; FileError `file.format` for broken UTF-16. */
export async function* utf8Pieces(pieces: AsyncIterable<Buffer>): AsyncGenerator<Buffer> {
  let start: Buffer = Buffer.alloc(0);
  let decoder: TextDecoder | null = null;
  let known = false;
  for await (const piece of pieces) {
    if (known) {
      yield decoder === null ? piece : utf16(decoder, piece);
      continue;
    }
    start = Buffer.concat([start, piece]);
    if (start.length < 4) continue;
    known = true;
    decoder = utf16Decoder(start);
    yield decoder === null ? withoutMark(start) : utf16(decoder, start);
  }
  if (!known && start.length > 0) yield start;
  if (decoder !== null) yield utf16(decoder, undefined);
}

/** By byte order mark, or by the zero byte beside the first `<` (XML 1.0, appendix F). */
function utf16Decoder(start: Buffer): TextDecoder | null {
  const first = start.readUInt16BE(0);
  if (first === 0xfffe || first === 0x3c00) return new TextDecoder('utf-16le', { fatal: true });
  if (first === 0xfeff || first === 0x003c) return new TextDecoder('utf-16be', { fatal: true });
  return null;
}

function utf16(decoder: TextDecoder, piece: Buffer | undefined): Buffer {
  try {
    return Buffer.from(decoder.decode(piece, { stream: piece !== undefined }));
  } catch {
    throw badWorkbook('broken-xml');
  }
}

function withoutMark(start: Buffer): Buffer {
  return start[0] === 0xef && start[1] === 0xbb && start[2] === 0xbf ? start.subarray(3) : start;
}
