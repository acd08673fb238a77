/** Decrypts an OpenPGP file into another one; the only file that knows openpgp. Nothing is used before all of it is checked. */
import { createReadStream, createWriteStream } from 'node:fs';
import { rm } from 'node:fs/promises';
import { Readable } from 'node:stream';
import { pipeline } from 'node:stream/promises';
import type { ReadableStream } from 'node:stream/web';
import { decrypt, decryptKey, readKey, readMessage, readPrivateKey } from 'openpgp';
import { ConfigError, FileError, RetryableError } from '../../errors.ts';
import { isCutMessage } from './cut-message.ts';
import { ofOwnDisk } from './own-disk.ts';

/** Armoured keys. With `verifyKey`, the file must be signed by it. */
export interface DecryptionKeys {
  readonly privateKey: string;
  readonly passphrase: string | null;
  readonly verifyKey: string | null;
}

/** Whether a name says that the file is encrypted. */
export function isEncryptedName(name: string): boolean {
  return /\.(?:pgp|gpg)$/i.test(name);
}

/** The name without what says that it is encrypted: the name of what is in it. */
export function plainName(name: string): string {
  return name.replace(/\.(?:pgp|gpg)$/i, '');
}

/**
 * Writes the content of `from`, armoured or not, to `to`, which is gone again when anything is wrong with it.
 * @throws FileError `file.encryption` when it cannot be decrypted, was changed on the way, or is not signed as agreed;
 * `file.truncated` when it ends too early, `file.limit` above `maxBytes`; RetryableError `disk_full` or `store_failed`; ConfigError for keys that cannot be used
 */
export async function decryptFile(from: string, to: string, keys: DecryptionKeys, maxBytes: number): Promise<void> {
  const { decryptionKeys, verificationKeys } = await readKeys(keys);
  try {
    const { data, signatures } = await decrypt({
      message: await openMessage(from),
      decryptionKeys,
      ...(verificationKeys === null ? {} : { verificationKeys, expectSigned: false }),
      format: 'binary',
      // The target is a private file that is used only when this function has come to its end.
      config: { allowUnauthenticatedStream: true },
    });
    let bytes = 0;
    await pipeline(
      Readable.fromWeb(data as unknown as ReadableStream<Uint8Array>),
      async function* (pieces: AsyncIterable<Uint8Array>) {
        for await (const piece of pieces) {
          bytes += piece.length;
          if (bytes > maxBytes) throw new FileError('file.limit', { maxBytes });
          yield piece;
        }
      },
      createWriteStream(to, { mode: 0o600 }),
    );
    if (verificationKeys !== null) await requireOne(signatures.map(({ verified }) => verified));
  } catch (error) {
    await rm(to, { force: true }).catch(() => undefined);
    if (error instanceof FileError) throw error;
    const ours = ofOwnDisk(error);
    if (ours instanceof RetryableError) throw ours;
    throw new FileError((await isCutMessage(from)) ? 'file.truncated' : 'file.encryption');
  }
}

async function openMessage(path: string) {
  const first = await firstByte(path);
  const stream = Readable.toWeb(createReadStream(path));
  // Binary packets begin with their highest bit set; text does not.
  if (first >= 0x80) return readMessage({ binaryMessage: stream as unknown as globalThis.ReadableStream<Uint8Array> });
  // Decoded by a stream of its own: the bridge from Node's streams measures pieces in bytes, which texts do not have.
  const text = stream.pipeThrough(new TextDecoderStream('latin1') as never);
  return readMessage({ armoredMessage: text as unknown as globalThis.ReadableStream<string> });
}

async function firstByte(path: string): Promise<number> {
  for await (const piece of createReadStream(path, { end: 0 }) as AsyncIterable<Buffer>) return piece[0] ?? 0;
  throw new FileError('file.empty');
}

async function readKeys(keys: DecryptionKeys) {
  try {
    const locked = await readPrivateKey({ armoredKey: keys.privateKey });
    const decryptionKeys =
      keys.passphrase === null ? locked : await decryptKey({ privateKey: locked, passphrase: keys.passphrase });
    const verificationKeys = keys.verifyKey === null ? null : await readKey({ armoredKey: keys.verifyKey });
    return { decryptionKeys, verificationKeys };
  } catch {
    throw new ConfigError('The OpenPGP keys of this drop cannot be read or unlocked; see "pgp" in its configuration.');
  }
}

async function requireOne(verified: readonly Promise<boolean>[]): Promise<void> {
  for (const one of verified) if (await one.catch(() => false)) return;
  throw new FileError('file.encryption');
}
