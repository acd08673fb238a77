/** Which of the bank's formats a text file is: XML begins with a bracket, CODA with a digit. */
import { createReadStream } from 'node:fs';

/** Looks at the first characters only; `text` may still be no CODA. */
export async function startsAs(path: string): Promise<'xml' | 'text'> {
  let start = '';
  for await (const piece of createReadStream(path, { end: 1023, encoding: 'latin1' })) start += piece as string;
  return /^(?:\xef\xbb\xbf|\xff\xfe|\xfe\xff)?[\s\0]*</.test(start) ? 'xml' : 'text';
}
