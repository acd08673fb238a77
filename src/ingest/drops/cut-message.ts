/** Whether an OpenPGP message ends before its end: told by its frame alone (RFC 9580, 4.2 and 6), which needs no key. */
import { type FileHandle, open } from 'node:fs/promises';

const BEGIN = '-----BEGIN PGP MESSAGE-----';
const END = '-----END PGP MESSAGE-----';
/** The last line of an armoured message is within so many bytes of the end, whatever blanks follow it. */
const TAIL_BYTES = 4096;
const LONGEST_HEADER = 6;
/** Session keys, marker and padding: what may stand before the encrypted data. */
const BEFORE = [1, 3, 10, 21];
const ENCRYPTED = [9, 18, 20];

/** False for a whole message, for one whose frame does not say where it ends, and for what is no message at all. */
export async function isCutMessage(path: string): Promise<boolean> {
  const file = await open(path);
  try {
    const { size } = await file.stat();
    const start = await read(file, 0, BEGIN.length);
    if ((start[0] ?? 0) >= 0x80) return await endsInAPacket(file, size);
    const text = start.toString('latin1');
    if (text.length < BEGIN.length) return text !== '' && BEGIN.startsWith(text);
    const tail = await read(file, Math.max(0, size - TAIL_BYTES), TAIL_BYTES);
    return text === BEGIN && !tail.toString('latin1').includes(END);
  } finally {
    await file.close();
  }
}

async function endsInAPacket(file: FileHandle, size: number): Promise<boolean> {
  for (let at = 0; at < size; ) {
    const header = await read(file, at, LONGEST_HEADER);
    const [first = 0] = header;
    const isNew = (first & 0x40) !== 0;
    const tag = isNew ? first & 0x3f : (first >> 2) & 0x0f;
    const isEncrypted = ENCRYPTED.includes(tag);
    if ((first & 0x80) === 0 || !(isEncrypted || BEFORE.includes(tag))) return false;
    if (!isNew && (first & 3) === 3) return false;
    let length = isNew ? newLength(header.subarray(1)) : oldLength(header.subarray(1), first & 3);
    at += 1;
    while (length?.partial) {
      at += length.header + length.body;
      length = newLength(await read(file, at, LONGEST_HEADER));
    }
    if (length === null) return true;
    at += length.header + length.body;
    if (at > size) return true;
    if (isEncrypted) return false;
  }
  return true;
}

interface Length {
  /** bytes that say it */
  readonly header: number;
  readonly body: number;
  /** another length follows the body */
  readonly partial: boolean;
}

/** null when the bytes end before the length does. */
function newLength(bytes: Buffer): Length | null {
  const first = bytes[0];
  if (first === undefined) return null;
  if (first < 192) return { header: 1, body: first, partial: false };
  if (first >= 224 && first < 255) return { header: 1, body: 2 ** (first & 0x1f), partial: true };
  if (first === 255) return bytes.length < 5 ? null : { header: 5, body: bytes.readUInt32BE(1), partial: false };
  const second = bytes[1];
  return second === undefined ? null : { header: 2, body: ((first - 192) << 8) + second + 192, partial: false };
}

function oldLength(bytes: Buffer, type: number): Length | null {
  const header = 2 ** type;
  return bytes.length < header ? null : { header, body: bytes.readUIntBE(0, header), partial: false };
}

async function read(file: FileHandle, at: number, length: number): Promise<Buffer> {
  const { bytesRead, buffer } = await file.read(Buffer.alloc(length), 0, length, at);
  return buffer.subarray(0, bytesRead);
}
