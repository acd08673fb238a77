/** The folder channel on a real file system. */
import { mkdtempSync, readdirSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { openChannel } from '../../../src/load/notices/notice-channels.ts';
import { writeNotice } from '../../../src/load/notices/notice-folder.ts';

let home: string;
let folder: string;
beforeEach(() => {
  home = mkdtempSync(join(tmpdir(), 'navette-notices-'));
  folder = join(home, 'out', 'notices');
});
afterEach(() => rmSync(home, { recursive: true, force: true }));

test('writes one file for its owner alone', async () => {
  const path = await writeNotice(folder, 'invoice-1', Buffer.from('one'));
  expect(path).toBe(join(folder, 'invoice-1.eml'));
  expect(readFileSync(path, 'utf8')).toBe('one');
  expect(readdirSync(folder)).toEqual(['invoice-1.eml']);
  expect(statSync(path).mode & 0o777).toBe(0o600);
  expect(statSync(folder).mode & 0o777).toBe(0o700);
});

test('a notice that is there already is success and stays as it is', async () => {
  await writeNotice(folder, 'invoice-1', Buffer.from('one'));
  const path = await writeNotice(folder, 'invoice-1', Buffer.from('two'));
  expect(readFileSync(path, 'utf8')).toBe('one');
  expect(readdirSync(folder)).toEqual(['invoice-1.eml']);
});

test('two writers at once leave one whole file', async () => {
  const writers = ['a', 'b', 'c', 'd'].map((letter) =>
    writeNotice(folder, 'same', Buffer.from(letter.repeat(100_000))),
  );
  await Promise.all(writers);
  expect(readdirSync(folder)).toEqual(['same.eml']);
  expect(readFileSync(join(folder, 'same.eml'), 'utf8')).toMatch(/^(a{100000}|b{100000}|c{100000}|d{100000})$/);
});

test.each(['../up', '', '.hidden', 'a/b', 'a\0b'])('a key that is no file name is refused (%#)', async (key) => {
  await expect(writeNotice(folder, key, Buffer.from('x'))).rejects.toThrow(RangeError);
});

describe('the channel', () => {
  const notice = {
    messageKey: 'invoice-1',
    envelope: { from: 'a@example.be', to: 'b@example.be' },
    eml: Buffer.from('x'),
  };

  test('that cannot write its folder takes nothing now', async () => {
    writeFileSync(join(home, 'out'), '');
    const channel = openChannel('folder', { folder, smtp: null });
    expect(await channel.deliver(notice)).toEqual({ kind: 'down', reason: 'ENOTDIR' });
  });

  test('does not take a fault of its caller for a folder that is away', async () => {
    const channel = openChannel('folder', { folder, smtp: null });
    await expect(channel.deliver({ ...notice, messageKey: '../up' })).rejects.toThrow(RangeError);
  });

  test('to a mail server is not opened without one', () => {
    expect(() => openChannel('smtp', { folder, smtp: null })).toThrow(RangeError);
  });
});
