/** Lines of text that comes in pieces. */
import fc from 'fast-check';
import { expect, test } from 'vitest';
import { readLines, skipLines, type TextLine } from '../../../src/ingest/text/text-lines.ts';
import { gather, inPieces } from '../../support/pieces.ts';

async function lines(text: string, size = 3, maxLength = 100): Promise<TextLine[]> {
  return (await gather(readLines(inPieces(text, size), maxLength))).flat();
}

/** How an editor counts: the oracle. */
const editorLines = (text: string): string[] => {
  const all = text.split(/\r\n|\n|\r/);
  return all.at(-1) === '' ? all.slice(0, -1) : all;
};

test('line ends of all kinds count once each, as in an editor', async () => {
  expect((await lines('a\r\nb\rc\n\n\r\nd')).map(({ number, text }) => `${number}${text}`)).toEqual([
    '1a',
    '2b',
    '3c',
    '4',
    '5',
    '6d',
  ]);
});

test('any text in pieces of any size gives the lines of an editor', async () => {
  const text = fc.string({ unit: fc.constantFrom('a', 'é', '\r', '\n'), maxLength: 40 });
  await fc.assert(
    fc.asyncProperty(text, fc.integer({ min: 1, max: 9 }), async (value, size) => {
      const expected = editorLines(value).map((line, index) => ({ number: index + 1, text: line, tooLong: false }));
      expect(await lines(value, size)).toEqual(expected);
    }),
  );
});

test('a line that is too long keeps its number but not its text, and the next lines are read', async () => {
  for (const size of [1, 2, 5, 1000]) {
    expect(await lines('ab\r\nabcdefghijklmnop\r\nabcd\r\nabcde', size, 4)).toEqual([
      { number: 1, text: 'ab', tooLong: false },
      { number: 2, text: '', tooLong: true },
      { number: 3, text: 'abcd', tooLong: false },
      { number: 4, text: '', tooLong: true },
    ]);
  }
});

test('skipping lines leaves the rest of the text as it stands', async () => {
  const text = fc.string({ unit: fc.constantFrom('a', '"', '\r', '\n'), maxLength: 30 });
  await fc.assert(
    fc.asyncProperty(text, fc.nat(4), fc.integer({ min: 1, max: 9 }), async (value, count, size) => {
      const left = (await gather(skipLines(inPieces(value, size), count))).join('');
      expect(value.endsWith(left)).toBe(true);
      expect(editorLines(left)).toEqual(editorLines(value).slice(count));
    }),
  );
});
