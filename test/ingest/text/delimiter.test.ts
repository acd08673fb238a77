/** Which delimiter a file is read with. */
import { expect, test } from 'vitest';
import { findDelimiter } from '../../../src/ingest/text/delimiter.ts';

const WORDS = ['nationalregisternumber', 'niss', 'periode', 'quantity', 'nom'];
const found = (text: string, words: readonly string[] = WORDS, headerRow = 1) =>
  findDelimiter(text, { delimiter: 'auto', headerRow }, words).delimiter;

test('the delimiter that cuts the header into the most known names', () => {
  expect(found('NISS;Période;Nom, prénom\n1;2;3,4\n')).toBe(';');
  expect(found('NISS,Période,Nom\n1,2,"a;b;c;d"\n')).toBe(',');
  expect(found('niss\tnom\tx;y;z\n')).toBe('\t');
  expect(found('"NISS"|"Nom"|"a;b"\n')).toBe('|');
});

test('header words match in any case, with accents, spaces and quotes', () => {
  expect(found('"National Register Number",PÉRIODE\n')).toBe(',');
});

test('decimal commas in every row do not make the comma a delimiter', () => {
  expect(found('a;b;c\n1;8,00;160,00\n2;8,00;160,00\n', [])).toBe(';');
  expect(found('1,5;2,5\n1,5;2,5\n', [], 0)).toBe(';');
});

test('without known names rows decide, quotes respected', () => {
  expect(found('x,y,z\n1,"a;b",3\n1,"a;b\n;c",3\n', [])).toBe(',');
  expect(found('x|y\n1|2\n', [])).toBe('|');
  expect(found('only\nvalues\n', [])).toBe(';');
  expect(found('', [])).toBe(';');
});

test('lines before the header row are not looked at', () => {
  expect(found('Export, of, many, words\n\nNISS;Nom\n', WORDS, 3)).toBe(';');
  expect(findDelimiter('a\nb\nNISS;Nom\n', { delimiter: 'auto', headerRow: 3 }, WORDS).linesToSkip).toBe(2);
});

test('a sep= line wins over the layout, is left out, and moves the header down', () => {
  const fixed = { delimiter: ';', headerRow: 1 } as const;
  expect(findDelimiter('sep=,\r\nNISS,Nom\r\n', fixed, WORDS)).toEqual({ delimiter: ',', linesToSkip: 1 });
  expect(findDelimiter('"SEP=\t"\nx', { ...fixed, headerRow: 2 }, [])).toEqual({ delimiter: '\t', linesToSkip: 2 });
  expect(findDelimiter('separator;b\n', fixed, [])).toEqual({ delimiter: ';', linesToSkip: 0 });
});

test('a sep= line with another character is refused', () => {
  expect(() => found('sep=:\na:b\n')).toThrow(
    expect.objectContaining({ code: 'file.format', params: { line: 1, reason: 'delimiter' } }),
  );
});

test('the delimiter of the layout is taken as it is', () => {
  expect(findDelimiter('NISS;Nom\n', { delimiter: '|', headerRow: 1 }, WORDS).delimiter).toBe('|');
});
