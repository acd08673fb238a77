/** The folder channel on a real file system. */
import { mkdtempSync, readdirSync, readFileSync, rmSync, statSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, test } from 'vitest';
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
