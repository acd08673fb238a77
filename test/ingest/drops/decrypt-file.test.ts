/** Encrypted files: decrypted whole or not at all, and only when they are signed as agreed. */
import { mkdtemp, readdir, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { Readable } from 'node:stream';
import { createMessage, encrypt, generateKey, readKey, readPrivateKey } from 'openpgp';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { ConfigError } from '../../../src/errors.ts';
import { isCutMessage } from '../../../src/ingest/drops/cut-message.ts';
import {
  type DecryptionKeys,
  decryptFile,
  isEncryptedName,
  plainName,
} from '../../../src/ingest/drops/decrypt-file.ts';

const PLAIN = Buffer.alloc(300_000, 'fiche navette ');
const MOST = 1_000_000;

let folder: string;
let ours: { publicKey: string; privateKey: string };
let sender: { publicKey: string; privateKey: string };
let stranger: { publicKey: string; privateKey: string };

beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'navette-pgp-'));
  const make = () => generateKey({ userIDs: [{ name: 'Invented' }], format: 'armored' });
  [ours, sender, stranger] = await Promise.all([make(), make(), make()]);
});
afterAll(() => rm(folder, { recursive: true, force: true }));

const keys = (change: Partial<DecryptionKeys> = {}): DecryptionKeys => ({
  privateKey: ours.privateKey,
  passphrase: null,
  verifyKey: null,
  ...change,
});

/** `streamed`: its length is not known when it is begun, and every piece says its own. */
async function encrypted(
  options: { by?: string; to?: string; armored?: boolean; streamed?: boolean } = {},
): Promise<string> {
  const stream = Readable.toWeb(Readable.from([PLAIN])) as unknown as ReadableStream<Uint8Array>;
  const given = {
    message: await createMessage({ binary: options.streamed ? stream : PLAIN } as { binary: Uint8Array }),
    encryptionKeys: await readKey({ armoredKey: options.to ?? ours.publicKey }),
    ...(options.by === undefined ? {} : { signingKeys: await readPrivateKey({ armoredKey: options.by }) }),
  };
  const made = options.armored
    ? await encrypt({ ...given, format: 'armored' })
    : await encrypt({ ...given, format: 'binary' });
  const path = join(folder, 'in.pgp');
  await writeFile(path, made);
  return path;
}

const to = () => join(folder, 'plain');

async function expectRefused(path: string, given: DecryptionKeys, code = 'file.encryption'): Promise<void> {
  await expect(decryptFile(path, to(), given, MOST)).rejects.toMatchObject({ code });
  expect(await readdir(folder)).not.toContain('plain');
}

test('names say what is encrypted, and what it is without that', () => {
  expect([isEncryptedName('a.csv.PGP'), isEncryptedName('a.csv'), plainName('a.csv.gpg')]).toEqual([
    true,
    false,
    'a.csv',
  ]);
});

describe('a file', () => {
  test.each([true, false])('is decrypted to the byte, armoured %s', async (armored) => {
    await decryptFile(await encrypted({ armored }), to(), keys(), MOST);
    expect((await readFile(to())).equals(PLAIN)).toBe(true);
    await rm(to());
  });

  test('that was changed on the way or is no message is refused and leaves nothing', async () => {
    const path = await encrypted();
    const bytes = await readFile(path);
    const changed = Buffer.from(bytes);
    changed[bytes.length - 40] = (changed[bytes.length - 40] ?? 0) ^ 1;
    await writeFile(path, changed);
    await expectRefused(path, keys());
    await writeFile(path, 'BCE;NISS\n');
    await expectRefused(path, keys());
  });

  test.each([
    ['armoured', { armored: true }, 1],
    ['of one piece', {}, 0],
    ['of many pieces', { streamed: true }, 0],
  ])('%s that is cut is told as cut, wherever that is, also when it is for another key', async (_, how, newline) => {
    const path = await encrypted(how);
    const bytes = await readFile(path);
    expect(await isCutMessage(path)).toBe(false);
    const step = Math.floor(bytes.length / 200);
    const near = Array.from({ length: 300 }, (_, at) => [at + 1, bytes.length - newline - at - 1]).flat();
    const far = Array.from({ length: 199 }, (_, at) => (at + 1) * step);
    const taken: number[] = [];
    for (const length of [...near, ...far]) {
      await writeFile(path, bytes.subarray(0, length));
      if (!(await isCutMessage(path))) taken.push(length);
    }
    expect(taken).toEqual([]);
    await writeFile(path, bytes.subarray(0, -100));
    await expectRefused(path, keys(), 'file.truncated');
    await expectRefused(path, keys({ privateKey: stranger.privateKey }), 'file.truncated');
  });

  test('that finds no place on our own disk is not to blame', async () => {
    const blocked = join(folder, 'in.pgp', 'plain');
    await expect(decryptFile(await encrypted(), blocked, keys(), MOST)).rejects.toMatchObject({
      reason: 'store_failed',
    });
  });

  test('for another key is refused', async () => expectRefused(await encrypted({ to: stranger.publicKey }), keys()));

  test('above the limit is refused: what is in it counts', async () => {
    await expect(decryptFile(await encrypted(), to(), keys(), 1000)).rejects.toMatchObject({ code: 'file.limit' });
    expect(await readdir(folder)).not.toContain('plain');
  });
});

describe('where a signature is agreed', () => {
  test('the sender’s is accepted', async () => {
    await decryptFile(await encrypted({ by: sender.privateKey }), to(), keys({ verifyKey: sender.publicKey }), MOST);
    expect((await readFile(to())).equals(PLAIN)).toBe(true);
    await rm(to());
  });

  test('none, or another one, is refused', async () => {
    await expectRefused(await encrypted(), keys({ verifyKey: sender.publicKey }));
    await expectRefused(await encrypted({ by: stranger.privateKey }), keys({ verifyKey: sender.publicKey }));
  });
});

test('a locked key opens with its passphrase; without it the drop is misconfigured', async () => {
  const locked = await generateKey({
    userIDs: [{ name: 'Invented' }],
    passphrase: 'an invented sentence',
    format: 'armored',
  });
  const path = await encrypted({ to: locked.publicKey });
  const given = keys({ privateKey: locked.privateKey, passphrase: 'an invented sentence' });
  await decryptFile(path, to(), given, MOST);
  await rm(to());
  await expect(decryptFile(path, to(), { ...given, passphrase: 'wrong' }, MOST)).rejects.toBeInstanceOf(ConfigError);
});
