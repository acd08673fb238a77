/** Workbooks whose bytes or XML were changed: refused, or read as what they say. */
import { readFileSync } from 'node:fs';
import fc from 'fast-check';
import { expect, test } from 'vitest';
import type { Cell } from '../../src/model.ts';
import { mutate, mutation, mutations } from '../support/changed-bytes.ts';
import { inventPerson } from '../support/people.ts';
import { cases, readRows, rowsOf, time } from '../support/read-every-way.ts';
import { readBySaxes, type SaidCell } from '../support/sheet-oracle.ts';
import { partsOf } from '../support/workbook.ts';
import { zipOf } from '../support/zip.ts';

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
