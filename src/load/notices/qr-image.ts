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

/** Where the rows are drawn, kept from one image to the next: thousands in a row would be that much garbage outside the heap. */
let canvas = Buffer.alloc(0);

/** Rows of packed bits, each behind a byte 0 that says it is not filtered; white is 1. Good until the next image. */
function pixels(modules: readonly (readonly boolean[])[], size: number): Buffer {
  const width = 1 + Math.ceil(size / 8);
  if (canvas.length !== width * size) canvas = Buffer.alloc(width * size);
  modules.forEach((row, y) => {
    const start = y * SCALE * width;
    canvas.fill(0, start, start + width);
    for (let x = 0; x < size; x++) {
      const at = start + 1 + (x >> 3);
      if (row[Math.floor(x / SCALE)] !== true) canvas.writeUInt8(canvas.readUInt8(at) | (0x80 >> (x & 7)), at);
    }
    for (let copy = 1; copy < SCALE; copy++) canvas.copy(canvas, start + copy * width, start, start + width);
  });
  return canvas;
}

function chunk(type: string, content: Buffer): Buffer {
  const body = Buffer.concat([Buffer.from(type, 'latin1'), content]);
  const length = Buffer.alloc(4);
  length.writeUInt32BE(content.length);
  const check = Buffer.alloc(4);
  check.writeUInt32BE(crc32(body));
  return Buffer.concat([length, body, check]);
}
