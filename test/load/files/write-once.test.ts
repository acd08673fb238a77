/** A file that is written once: whole, for its owner alone, and never over another. */
import { mkdtemp, readdir, readFile, rm, stat, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, expect, test } from 'vitest';
import { writeOnce } from '../../../src/load/files/write-once.ts';

const folder = await mkdtemp(join(tmpdir(), 'navette-once-'));
afterAll(() => rm(folder, { recursive: true, force: true }));

test('what is there stays as it is, and nothing half is left beside it', async () => {
  const place = join(folder, 'new', 'place');
  const path = await writeOnce(place, 'a.txt', 'first');
  expect(path).toBe(join(place, 'a.txt'));
  expect(await writeOnce(place, 'a.txt', 'second')).toBe(path);
  expect(await readFile(path, 'utf8')).toBe('first');
  expect(await readdir(place)).toEqual(['a.txt']);
  expect((await stat(path)).mode & 0o777).toBe(0o600);
});

test('many at the same moment: one of them has written it, whole', async () => {
  const texts = Array.from({ length: 20 }, (_, index) => String(index).repeat(10_000));
  const paths = await Promise.all(texts.map((text) => writeOnce(folder, 'b.txt', text)));
  expect(new Set(paths).size).toBe(1);
  expect(texts).toContain(await readFile(join(folder, 'b.txt'), 'utf8'));
  expect((await readdir(folder)).filter((name) => name.endsWith('.part'))).toEqual([]);
});

test('a folder that is none is an error of the file system', async () => {
  await writeFile(join(folder, 'c'), '');
  await expect(writeOnce(join(folder, 'c'), 'd.txt', 'x')).rejects.toHaveProperty('code', 'EEXIST');
});
