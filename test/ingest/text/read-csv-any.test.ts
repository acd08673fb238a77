/** Any table and any text, cut into any pieces: delimited rows read back the same, or are refused the same. */

import { parse } from 'csv-parse/sync';
import fc from 'fast-check';
import { expect, test } from 'vitest';
import { cutPlain, cutQuoted, readBlocks } from '../../../src/ingest/text/read-csv.ts';
import type { SourceRow } from '../../../src/model.ts';
import { gather, inPieces } from '../../support/pieces.ts';

/** Rows of a text in pieces, or the refusal. */
async function blocks(text: string, size: number): Promise<readonly SourceRow[] | object> {
  try {
    return (await gather(readBlocks(inPieces(text, size), ';', 1, 1000))).flatMap(({ rows }) => rows);
  } catch (error) {
    return { ...(error as object) };
  }
}

const DELIMITERS = [',', ';', '\t', '|'] as const;
const LINE_ENDS = ['\r\n', '\n', '\r'] as const;
const cell = fc.string({
  unit: fc.constantFrom('a', 'é', '0', ' ', '"', ';', ',', '\t', '|', '\n', '\r'),
  maxLength: 6,
});
const table = fc.array(
  fc.record({
    cells: fc.array(cell, { minLength: 1, maxLength: 5 }),
    quoteAll: fc.boolean(),
    end: fc.constantFrom(...LINE_ENDS),
  }),
  { maxLength: 12 },
);
const pieceSize = fc.integer({ min: 1, max: 40 });

test('any table written with any delimiter, line ends and quoting reads back, in pieces of any size', async () => {
  await fc.assert(
    fc.asyncProperty(table, fc.constantFrom(...DELIMITERS), pieceSize, async (rows, delimiter, size) => {
      let text = '';
      const expected: SourceRow[] = [];
      for (const { cells, quoteAll, end } of rows) {
        const quote = (value: string) =>
          quoteAll || /["\r\n]/.test(value) || value.includes(delimiter) ? `"${value.replaceAll('"', '""')}"` : value;
        // A line before that ended in \r and a blank line of \n would be one line end: no writer mixes them so.
        if (text.endsWith('\r') && cells.length === 1 && quote(cells[0]!) === '') continue;
        const rowNumber = text.split(/\r\n|\n|\r/).length;
        if (cells.some((value) => value.trim() !== '')) expected.push({ rowNumber, cells });
        text += cells.map(quote).join(delimiter) + end;
      }
      const read = await gather(readBlocks(inPieces(text, size), delimiter, 1, 1000));
      expect(read.flatMap((block) => block.rows)).toEqual(expected);
      const isCutInLineEnd = text.endsWith('\r') && text.includes('\r\n');
      expect(read.at(-1)?.endsInLineEnd).toBe(text !== '' && !isCutInLineEnd);
    }),
    { numRuns: 400 },
  );
});

const anyText = fc.string({ unit: fc.constantFrom('a', 'b', '"', '"', ';', '\n', '\r', ' '), maxLength: 40 });

test('any text gives the same rows or the same refusal wherever its pieces are cut', async () => {
  await fc.assert(
    fc.asyncProperty(anyText, pieceSize, async (text, size) => {
      expect(await blocks(text, size)).toEqual(await blocks(text, 1000));
    }),
    { numRuns: 1000 },
  );
});

test('what is not refused is what csv-parse reads from the whole text', async () => {
  await fc.assert(
    fc.asyncProperty(anyText, pieceSize, async (text, size) => {
      const rows = await blocks(text, size);
      if (!Array.isArray(rows)) return;
      const whole = parse(text, {
        delimiter: ';',
        record_delimiter: ['\r\n', '\n', '\r'],
        relax_quotes: true,
        relax_column_count: true,
      });
      const expected = whole.filter((cells) => cells.some((value) => value.trim() !== ''));
      expect(rows.map(({ cells }: SourceRow) => cells)).toEqual(expected);
    }),
    { numRuns: 1000 },
  );
});

test('both ways of cutting agree on every text without quotes', () => {
  const plain = fc.string({ unit: fc.constantFrom('a', 'é', ';', '\n', '\r', ' '), maxLength: 40 });
  fc.assert(
    fc.property(plain, fc.boolean(), (text, atEnd) => {
      expect(cutQuoted(text, ';', 7, 1000, atEnd)).toEqual(cutPlain(text, ';', 7, 1000, atEnd));
    }),
    { numRuns: 500 },
  );
});
