/** The scanner for large XML parts, against saxes as second opinion and against every way to cut its input. */
import fc from 'fast-check';
import { SaxesParser } from 'saxes';
import { expect, test } from 'vitest';
import { FileError } from '../../../src/errors.ts';
import { xmlText } from '../../../src/ingest/xlsx/xlsx-text.ts';
import { createXmlScanner } from '../../../src/ingest/xlsx/xlsx-xml.ts';

type Event = [kind: 'open', name: string, attributes: Record<string, string>] | ['text', string] | ['close'];

/** Joins texts that follow each other and forgets those that hold nothing: scanners may split them as they like. */
function collector(): { events: Event[]; text: (text: string) => void } {
  const events: Event[] = [];
  const text = (more: string): void => {
    const last = events.at(-1);
    if (more === '') return;
    if (last?.[0] === 'text') last[1] += more;
    else events.push(['text', more]);
  };
  return { events, text };
}

function scanned(pieces: readonly Buffer[]): Event[] {
  const { events, text } = collector();
  const scanner = createXmlScanner({
    open({ bytes, nameStart, nameEnd, attributeCount, attributes }) {
      const found: Record<string, string> = {};
      for (let slot = 0; slot < attributeCount * 4; slot += 4) {
        const name = bytes.toString('utf8', attributes[slot], attributes[slot + 1]);
        found[name] = bytes.toString('utf8', attributes[slot + 2], attributes[slot + 3]);
      }
      events.push(['open', bytes.toString('utf8', nameStart, nameEnd), found]);
    },
    text: (bytes, start, end, cdata) => text(xmlText(bytes, start, end, cdata)),
    close: () => events.push(['close']),
  });
  for (const piece of pieces) scanner.write(Buffer.from(piece));
  scanner.end();
  return events;
}

function parsedBySaxes(xml: string): Event[] {
  const { events, text } = collector();
  const parser = new SaxesParser({ fragment: false });
  let depth = 0;
  parser.on('opentag', ({ name, attributes }) => {
    depth += 1;
    events.push(['open', name.slice(name.indexOf(':') + 1), { ...attributes } as Record<string, string>]);
  });
  parser.on('text', (more) => {
    if (depth > 0) text(more);
  });
  parser.on('cdata', text);
  parser.on('closetag', () => {
    depth -= 1;
    events.push(['close']);
  });
  parser.write(xml).close();
  return events;
}

const name = fc.constantFrom('c', 'v', 'x:row', 'is', 'x14ac:dyDescent', 'é', 'a.b-c_1');
const words = fc.constantFrom('', 'a', ' ', '\n', 'é', '😀', '12', '&amp;', '&#xE9;', '&lt;', '>', "'", '-', 'ab cd');
const content = fc.array(words, { maxLength: 6 }).map((parts) => parts.join(''));
const quoted = fc
  .tuple(content, fc.constantFrom('"', "'"))
  .map(([value, quote]) => quote + value.replaceAll(/['\n]/g, '') + quote);
const attribute = fc
  .tuple(name, quoted, fc.constantFrom('=', ' = ', '\n='))
  .map(([key, value, equals]) => ({ key, xml: `${key}${equals}${value}` }));
const attributes = fc
  .uniqueArray(attribute, { maxLength: 3, selector: ({ key }) => key })
  .map((all) => all.map(({ xml }) => ` ${xml}`).join(''));
const blank = fc.constantFrom('', ' ', '\n\t');
const { element } = fc.letrec<{ element: string; node: string }>((tie) => ({
  node: fc.oneof(
    { maxDepth: 4 },
    content,
    content.map((text) => `<![CDATA[]] ${text}]]>`),
    content.map((text) => `<!-- ${text.replaceAll('-', '')} -->`),
    content.map((text) => `<?pi ${text}?>`),
    tie('element'),
  ),
  element: fc
    .tuple(name, attributes, blank, fc.array(tie('node'), { maxLength: 5 }))
    .map(([tag, given, space, nodes]) =>
      nodes.length === 0 ? `<${tag}${given}${space}/>` : `<${tag}${given}${space}>${nodes.join('')}</${tag}${space}>`,
    ),
}));
const xmlDocument = fc
  .tuple(element, fc.constantFrom('', '<?xml version="1.0"?>', '<!-- a --> '), blank)
  .map(([root, before, after]) => before + root + after);

function cutAt(bytes: Buffer, cuts: readonly number[]): Buffer[] {
  const places = [...new Set(cuts.map((cut) => cut % (bytes.length + 1)))].sort((a, b) => a - b);
  return [0, ...places].map((from, index) => bytes.subarray(from, places[index] ?? bytes.length));
}

test('tells what saxes tells, wherever its input is cut', () => {
  fc.assert(
    fc.property(xmlDocument, fc.array(fc.nat(5_000), { maxLength: 8 }), (xml, cuts) => {
      const bytes = Buffer.from(xml);
      const expected = parsedBySaxes(xml);
      expect(scanned([bytes])).toEqual(expected);
      expect(scanned(cutAt(bytes, cuts))).toEqual(expected);
      expect(scanned([...bytes].map((byte) => Buffer.from([byte])))).toEqual(expected);
    }),
    { numRuns: 500 },
  );
});

test('never takes part of a document for the whole, and fails by its own error only', () => {
  fc.assert(
    fc.property(element, fc.nat(5_000), fc.nat(255), (xml, at, byte) => {
      const bytes = Buffer.from(xml);
      const cut = bytes.subarray(0, at % bytes.length);
      expect(() => scanned([cut])).toThrow(FileError);
      const changed = Buffer.from(bytes);
      changed[at % bytes.length] = byte;
      try {
        scanned([changed]);
      } catch (error) {
        expect(error).toBeInstanceOf(FileError);
      }
    }),
    { numRuns: 500 },
  );
});

test('says whether a text is whole', () => {
  const wholes = (xml: string): boolean[] => {
    const found: boolean[] = [];
    const scanner = createXmlScanner({ open() {}, close() {}, text: (_1, _2, _3, _4, whole) => found.push(whole) });
    scanner.write(Buffer.from(xml));
    scanner.end();
    return found;
  };
  expect(wholes('<v>1</v>')).toEqual([true]);
  expect(wholes('<v>1<!-- -->2</v>')).toEqual([false, false]);
  expect(wholes('<v><!-- -->2</v>')).toEqual([false]);
  expect(wholes('<v><![CDATA[1]]>2</v>')).toEqual([false, false]);
  expect(wholes('<a>1<v>2</v>3</a>')).toEqual([false, true, true]);
});
