/** What every drop does, on a local folder, on our own SFTP server and on Debian's sshd. */

import { createHash } from 'node:crypto';
import { existsSync } from 'node:fs';
import { mkdir, mkdtemp, readdir, readFile, rename, rm, symlink, utimes, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { RefusedError } from '../../../src/errors.ts';
import { type OpenDrop, openDrop, type RemoteFile } from '../../../src/ingest/drops/drop.ts';
import { folderPlace, makePipe, drop as put, type TestPlace } from '../../support/drop-places.ts';
import { sftpPlace } from '../../support/sftp-server.ts';
import { sshdMissing, sshdPlace } from '../../support/sshd.ts';

const sha256 = (bytes: Buffer | string): string => createHash('sha256').update(bytes).digest('hex');
const BIG = Buffer.alloc(700_001, 'navette ');

function conformance(start: () => Promise<TestPlace>): void {
  let place: TestPlace;
  let drop: OpenDrop;
  let local: string;

  beforeAll(async () => {
    place = await start();
    drop = await openDrop(place.drop);
    local = await mkdtemp(join(tmpdir(), 'navette-fetched-'));
  });

  afterAll(async () => {
    await drop.close();
    await place.stop();
    await rm(local, { recursive: true, force: true });
  });

  const listed = async (name: string): Promise<RemoteFile> => {
    const file = (await drop.list()).find((one) => one.name === name);
    if (file === undefined) throw new Error(`${name} is not listed`);
    return file;
  };
  const names = async (folder: string): Promise<string[]> => (await readdir(join(place.root, folder))).sort();

  test('lists regular files with their size and time, and nothing else', async () => {
    const path = await put(place, 'list-me.csv', 'a;b\n');
    await utimes(path, 1_780_000_000, 1_780_000_000);
    await mkdir(join(place.root, 'in', 'a-folder'));
    await symlink('list-me.csv', join(place.root, 'in', 'a-link.csv'));
    await makePipe(join(place.root, 'in', 'a-pipe.csv'));
    const files = await drop.list();
    expect(files).toContainEqual({ name: 'list-me.csv', size: 4, mtime: '2026-05-28T20:26:40.000Z' });
    expect(files.map((file) => file.name).filter((name) => name.startsWith('a-'))).toEqual([]);
  });

  test('lists a name that is unsafe, and does nothing else with it', async () => {
    await put(place, 'pay\u202Efdp.csv', 'x');
    const file = await listed('pay\u202Efdp.csv');
    await expect(drop.fetch(file, join(local, 'unsafe'))).rejects.toBeInstanceOf(RefusedError);
    for (const name of ['../in/list-me.csv', '..', 'a/b', 'a\0b']) {
      await expect(drop.read(name, 10)).rejects.toBeInstanceOf(RefusedError);
      await expect(drop.remove(name)).rejects.toBeInstanceOf(RefusedError);
      await expect(drop.put(name, Buffer.from('x'))).rejects.toBeInstanceOf(RefusedError);
      await expect(drop.move('list-me.csv', 'archive', name)).rejects.toBeInstanceOf(RefusedError);
    }
  });

  test('fetches every byte, with their digest, under the final name only', async () => {
    await put(place, 'big.csv', BIG);
    const to = join(local, 'big');
    expect(await drop.fetch(await listed('big.csv'), to)).toEqual({
      bytes: BIG.length,
      sha256: sha256(BIG),
      sizeKnown: true,
    });
    expect((await readFile(to)).equals(BIG)).toBe(true);
    expect((await readdir(local)).filter((name) => name.endsWith('.part'))).toEqual([]);
  });

  test('fetches an empty file', async () => {
    await put(place, 'empty.csv', '');
    const fetched = await drop.fetch(await listed('empty.csv'), join(local, 'empty'));
    expect(fetched).toEqual({ bytes: 0, sha256: sha256(''), sizeKnown: true });
  });

  test('fetches names with spaces and accents', async () => {
    await put(place, 'prestations août 2026 (été).csv', 'été');
    const fetched = await drop.fetch(await listed('prestations août 2026 (été).csv'), join(local, 'accents'));
    expect(fetched.sha256).toBe(sha256('été'));
  });

  test('a file that went between list and fetch is gone, and the drop goes on', async () => {
    const path = await put(place, 'fleeting.csv', 'x');
    const file = await listed('fleeting.csv');
    await rm(path);
    await expect(drop.fetch(file, join(local, 'fleeting'))).rejects.toMatchObject({ reason: 'gone' });
    expect(await drop.list()).not.toEqual([]);
  });

  test('a file that is no longer what was listed is not fetched', async () => {
    await put(place, 'rewritten.csv', 'first');
    const file = await listed('rewritten.csv');
    await put(place, 'rewritten.csv', 'second, longer');
    await expect(drop.fetch(file, join(local, 'rewritten'))).rejects.toMatchObject({ reason: 'changed_while_reading' });
    expect(existsSync(join(local, 'rewritten'))).toBe(false);
  });

  test('a file that a link has replaced is not followed', async () => {
    await put(place, 'target.csv', 'secret');
    const path = await put(place, 'swapped.csv', 'secret');
    const file = await listed('swapped.csv');
    await rename(path, `${path}.old`);
    await symlink('target.csv', path);
    await expect(drop.fetch(file, join(local, 'swapped'))).rejects.toMatchObject({ reason: 'gone' });
    expect(await drop.read('swapped.csv', 10)).toBeNull();
  });

  test('a file above the limit is refused before it is read', async () => {
    await put(place, 'large.csv', 'x'.repeat(101));
    const small = await openDrop(place.drop, { maxBytes: 100 });
    const file = await listed('large.csv');
    await expect(small.fetch(file, join(local, 'large'))).rejects.toMatchObject({ code: 'file.limit' });
    await small.close();
  });

  test('moves to the archive, and says so again when asked again', async () => {
    await put(place, 'move-me.csv', 'moved');
    expect(await drop.move('move-me.csv', 'archive', 'move-me.csv.0badcafe')).toBe('moved');
    expect(await drop.move('move-me.csv', 'archive', 'move-me.csv.0badcafe')).toBe('moved');
    expect(await readFile(join(place.root, 'archive', 'move-me.csv.0badcafe'), 'utf8')).toBe('moved');
    expect(await names('in')).not.toContain('move-me.csv');
    expect(await drop.move('never-was.csv', 'error', 'never-was.csv')).toBe('gone');
  });

  test('never overwrites in the archive', async () => {
    await put(place, 'second.csv', 'second');
    await writeFile(join(place.root, 'archive', 'taken.csv'), 'first!');
    await expect(drop.move('second.csv', 'archive', 'taken.csv')).rejects.toMatchObject({ reason: 'archive_failed' });
    expect(await readFile(join(place.root, 'archive', 'taken.csv'), 'utf8')).toBe('first!');
    expect(await names('in')).toContain('second.csv');
  });

  test('a move that was cut off halfway is finished', async () => {
    await put(place, 'halfway.csv', 'same bytes');
    const half = join(place.root, 'archive', 'halfway.csv');
    await writeFile(half, 'same bytes');
    await place.own(half);
    expect(await drop.move('halfway.csv', 'archive', 'halfway.csv')).toBe('moved');
    expect(await names('in')).not.toContain('halfway.csv');
  });

  test('does not move away what nobody has read', async () => {
    await put(place, 'resent.csv', 'first');
    const seen = await listed('resent.csv');
    await put(place, 'resent.csv', 'the second delivery');
    const first = { ...seen, sha256: null };
    await expect(drop.move('resent.csv', 'archive', 'resent.csv', first)).rejects.toMatchObject({ reason: 'changed' });
    const second = { ...(await listed('resent.csv')), sha256: null };
    expect(await drop.move('resent.csv', 'archive', 'resent.csv', second)).toBe('moved');
  });

  test('does not move away what came in the same second with the same size', async () => {
    await put(place, 'same.csv', 'first!');
    const seen = { ...(await listed('same.csv')), sha256: createHash('sha256').update('first!').digest('hex') };
    const path = await put(place, 'same.csv', 'second');
    await utimes(path, new Date(seen.mtime), new Date(seen.mtime));
    expect(await listed('same.csv')).toEqual({ name: seen.name, size: seen.size, mtime: seen.mtime });
    await expect(drop.move('same.csv', 'archive', 'same.csv', seen)).rejects.toMatchObject({ reason: 'changed' });
    await put(place, 'same.csv', 'first!');
    await utimes(path, new Date(seen.mtime), new Date(seen.mtime));
    expect(await drop.move('same.csv', 'archive', 'same.csv', seen)).toBe('moved');
  });

  test('an archive that is not there fails the move and loses nothing', async () => {
    await put(place, 'stays.csv', 'x');
    await rename(join(place.root, 'error'), join(place.root, 'elsewhere'));
    await expect(drop.move('stays.csv', 'error', 'stays.csv')).rejects.toMatchObject({ reason: 'archive_failed' });
    await rename(join(place.root, 'elsewhere'), join(place.root, 'error'));
    expect(await drop.move('stays.csv', 'error', 'stays.csv')).toBe('moved');
  });

  test('puts a receipt whole, twice with one result, and never over another', async () => {
    const receipt = Buffer.from('{"status":"applied"}');
    await drop.put('a.csv.receipt.json', receipt);
    await drop.put('a.csv.receipt.json', receipt);
    await drop.put('big.rejects.xlsx', BIG);
    await drop.put('empty.txt', Buffer.alloc(0));
    expect(await names('out')).toEqual(['a.csv.receipt.json', 'big.rejects.xlsx', 'empty.txt']);
    expect((await readFile(join(place.root, 'out', 'big.rejects.xlsx'))).equals(BIG)).toBe(true);
    await expect(drop.put('a.csv.receipt.json', Buffer.from('{"status":"rejected"}'))).rejects.toMatchObject({
      reason: 'put_failed',
    });
    expect(await readFile(join(place.root, 'out', 'a.csv.receipt.json'), 'utf8')).toBe('{"status":"applied"}');
  });

  test('reads a small sidecar, and no large one', async () => {
    await put(place, 'list-me.csv.sha256', sha256('a;b\n'));
    expect((await drop.read('list-me.csv.sha256', 64))?.toString()).toBe(sha256('a;b\n'));
    await expect(drop.read('list-me.csv.sha256', 63)).rejects.toMatchObject({ code: 'file.limit' });
    expect(await drop.read('nothing.sha256', 64)).toBeNull();
  });

  test('removes a marker, and is content when it is gone', async () => {
    await put(place, 'list-me.csv.done', '');
    await drop.remove('list-me.csv.done');
    await drop.remove('list-me.csv.done');
    expect(await names('in')).not.toContain('list-me.csv.done');
  });

  test('requests made at once take turns', async () => {
    const results = await Promise.all([drop.list(), drop.read('nothing', 1), drop.list(), drop.remove('nothing')]);
    expect(results[0]).toEqual(results[2]);
  });

  test('an inbox that is not there is a drop that is down, not an empty one', async () => {
    await rename(join(place.root, 'in'), join(place.root, 'unmounted'));
    await expect(drop.list()).rejects.toMatchObject({ reason: 'drop_down' });
    await expect(drop.move('list-me.csv', 'archive', 'x.csv')).rejects.toMatchObject({ reason: 'drop_down' });
    await rename(join(place.root, 'unmounted'), join(place.root, 'in'));
    expect(await drop.list()).not.toEqual([]);
  });
}

describe('a local folder', () => conformance(folderPlace));

describe('an SFTP server', () => conformance(() => sftpPlace()));

const missing = await sshdMissing();
if (missing === null) {
  describe('the sshd of Debian', () => conformance(sshdPlace));
} else {
  test('the sshd of Debian', () => {
    if (process.env.CI) throw new Error(missing);
    console.log(missing);
  });
}
