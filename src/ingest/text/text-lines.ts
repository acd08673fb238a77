/** Text cut into lines: where lines end, which number an editor gives them, and how long one may get. */

/** One line without its line end; `number` is the one an editor shows. */
export interface TextLine {
  readonly number: number;
  /** empty when the line was too long */
  readonly text: string;
  readonly tooLong: boolean;
}

/**
 * Lines of a text that comes in pieces, a batch for each piece that ends one or more; `\r\n`, `\n` and `\r` all end a line, also mixed.
 * A line of more than `maxLength` characters is handed on as `tooLong` and never kept in memory. A text that ends in a
 * line end has no empty line after it.
 */
export async function* readLines(pieces: AsyncIterable<string>, maxLength: number): AsyncGenerator<TextLine[]> {
  let number = 0;
  let rest = '';
  let restTooLong = false;
  const toLine = (text: string): TextLine => {
    number += 1;
    const tooLong = restTooLong || text.length > maxLength;
    restTooLong = false;
    return { number, text: tooLong ? '' : text, tooLong };
  };
  for await (const piece of pieces) {
    const text = rest + piece;
    const end = endOfWholeLines(text);
    if (end > 0) yield splitLines(text.slice(0, end)).map(toLine);
    rest = text.slice(end);
    if (rest.length > maxLength + 1) {
      restTooLong = true;
      // A last \r must be kept: the \n that may follow belongs to it.
      rest = rest.endsWith('\r') ? '\r' : '';
    }
  }
  if (rest !== '' || restTooLong) yield (rest === '' ? [''] : splitLines(rest)).map(toLine);
}

/** Where the last whole line of a text ends, 0 when none does. A `\r` at the very end waits: its `\n` may be in the next piece. */
export function endOfWholeLines(text: string): number {
  const body = text.endsWith('\r') ? text.slice(0, -1) : text;
  const afterFeed = body.lastIndexOf('\n') + 1;
  return afterFeed + body.slice(afterFeed).lastIndexOf('\r') + 1;
}

/** The lines of a text without their line ends; what follows the last line end is a line only when it is not empty. */
export function splitLines(text: string): string[] {
  const lines = (text.includes('\r') ? text.replaceAll('\r\n', '\n').replaceAll('\r', '\n') : text).split('\n');
  if (lines.at(-1) === '') lines.pop();
  return lines;
}

/** The text after its first `count` lines, however long they are. */
export async function* skipLines(pieces: AsyncIterable<string>, count: number): AsyncGenerator<string> {
  let left = count;
  let text = '';
  for await (const piece of pieces) {
    text += piece;
    while (left > 0) {
      const found = /\r\n|\n|\r(?=[^\n])/.exec(text);
      text = found === null ? (text.endsWith('\r') ? '\r' : '') : text.slice(found.index + found[0].length);
      if (found === null) break;
      left -= 1;
    }
    if (left > 0) continue;
    yield text;
    text = '';
  }
}
