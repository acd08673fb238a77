/** Encrypted files through a drop: applied like any other, kept encrypted, and never lying about in plain. */
import { readdir, readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { createMessage, encrypt, generateKey, readKey, readPrivateKey } from 'openpgp';
import { describe, expect, test } from 'vitest';
import type { Drop } from '../../../src/config.ts';
import { openDropHome } from '../../support/drop-home.ts';
import { folderPlace } from '../../support/drop-places.ts';

async function sealFor(publicKey: string, text: string, by: string | null = null): Promise<Buffer> {
  const sealed = await encrypt({
    message: await createMessage({ text }),
    encryptionKeys: await readKey({ armoredKey: publicKey }),
    ...(by === null ? {} : { signingKeys: await readPrivateKey({ armoredKey: by }) }),
    format: 'binary',
  });
  return Buffer.from(sealed);
}

const newKey = () => generateKey({ userIDs: [{ name: 'Invented' }], format: 'armored' });

test('a signed and encrypted file is applied; its plain form is gone; rejects are made from it again', async () => {
  const [ours, sender] = await Promise.all([newKey(), newKey()]);
  const pgp = { privateKey: ours.privateKey, passphrase: null, verifyKey: sender.publicKey };
  const home = await openDropHome(folderPlace, { pgp });
  const seal = (text: string, by: string | null) => sealFor(ours.publicKey, text, by);
  const text = `${home.people(0, 3)}${home.people(3, 1, { email: 'no address' }).split('\r\n')[1]}\r\n`;
  await home.send('people.csv.pgp', await seal(text, sender.privateKey));
  await home.send('unsigned.csv.gpg', await seal(home.people(10, 2), null));
  await home.send('garbage.csv.pgp', 'no message at all');
  await home.visit();
  const found = (await home.ledger()).map(({ name, status, codes }) => [name, status, codes]);
  expect(found.sort()).toEqual([
    ['garbage.csv.pgp', 'rejected', ['file.encryption']],
    ['people.csv.pgp', 'archived', ['email.invalid']],
    ['unsigned.csv.gpg', 'rejected', ['file.encryption']],
  ]);
  expect(await home.active()).toBe(3);
  expect(await readdir(join(home.context().config.storage, 'plain'))).toEqual([]);
  const out = await readdir(join(home.place.root, 'out'));
  const rejects = out.find((name) => name.includes('.rejects.')) ?? '';
  expect((await readFile(join(home.place.root, 'out', rejects), 'utf8')).split('\n').length).toBeGreaterThanOrEqual(2);
});

test('where a sender must sign, a file that is not encrypted is refused, whoever put it there', async () => {
  const [ours, sender] = await Promise.all([newKey(), newKey()]);
  const keys = { privateKey: ours.privateKey, passphrase: null };
  const strict = await openDropHome(folderPlace, { pgp: { ...keys, verifyKey: sender.publicKey } });
  await strict.send('people.csv', strict.people(0, 3));
  await strict.visit();
  expect((await strict.ledger()).map(({ status, codes }) => [status, codes])).toEqual([
    ['rejected', ['file.encryption']],
  ]);
  expect(await strict.active()).toBe(0);
  const mixed = await openDropHome(folderPlace, { pgp: { ...keys, verifyKey: null } });
  await mixed.send('people.csv', mixed.people(0, 3));
  await mixed.visit();
  expect(await mixed.active()).toBe(3);
});

describe('an encrypted file that is cut', () => {
  const open = async (settled: Drop['settled']) => {
    const ours = await newKey();
    const pgp = { privateKey: ours.privateKey, passphrase: null, verifyKey: null };
    const home = await openDropHome(folderPlace, { pgp, settled });
    const whole = await sealFor(ours.publicKey, home.people(0, 3));
    const path = await home.send('people.csv.pgp', whole.subarray(0, -40));
    const take = async (day?: string) => {
      await home.visit(day);
      home.pass(3);
      await home.visit(day);
    };
    return { ...home, whole, path, take };
  };

  test('fault 1: waits when nobody called it whole, and is applied when the rest has come', async () => {
    const home = await open('stable');
    await home.take();
    expect(await home.ledger()).toMatchObject([{ status: 'waiting', codes: [] }]);
    expect(home.events('file.incomplete')).toMatchObject([{ level: 'warn', reason: 'incomplete' }]);
    await writeFile(home.path, home.whole);
    await home.take();
    expect((await home.ledger()).map(({ status }) => status)).toEqual(['gone', 'archived']);
    expect(await home.active()).toBe(3);
  });

  test('fault 2: is rejected when nothing came in a day, and at once when its sender called it whole', async () => {
    const home = await open('stable');
    await home.take();
    await home.due();
    await home.take('2026-12-03');
    expect(await home.ledger()).toMatchObject([{ status: 'rejected', codes: ['file.truncated'] }]);
    const said = await open('rename');
    await said.visit();
    expect(await said.ledger()).toMatchObject([{ status: 'rejected', codes: ['file.truncated'] }]);
  });
});
