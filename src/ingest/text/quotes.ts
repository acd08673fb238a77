/** Where the records of a delimited text begin and end when quotes are about, and which stray quotes may be read as text. */
import { FileError } from '../../errors.ts';

const QUOTE = 34;
const LINE_FEED = 10;
const RETURN = 13;

/** One record without its line end. */
interface TextRecord {
  /** the line it begins on */
  readonly line: number;
  readonly text: string;
  readonly hasQuote: boolean;
}

export interface RecordCut {
  /** the whole records, blank ones too */
  readonly records: readonly TextRecord[];
  /** index after the last whole record */
  readonly end: number;
  /** the line that the unfinished rest begins on */
  readonly nextLine: number;
}

/**
 * Cuts a text that begins at the start of a record. A quote opens only at the start of a field (RFC 4180), and closes before
 * a delimiter, a line end or the end of the text. Any other quote is stray: it is text when fields and records end at the
 * same places whether it counts or not (`5" pipe`, `"De Kroon" bvba`); otherwise the file is refused, because a reader that
 * guesses swallows the rows up to the next quote.
 * Throws FileError `file.format` {line of the opening quote}, and `file.limit` {line, limit} for a record longer than `maxSize`.
 */
export function cutRecords(
  text: string,
  delimiter: string,
  firstLine: number,
  maxSize: number,
  atEnd: boolean,
): RecordCut {
  const separator = delimiter.charCodeAt(0);
  const endsField = (code: number): boolean => code === separator || code === LINE_FEED || code === RETURN;
  const records: TextRecord[] = [];
  let line = firstLine;
  let start = 0;
  let startLine = firstLine;
  let fieldStart = true;
  let quoted = false;
  let hasQuote = false;
  let quoteLine = firstLine;
  /** a delimiter or line end stood between the open quote and here, or between a stray quote and here */
  let crossed = false;
  /** this record has a field with a stray quote after its opening one: that field's end is not sure */
  let stray = false;
  let quotesInField = 0;
  const refuse = (at: number): never => {
    throw new FileError('file.format', { line: at, reason: 'quote' });
  };

  for (let i = 0; i < text.length; i += 1) {
    const code = text.charCodeAt(i);
    const isLineEnd = code === LINE_FEED || code === RETURN;
    if (code !== QUOTE && !isLineEnd && code !== separator) {
      fieldStart = false;
      continue;
    }
    const isLast = i + 1 === text.length;
    if (isLast && !atEnd && code !== separator && code !== LINE_FEED) break; // the next piece decides what this one is
    const next = isLast ? LINE_FEED : text.charCodeAt(i + 1);
    if (code === QUOTE) {
      hasQuote = true;
      if (quoted && next === QUOTE && !isLast) {
        i += 1;
      } else if (quoted) {
        quoted = false;
        if (!endsField(next)) {
          if (crossed) refuse(quoteLine);
          stray = true;
        }
      } else if (fieldStart) {
        quoted = true;
        quoteLine = line;
        crossed = false;
      } else {
        quotesInField += 1;
        const looksLikeClosing = quotesInField % 2 === 1 && endsField(next);
        if (looksLikeClosing && stray && crossed) refuse(startLine);
      }
      fieldStart = false;
      continue;
    }
    crossed = true;
    const end = i;
    if (isLineEnd) {
      if (code === RETURN && next === LINE_FEED && !isLast) i += 1;
      line += 1;
    }
    if (quoted) continue;
    fieldStart = true;
    quotesInField = 0;
    if (!isLineEnd) continue;
    if (end - start > maxSize) throw new FileError('file.limit', { line: startLine, limit: maxSize });
    records.push({ line: startLine, text: text.slice(start, end), hasQuote });
    start = i + 1;
    startLine = line;
    hasQuote = false;
    stray = false;
  }

  const isTooLong = text.length - start > maxSize;
  if (quoted && (atEnd || isTooLong)) refuse(quoteLine);
  if (isTooLong) throw new FileError('file.limit', { line: startLine, limit: maxSize });
  if (!atEnd || start === text.length) return { records, end: start, nextLine: startLine };
  records.push({ line: startLine, text: text.slice(start), hasQuote });
  return { records, end: text.length, nextLine: line + 1 };
}
