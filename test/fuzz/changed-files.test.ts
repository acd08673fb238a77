/** Whatever stands in a file: reading it ends, ends soon, and gives no row that the file itself does not say. */
import { readFileSync } from 'node:fs';
import fc from 'fast-check';
import { expect, test } from 'vitest';
import { mutate, mutations } from '../support/changed-bytes.ts';
import { CONFIG } from '../support/layout-fixtures.ts';
import { inventPerson } from '../support/people.ts';
import { cases, readEveryWay, rowsOf, time } from '../support/read-every-way.ts';

const ALL_LAYOUTS = [...CONFIG.layouts.keys()];

const STARTS = [
  '',
  'PK\x03\x04',
  '\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1',
  '%PDF-',
  '<?xml version="1.0"?>',
  '\xff\xfe',
  '\xef\xbb\xbf',
  '{"',
  '0000',
];

test('any bytes, under any name, for every layout', time(150, 0.3), async () => {
  const bytes = fc
    .tuple(fc.constantFrom(...STARTS), fc.uint8Array({ maxLength: 2_000 }))
    .map(([start, rest]) => Buffer.concat([Buffer.from(start, 'latin1'), rest]));
  const names = fc.constantFrom('0403019261_x.csv', '0403019261_x.xlsx', '2026_11_MealVoucher.csv', 'x.txt', 'x.jsonl');
  await fc.assert(
    fc.asyncProperty(names, bytes, (name, content) => readEveryWay(name, content, ALL_LAYOUTS)),
    cases(150, 0.3),
  );
});

const WORDS = [
  'BCE',
  'NISS',
  'Période',
  'Nombre',
  'Valeur',
  'Produit',
  'Sortie',
  '0403019261',
  '85073003328',
  '2026-11',
  '20',
  '8,00',
  '"',
  '""',
  '#CLEAR',
  ';',
  ',',
  '\t',
  '\r\n',
  '\n',
  'é',
  '\u0000',
  '009',
  '999',
  '  ',
];

test('any text of the words that files are made of', time(200, 0.3), async () => {
  const words = fc.array(fc.oneof(fc.constantFrom(...WORDS), fc.string({ unit: 'binary', maxLength: 4 })), {
    maxLength: 120,
  });
  await fc.assert(
    fc.asyncProperty(words, (text) => readEveryWay('0403019261_text.csv', text.join(''), ALL_LAYOUTS)),
    cases(200, 0.3),
  );
});

test('a CSV file that was changed gives each row the cells of its own line', time(250), async () => {
  const lines = [1, 2, 3, 4, 5].map(
    (index) => `0403019261;${inventPerson(index).nationalRegisterNumber};2026-11;${15 + index};8,00`,
  );
  const original = Buffer.from(['BCE;NISS;Période;Nombre;Valeur', ...lines, ''].join('\r\n'));
  await fc.assert(
    fc.asyncProperty(mutations, async (changes) => {
      const changed = mutate(original, changes);
      const rows = await rowsOf('changed.csv', changed, 'payroll-generic');
      const own = changed.toString('latin1').split(/\r\n|\n|\r/);
      for (const { rowNumber, cells, accepted } of rows) {
        const line = own[rowNumber - 1] ?? '';
        // Of a line with quotes or bytes beyond ASCII only the reader knows how they are meant.
        if (!accepted || /["]|[^\x20-\x7e]/.test(line)) continue;
        expect(cells).toEqual(line.split(';'));
      }
    }),
    cases(250),
  );
});

test(
  'a file of fixed width that was changed gives each row its own line, and the person of a line before it',
  time(200),
  async () => {
    const original = readFileSync('fixtures/payroll-fixed-signed/input.txt');
    await fc.assert(
      fc.asyncProperty(mutations, async (changes) => {
        const changed = mutate(original, changes);
        const own = changed.toString('latin1').split(/\r\n|\n|\r/);
        for (const { rowNumber, cells, accepted } of await rowsOf('changed.txt', changed, 'payroll-fixed-signed')) {
          if (!accepted || /[^\x20-\x7e]/.test(own.join(''))) continue;
          const [line, period, employer, person] = cells;
          expect(line).toBe(own[rowNumber - 1]);
          const before = own.slice(0, rowNumber - 1);
          expect(before.findLast((one) => one.startsWith('003'))).toContain(period);
          expect(before.findLast((one) => one.startsWith('006'))).toContain(`${employer}${person}`);
        }
      }),
      cases(200),
    );
  },
);
