/** The bytes of a CODA file as lines of text. */
import { createReadStream } from 'node:fs';
import { readLines } from '../text/text-lines.ts';
import { CODA_WIDTH, malformed } from './coda-record.ts';

/** No record comes near this; a file without line ends is no CODA. */
const LONGEST_LINE = 4096;

/** The lines of a CODA file on disk without their ends, as text. FileError `file.format` for a line beyond reason. */
export async function* codaLines(path: string): AsyncGenerator<string> {
  for await (const lines of readLines(createReadStream(path, { encoding: 'latin1' }), LONGEST_LINE)) {
    for (const { text, tooLong, number } of lines) {
      if (tooLong) throw malformed(number);
      yield decoded(text);
    }
  }
}

const windows1252 = new TextDecoder('windows-1252');

/** CODA is windows-1252, one byte a column; a record that is too long that way has been through a UTF-8 editor. */
function decoded(latin1: string): string {
  const bytes = Buffer.from(latin1, 'latin1');
  return bytes.length > CODA_WIDTH ? bytes.toString('utf8') : windows1252.decode(bytes);
}
