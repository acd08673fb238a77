/** JSON Lines: one broken line is one row, the file goes on. */
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import fc from 'fast-check';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { readJsonl } from '../../../src/ingest/text/read-jsonl.ts';
import { gather } from '../../support/pieces.ts';

let folder = '';
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'navette-jsonl-'));
});
afterAll(() => rm(folder, { recursive: true }));

async function read(text: string | Buffer, maxRecordSize = 1_048_576) {
  const path = join(folder, 'input.jsonl');
  await writeFile(path, text);
  const opened = await readJsonl(path, { maxRecordSize });
  const rows = (await gather(opened.rows)).flat();
  return { rows, ...opened.outcome() };
}

const row = (rowNumber: number, value: unknown) => ({ rowNumber, value, broken: false });
const broken = (rowNumber: number) => ({ rowNumber, value: undefined, broken: true });

test('one value a line, blank lines count but are no rows, broken lines are rows', async () => {
  expect(await read('\ufeff{"a":"é"}\r\n\r\n{"a":\n [1, null] \n"x"} \nnull\n')).toEqual({
    rows: [row(1, { a: 'é' }), broken(3), row(4, [1, null]), broken(5), row(6, null)],
    warnings: [],
    lastLineComplete: true,
    proof: null,
    dataRows: 5,
  });
});

test('a line that is too long is broken, the next is read', async () => {
  const { rows } = await read(`1\n"${'x'.repeat(300_000)}"\n2`, 1000);
  expect(rows).toEqual([row(1, 1), broken(2), row(3, 2)]);
});

test('a value nested too deep for the parser is a broken line', async () => {
  const { rows } = await read(`${'['.repeat(500_000)}\n1\n`);
  expect(rows).toEqual([broken(1), row(2, 1)]);
});

test('an empty file has no rows', async () => {
  expect(await read('')).toEqual({ rows: [], warnings: [], lastLineComplete: false, proof: null, dataRows: 0 });
});

test('what is no UTF-8 is refused with its line, never guessed', async () => {
  await expect(read(Buffer.from('{}\n"Jos\xe9"\n', 'latin1'))).rejects.toMatchObject({
    code: 'file.encoding',
    params: { encoding: 'utf-8', line: 2 },
  });
});

test('any values round-trip', async () => {
  await fc.assert(
    fc.asyncProperty(fc.array(fc.jsonValue()), fc.constantFrom('\n', '\r\n'), async (values, end) => {
      const lines = values.map((value) => JSON.stringify(value));
      const expected = lines.map((line, index) => row(index + 1, JSON.parse(line)));
      expect((await read(lines.map((line) => line + end).join(''))).rows).toEqual(expected);
    }),
    { numRuns: 50 },
  );
});
