/** A bank's drop takes both formats: the content says which layout a statement has. */
import { copyFile, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, expect, test } from 'vitest';
import { readEnvironment } from '../../../src/config/environment.ts';
import { loadConfig } from '../../../src/config.ts';
import { FileError } from '../../../src/errors.ts';
import { fitLayout } from '../../../src/jobs/import/fit-layout.ts';

const config = loadConfig(readEnvironment({ NAVETTE_CONFIG: 'config' }));
const layouts = (config.drops.find(({ id }) => id === 'bank')?.layouts ?? []).flatMap(
  (id) => config.layouts.get(id) ?? [],
);
const folder = await mkdtemp(join(tmpdir(), 'navette-fit-'));
afterAll(() => rm(folder, { recursive: true, force: true }));

async function layoutOf(name: string, candidates = layouts): Promise<string> {
  const file = { path: join(folder, name), name, maxBytes: 1_000_000, set: {}, today: '2026-12-05' };
  try {
    return (await fitLayout(file, candidates, config)).layout.id;
  } catch (error) {
    if (!(error instanceof FileError)) throw error;
    return `${error.code} ${error.params['found']}`;
  }
}

test('the example drop of the bank lists both layouts', () => {
  expect(layouts.map(({ layout }) => layout.id)).toEqual(['bank-coda', 'bank-camt053']);
});

test('each statement fits its own, whatever its name', async () => {
  await copyFile('fixtures/bank-coda/input.cod', join(folder, 'one.xml'));
  await copyFile('fixtures/bank-camt053/input.xml', join(folder, 'two.cod'));
  await writeFile(join(folder, 'three.cod'), '\ufeff\n <Document/>');
  expect([await layoutOf('one.xml'), await layoutOf('two.cod'), await layoutOf('three.cod')]).toEqual([
    'bank-coda',
    'bank-camt053',
    'bank-camt053',
  ]);
});

test('given with the wrong layout, a statement is refused for what it is', async () => {
  const [coda, camt] = layouts;
  expect(await layoutOf('one.xml', [camt!])).toBe('file.format text');
  expect(await layoutOf('two.cod', [coda!])).toBe('file.format xml');
});
