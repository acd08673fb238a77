/** Text put back into the encoding in which it came: nothing of it is lost that the encoding can hold. */
import { expect, test } from 'vitest';
import { decodeBytes } from '../../../src/ingest/text/decode.ts';
import { ENCODINGS, encodeText, findByteOrderMark } from '../../../src/ingest/text/encodings.ts';

test.each(ENCODINGS)('%s: text comes back as it was', async (encoding) => {
  const bytes = encodeText('Zélie; ñ\r\n', encoding);
  const mark = findByteOrderMark(bytes);
  expect(mark?.encoding ?? null).toBe(encoding.startsWith('utf') ? encoding : null);
  let text = '';
  for await (const piece of decodeBytes(piecesOf(bytes.subarray(mark?.length ?? 0)), encoding)) text += piece;
  expect(text).toBe('Zélie; ñ\r\n');
});

test('signs that an encoding lacks become plain ones', () => {
  expect(encodeText('é ‘a’ “b” – 5\u202f€ … 中 😀', 'iso-8859-1').toString('latin1')).toBe(
    'é \'a\' "b" - 5 EUR ... ? ?',
  );
});

async function* piecesOf(bytes: Buffer) {
  yield bytes;
}
