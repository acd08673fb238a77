/** Bytes to text: every encoding a file may come in, cut anywhere, and the refusals with their line. */
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import fc from 'fast-check';
import iconv from 'iconv-lite';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { decodeBytes, openText } from '../../../src/ingest/text/decode.ts';
import { ENCODINGS, type Encoding } from '../../../src/ingest/text/encodings.ts';
import { gather } from '../../support/pieces.ts';

let folder = '';
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'navette-decode-'));
});
afterAll(() => rm(folder, { recursive: true }));

async function open(bytes: Buffer | string, encoding = 'auto') {
  const path = join(folder, 'input.txt');
  await writeFile(path, bytes);
  return openText(path, encoding);
}

async function read(bytes: Buffer | string, encoding = 'auto') {
  const opened = await open(bytes, encoding);
  return { encoding: opened.encoding, warnings: opened.warnings, text: (await gather(opened.text())).join('') };
}

async function* cutAt(bytes: Buffer, cuts: readonly number[]): AsyncGenerator<Buffer> {
  const borders = [0, ...cuts.map((cut) => cut % (bytes.length + 1)).toSorted((a, b) => a - b), bytes.length];
  for (const [index, from] of borders.entries()) {
    if (index + 1 < borders.length) yield bytes.subarray(from, borders[index + 1]);
  }
}

const encode = (text: string, encoding: Encoding): Buffer => iconv.encode(text, encoding, { addBOM: false });

test('UTF-8 with and without byte order mark reads the same, without the mark', async () => {
  const expected = { encoding: 'utf-8', warnings: [], text: 'José;€\n' };
  expect(await read('José;€\n')).toEqual(expected);
  expect(await read('\ufeffJosé;€\n')).toEqual(expected);
});

test.each(['utf-16le', 'utf-16be'] as const)('%s is known by its byte order mark', async (encoding) => {
  expect(await read(encode('\ufeffZoë;1\r\n', encoding))).toEqual({ encoding, warnings: [], text: 'Zoë;1\r\n' });
});

test('a byte order mark wins over the encoding that the layout names', async () => {
  expect(await read('\ufeffZoë', 'windows-1252')).toMatchObject({ encoding: 'utf-8', text: 'Zoë' });
});

test('what is no UTF-8 is windows-1252 with a warning, also when the first accent stands in the last row', async () => {
  const plain = '0403019261;20\n'.repeat(20_000);
  const { text, warnings, encoding } = await read(Buffer.from(`${plain}Jos\xe9 \x80\n`, 'latin1'));
  expect(text).toBe(`${plain}José €\n`);
  expect(encoding).toBe('windows-1252');
  expect(warnings).toEqual([
    {
      rowNumber: null,
      columnName: null,
      code: 'encoding.assumed',
      severity: 'warning',
      params: { encoding: 'windows-1252' },
    },
  ]);
});

test.each([0x81, 0x8d, 0x8f, 0x90, 0x9d])(
  'byte %i is undefined in windows-1252: refused with its line',
  async (byte) => {
    const bytes = Buffer.concat([Buffer.from('a\r\nb\rJos\xe9\n', 'latin1'), Buffer.from([byte])]);
    await expect(open(bytes)).rejects.toMatchObject({
      code: 'file.encoding',
      params: { encoding: 'windows-1252', line: 4 },
    });
    await expect(open(bytes, 'windows-1252')).rejects.toMatchObject({ code: 'file.encoding', params: { line: 4 } });
  },
);

test('a layout that names UTF-8 gets UTF-8 or a refusal with the line', async () => {
  const rows = 'José;20\r\n'.repeat(30_000);
  const bytes = Buffer.concat([Buffer.from(rows), Buffer.from('Jos\xe9;20\r\n', 'latin1'), Buffer.from(rows)]);
  await expect(open(bytes, 'utf-8')).rejects.toMatchObject({
    code: 'file.encoding',
    params: { encoding: 'utf-8', line: 30_001 },
  });
});

test('a character cut off by the end of the file is refused on the last line', async () => {
  const cut = Buffer.from('a\nJosé').subarray(0, -1);
  await expect(open(cut, 'utf-8')).rejects.toMatchObject({ params: { line: 2 } });
  await expect(open(Buffer.from('\xff\xfea\0\n\0b', 'latin1'))).rejects.toMatchObject({
    params: { encoding: 'utf-16le', line: 2 },
  });
});

test('NUL characters are refused with their line, in UTF-16 too', async () => {
  await expect(open('a\nb\0c\n')).rejects.toMatchObject({ code: 'file.encoding', params: { line: 2 } });
  await expect(open(encode('\ufeffa\n\nb\0', 'utf-16be'))).rejects.toMatchObject({ params: { line: 3 } });
});

test.each([
  ['iso-8859-15', 0xa4, '€'],
  ['iso-8859-1', 0xa4, '¤'],
  ['cp850', 0x82, 'é'],
  ['cp437', 0x82, 'é'],
  ['macintosh', 0x8e, 'é'],
])('%s reads byte %i as %s', async (encoding, byte, character) => {
  expect(await read(Buffer.from([byte]), encoding)).toMatchObject({ text: character, warnings: [] });
});

test('an unknown encoding is a fault of the configuration that lists the known ones', async () => {
  await expect(open('a', 'utf-7')).rejects.toThrow(/"utf-7" is not known: auto, utf-8, /);
});

test('the text can be read again, and an empty file is empty text', async () => {
  const opened = await open('a;b\n');
  expect([(await gather(opened.text())).join(''), (await gather(opened.text())).join('')]).toEqual(['a;b\n', 'a;b\n']);
  expect(await read('')).toEqual({ encoding: 'utf-8', warnings: [], text: '' });
});

test('text cut into pieces at any byte decodes to the same text', async () => {
  const character = fc.constantFrom('a', ';', '\n', 'é', '€', 'ß', '𝄞', '中', '\ufeff');
  await fc.assert(
    fc.asyncProperty(
      fc.array(character, { maxLength: 60 }).map((all) => all.join('')),
      fc.constantFrom(...ENCODINGS),
      fc.array(fc.nat(200), { maxLength: 12 }),
      async (wanted, encoding, cuts) => {
        const bytes = encode(wanted, encoding);
        const text = encoding.startsWith('utf') ? wanted : iconv.decode(bytes, encoding);
        expect((await gather(decodeBytes(cutAt(bytes, cuts), encoding))).join('')).toBe(text);
      },
    ),
  );
});
