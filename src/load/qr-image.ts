/** A QR code as a PNG image: the only door to the QR library. */
import { crc32, deflateSync } from 'node:zlib';
import encodeQR from 'qr';

/** Pixels of one module: shown at half its size, the code is sharp on a phone as well. */
const SCALE = 6;
/** White modules around the code (ISO/IEC 18004 asks for four). */
const QUIET_ZONE = 4;
/** A row and the one it repeats fit in a small window; what deflate takes by default is a quarter of a megabyte an image. */
const SMALL = { windowBits: 11, memLevel: 3, level: 9, chunkSize: 2048 };
const SIGNATURE = Buffer.from([0x89, 0x50, 0x4e, 0x47, 0x0d, 0x0a, 0x1a, 0x0a]);

/** Black and white, one bit a pixel (PNG, ISO/IEC 15948); error correction M, as EPC069-12 asks. The same text gives the same bytes. */
export function qrImage(text: string): Buffer {
  const modules = encodeQR(text, 'raw', { ecc: 'medium', border: QUIET_ZONE });
  const size = modules.length * SCALE;
  const header = Buffer.alloc(13);
  header.writeUInt32BE(size, 0);
  header.writeUInt32BE(size, 4);
  header[8] = 1;
  return Buffer.concat([
    SIGNATURE,
    chunk('IHDR', header),
    chunk('IDAT', deflateSync(pixels(modules, size), SMALL)),
    chunk('IEND', Buffer.alloc(0)),
  ]);
}

/** Rows of packed bits, each behind a byte 0 that says it is not filtered; white is 1. */
function pixels(modules: readonly (readonly boolean[])[], size: number): Buffer {
  const width = 1 + Math.ceil(size / 8);
  const rows = modules.map((row) => {
    const line = Buffer.alloc(width);
    for (let x = 0; x < size; x++) {
      const dark = row[Math.floor(x / SCALE)] === true;
      if (!dark) line[1 + (x >> 3)] = (line[1 + (x >> 3)] ?? 0) | (0x80 >> (x & 7));
    }
    return line;
  });
  return Buffer.concat(rows.flatMap((line) => Array.from({ length: SCALE }, () => line)));
}

function chunk(type: string, content: Buffer): Buffer {
  const body = Buffer.concat([Buffer.from(type, 'latin1'), content]);
  const length = Buffer.alloc(4);
  length.writeUInt32BE(content.length);
  const check = Buffer.alloc(4);
  check.writeUInt32BE(crc32(body));
  return Buffer.concat([length, body, check]);
}
