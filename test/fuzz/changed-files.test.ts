/** Whatever stands in a file: reading it ends, ends soon, and gives no row that the file itself does not say. */
import { readFileSync } from 'node:fs';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import fc from 'fast-check';
import { afterAll, expect, test } from 'vitest';
import type { ConfiguredLayout } from '../../src/config.ts';
import { FileError } from '../../src/errors.ts';
import { fitLayout } from '../../src/jobs/import/fit-layout.ts';
import { checkLayout } from '../../src/jobs/layouts/check-layout.ts';
import { suggestLayout } from '../../src/jobs/layouts/suggest-layout.ts';
import type { Cell } from '../../src/model.ts';
import { mapRow } from '../../src/transform/rows/map-row.ts';
import { fuzzRuns, fuzzTimeout } from '../support/fuzz-runs.ts';
import { CONFIG, TODAY } from '../support/layout-fixtures.ts';
import { inventPerson } from '../support/people.ts';
import { readBySaxes, type SaidCell } from '../support/sheet-oracle.ts';
import { partsOf } from '../support/workbook.ts';
import { zipOf } from '../support/zip.ts';

const folder = await mkdtemp(join(tmpdir(), 'navette-fuzz-'));
afterAll(() => rm(folder, { recursive: true, force: true }));

const LONGEST_MILLISECONDS = 5_000;
const SET = { enterpriseNumber: '0403019261' };

function configured(id: string): ConfiguredLayout {
  const layout = CONFIG.layouts.get(id);
  if (layout === undefined) throw new Error(`there is no layout ${id}`);
  return layout;
}

async function given(name: string, bytes: string | Uint8Array) {
  const path = join(folder, name);
  await writeFile(path, bytes);
  return { path, name, maxBytes: 10_000_000, set: SET, today: TODAY };
}

async function inTime<Result>(work: () => Promise<Result>): Promise<Result> {
  const start = performance.now();
  const result = await work();
  expect(performance.now() - start).toBeLessThan(LONGEST_MILLISECONDS);
  return result;
}

/** Everything that reads the file without a database; whatever it throws beside a FileError fails the test. */
async function readEveryWay(name: string, bytes: string | Uint8Array, layouts: readonly string[]): Promise<void> {
  const file = await given(name, bytes);
  await inTime(async () => {
    for (const id of layouts) await checkLayout(CONFIG, file, configured(id));
  });
  await inTime(async () => {
    try {
      await suggestLayout(CONFIG, file.path, name, TODAY);
    } catch (error) {
      if (!(error instanceof FileError)) throw error;
    }
  });
}

interface ReadRow {
  readonly rowNumber: number;
  readonly cells: readonly Cell[];
  readonly accepted: boolean;
}

/** The rows of a file, as far as it was read; none when it was refused at once. */
async function rowsOf(name: string, bytes: string | Uint8Array, id: string): Promise<ReadRow[]> {
  return (await readRows(name, bytes, id)).rows;
}

async function readRows(name: string, bytes: string | Uint8Array, id: string) {
  const file = await given(name, bytes);
  const rows: ReadRow[] = [];
  let isWhole = false;
  await inTime(async () => {
    try {
      const { table } = await fitLayout(file, [configured(id)], CONFIG);
      for await (const batch of table?.opened.rows ?? []) {
        for (const row of batch) {
          const { issues } = table === null ? { issues: [] } : mapRow(table.plan, row);
          rows.push({ ...row, accepted: issues.every(({ severity }) => severity !== 'error') });
        }
      }
      isWhole = true;
    } catch (error) {
      if (!(error instanceof FileError)) throw error;
    }
  });
  return { rows, isWhole };
}

const ALL_LAYOUTS = [...CONFIG.layouts.keys()];

function cases(few: number, share = 1) {
  return { numRuns: fuzzRuns(few, share) };
}
function time(few: number, share = 1) {
  return { timeout: fuzzTimeout(120, fuzzRuns(few, share)) };
}

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

/** What means something in a file of some format. */
const SIGNS = [
  '0',
  '1',
  '9',
  '99',
  ';',
  '"',
  '\n',
  '<',
  '</c>',
  '<v>',
  '<c>',
  '&#48;',
  'A1',
  ' r="9"',
  ' t="s"',
  ' t="n"',
  '009',
  '006',
];

/** What happens to bytes on their way: changed, lost, doubled, cut. */
const mutation = fc.record({
  kind: fc.constantFrom('change', 'lose', 'double', 'cut', 'insert'),
  // Not a double: of those that there are from 0 to 1 nearly all stand next to 0.
  at: fc.integer({ min: 0, max: 9_999 }).map((part) => part / 10_000),
  length: fc.integer({ min: 1, max: 40 }),
  bytes: fc.oneof(
    fc.uint8Array({ minLength: 1, maxLength: 6 }),
    fc.constantFrom(...SIGNS).map((sign): Uint8Array => Buffer.from(sign)),
  ),
});
const mutations = fc.array(mutation, { minLength: 1, maxLength: 4 });
type Mutation = typeof mutation extends fc.Arbitrary<infer One> ? One : never;

function mutate(original: Buffer, changes: readonly Mutation[]): Buffer {
  return changes.reduce((bytes, { kind, at, length, bytes: added }) => {
    const from = Math.floor(at * bytes.length);
    const piece = bytes.subarray(from, from + length);
    const [before, after] = [bytes.subarray(0, from), bytes.subarray(from + piece.length)];
    if (kind === 'cut') return Buffer.from(before);
    if (kind === 'lose') return Buffer.concat([before, after]);
    if (kind === 'double') return Buffer.concat([before, piece, piece, after]);
    if (kind === 'insert') return Buffer.concat([before, added, piece, after]);
    return Buffer.concat([
      before,
      added.subarray(0, piece.length),
      bytes.subarray(from + Math.min(added.length, piece.length)),
    ]);
  }, original);
}

function sheetXml(): string {
  const row = (number: number, cells: readonly string[]) =>
    `<row r="${number}">${cells.map((cell, at) => `<c r="${String.fromCharCode(65 + at)}${number}" t="inlineStr"><is><t>${cell}</t></is></c>`).join('')}<c r="L${number}" t="s"><v>${number % 3}</v></c></row>`;
  const people = [1, 2, 3, 4].map((index) => {
    const person = inventPerson(index);
    const { nationalRegisterNumber, lastName, firstName, gender, birthDate, language, email } = person;
    return [
      nationalRegisterNumber,
      '',
      'Actif',
      lastName,
      firstName,
      '',
      gender,
      birthDate,
      language,
      email,
      'x'.repeat(180),
    ];
  });
  return [row(1, [...'ABCDEFGHIJK']), ...people.map((cells, index) => row(index + 2, cells))].join('');
}

const TEXTS = ['shared zero', 'shared one', 'shared two'];
const STRINGS = TEXTS.map((text) => `<si><t>${text}</t></si>`).join('');

/** Once as programs write it, and once with its parts in the clear, where a changed byte is a changed letter. */
const WORKBOOKS = [
  readFileSync('fixtures/beneficiaries-portal/input.xlsx'),
  zipOf(partsOf({ sheets: [{ xml: sheetXml() }], strings: STRINGS }).map((part) => ({ ...part, stored: true }))),
];

test('a workbook whose bytes were changed is refused, or says what it said before', time(250), async () => {
  const known = await Promise.all(
    WORKBOOKS.map(async (bytes, index) => {
      const rows = await rowsOf(`0403019261_whole${index}.xlsx`, bytes, 'beneficiaries-portal');
      return new Map(rows.map(({ rowNumber, cells }) => [rowNumber, JSON.stringify(cells)]));
    }),
  );
  expect(known.map(({ size }) => size)).toEqual([9, 4]);
  const which = fc.constantFrom(0, 1, 1);
  // Bytes that move the others break the directory of the zip; most stay where they are.
  const inPlace = mutation.map((one) => ({ ...one, kind: 'change' as const }));
  await fc.assert(
    fc.asyncProperty(
      which,
      fc.oneof(mutations, fc.array(inPlace, { minLength: 1, maxLength: 3 })),
      async (one, changes) => {
        const changed = mutate(WORKBOOKS[one] ?? Buffer.alloc(0), changes);
        // Without its first bytes it may be a text, of which no row is a person's.
        for (const { rowNumber, cells, accepted } of await rowsOf(
          '0403019261_changed.xlsx',
          changed,
          'beneficiaries-portal',
        )) {
          if (accepted) expect(JSON.stringify(cells)).toBe(known[one]?.get(rowNumber));
        }
      },
    ),
    cases(250),
  );
});

test(
  'a sheet whose XML was changed gives the rows and cells that another parser finds in it, or is refused',
  time(250),
  async () => {
    const xml = Buffer.from(sheetXml());
    await fc.assert(
      fc.asyncProperty(mutations, async (changes) => {
        const [sheet] = partsOf({ sheets: [{ xml: mutate(xml, changes).toString('latin1') }] }).slice(-1);
        const book = zipOf(partsOf({ sheets: [{ xml: Buffer.from(sheet?.content ?? '') }], strings: STRINGS }));
        const { rows, isWhole } = await readRows('0403019261_xml.xlsx', book, 'beneficiaries-portal');
        if (!isWhole) return;
        const said = readBySaxes(String(sheet?.content), TEXTS);
        expect(rows.map(({ rowNumber }) => rowNumber)).toEqual([...said.keys()].filter((row) => row > 1));
        for (const { rowNumber, cells } of rows) {
          const own = said.get(rowNumber) ?? [];
          for (let at = 0; at < Math.max(own.length, cells.length); at += 1) expectSaid(cells[at] ?? null, own[at]);
        }
      }),
      cases(250),
    );
  },
);

/** A number may have lost digits, and a word that is none is an error: both are told as such, and rejected later. */
function expectSaid(cell: Cell, said: SaidCell | undefined): void {
  const text = said?.text ?? null;
  if (typeof cell === 'number') expect(cell).toBeCloseTo(Number(text), 5);
  else if (typeof cell === 'boolean') expect(cell).toBe(text === '1' || text === 'true');
  else if (cell === null || typeof cell === 'string')
    expect(cell).toBe(said?.type === 'n' ? text?.trim() || null : text);
  else if ('date' in cell) expect(text).toContain(cell.date);
  else expect(text).not.toMatch(/^\d{1,15}$/);
}

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
