/** Moving a local file: what is at the target is what was looked at, and what took its name meanwhile stays. */
import { appendFile, mkdtemp, readdir, readFile, rename, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, expect, test } from 'vitest';
import { identityOf, placeFile } from '../../../src/ingest/drops/place-file.ts';

const root = await mkdtemp(join(tmpdir(), 'navette-place-'));
afterAll(() => rm(root, { recursive: true, force: true }));

/** A file of its own; answers its path, a free target and what it is now. */
async function written(name: string) {
  const [from, to] = [join(root, name), join(root, `${name}.archived`)];
  await writeFile(from, 'first');
  const seen = await identityOf(from);
  if (seen === null) throw new Error('the file is there');
  return { from, to, seen };
}

test('moves what was looked at', async () => {
  const { from, to, seen } = await written('same');
  await placeFile(from, to, seen);
  expect(await readFile(to, 'utf8')).toBe('first');
  expect(await identityOf(from)).toBeNull();
});

test('leaves a file that was put in its place', async () => {
  const { from, to, seen } = await written('replaced');
  await writeFile(`${from}.new`, 'other');
  await rename(`${from}.new`, from);
  await expect(placeFile(from, to, seen)).rejects.toMatchObject({ reason: 'changed' });
  expect((await readdir(root)).filter((name) => name.startsWith('replaced'))).toEqual(['replaced']);
});

test('leaves a file that was written to', async () => {
  const { from, to, seen } = await written('longer');
  await appendFile(from, ' and more');
  await expect(placeFile(from, to, seen)).rejects.toMatchObject({ reason: 'changed' });
  expect(await readFile(from, 'utf8')).toBe('first and more');
  expect(await identityOf(to)).toBeNull();
});

test('a move that was cut off is finished, and what took the name since stays', async () => {
  const { from, to, seen } = await written('halfway');
  await writeFile(to, 'first');
  await placeFile(from, to, seen);
  expect(await identityOf(from)).toBeNull();
  await writeFile(from, 'first');
  await placeFile(from, to, seen);
  expect(await readFile(from, 'utf8')).toBe('first');
});
