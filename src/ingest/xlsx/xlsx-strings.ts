/** The shared strings of a workbook: every text that its cells refer to by number. */
import { badWorkbook, overLimit } from './xlsx-limits.ts';
import { createStringTable, type StringTable, type StringTableBuilder } from './xlsx-string-table.ts';
import { tagIs } from './xlsx-tags.ts';
import { appendCellText, cellText, xmlText } from './xlsx-text.ts';
import { utf8Pieces } from './xlsx-utf8.ts';
import { createXmlScanner, type XmlSink } from './xlsx-xml.ts';
import { readPart, type XlsxZip } from './xlsx-zip.ts';

/** Half a million strings of 20 characters, as large files have them, are a fifth or less of both. */
const MAX_STRINGS = 5_000_000;
const MAX_CHARACTERS = 200_000_000;

/** All strings by number, rich text without its formatting, phonetic guides left out. FileError as for any part. */
export async function readSharedStrings(zip: XlsxZip, part: string): Promise<StringTable> {
  const strings = createStringTable();
  const scanner = createXmlScanner(sharedStringsSink(strings));
  for await (const piece of utf8Pieces(readPart(zip, part))) scanner.write(piece);
  scanner.end();
  return strings;
}

/** Depths: 1 the root, 2 `si`, 3 `t` or a run `r` in it, 4 `t` in a run. */
function sharedStringsSink(strings: StringTableBuilder): XmlSink {
  let depth = 0;
  /** depth of the element that is skipped with all it holds, 0 for none */
  let skipped = 0;
  let inText = false;
  let inRun = false;
  let text = '';
  let characters = 0;

  return {
    open(tag) {
      depth += 1;
      if (skipped > 0) return;
      if (depth === 1) {
        if (!tagIs(tag, 'sst')) throw badWorkbook('shared-strings');
      } else if (depth === 2) {
        if (tagIs(tag, 'si')) return;
        // Anything unknown here may stand for a string, and all numbers after it would be wrong.
        if (!tagIs(tag, 'extLst')) throw badWorkbook('shared-strings');
        skipped = depth;
      } else if (!inText && tagIs(tag, 't')) {
        inText = true;
      } else if (depth === 3 && tagIs(tag, 'r')) {
        inRun = true;
      } else {
        skipped = depth;
      }
    },
    text(bytes, start, end, cdata) {
      if (!inText || skipped > 0) return;
      text = appendCellText(text, xmlText(bytes, start, end, cdata));
    },
    close() {
      depth -= 1;
      if (skipped > 0) {
        if (depth < skipped) skipped = 0;
      } else if (inText) inText = false;
      else if (inRun) inRun = false;
      else if (depth === 1) {
        if (strings.size === MAX_STRINGS) throw overLimit('strings', MAX_STRINGS);
        characters += text.length;
        if (characters > MAX_CHARACTERS) throw overLimit('characters', MAX_CHARACTERS);
        strings.add(cellText(text));
        text = '';
      }
    },
  };
}
