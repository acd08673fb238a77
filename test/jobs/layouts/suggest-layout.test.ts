/** A layout proposed for an unknown file: on every example nearly what its shipped layout says, and YAML that loads. */
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, describe, expect, test } from 'vitest';
import { parse } from 'yaml';
import { layoutShape, toLayout } from '../../../src/config/layouts.ts';
import { FileError } from '../../../src/errors.ts';
import { fitLayout } from '../../../src/jobs/import/fit-layout.ts';
import { checkLayout } from '../../../src/jobs/layouts/check-layout.ts';
import { suggestLayout } from '../../../src/jobs/layouts/suggest-layout.ts';
import type { Layout } from '../../../src/model.ts';
import { CONFIG, expectedOf, FIXTURES, fixtureFolders, inputsOf, TODAY } from '../../support/layout-fixtures.ts';
import { portalCsv, portalRow } from '../../support/portal-rows.ts';

const folder = await mkdtemp(join(tmpdir(), 'navette-suggest-'));
afterAll(() => rm(folder, { recursive: true, force: true }));

const SET = { enterpriseNumber: '0403019261' };
const EXAMPLES = fixtureFolders().flatMap((id) =>
  inputsOf(id).map((file) => ({
    id,
    file,
    path: join(FIXTURES, id, file),
    name: expectedOf(id).inputs[file]?.name ?? file,
  })),
);

function given(path: string, name: string) {
  return { path, name, maxBytes: 10_000_000, set: SET, today: TODAY };
}

function layoutOf(yaml: string): Layout {
  return toLayout(layoutShape.parse(parse(yaml)));
}

/** Where every mapped field of a layout stands in one file, or which value it has in all rows. */
async function placesIn(path: string, name: string, layout: Layout): Promise<Map<string, string>> {
  const { table } = await fitLayout(given(path, name), [{ layout, hash: '' }], CONFIG);
  const { columns = [], start = {} } = table?.plan ?? {};
  const fixed = Object.entries(start).flatMap(([field, value]): [string, string][] =>
    value === undefined ? [] : [[field, JSON.stringify(value)]],
  );
  return new Map([...fixed, ...columns.map(({ field, at, cut }): [string, string] => [field, `${at} ${cut ?? ''}`])]);
}

describe.each(EXAMPLES)('$id, $file', ({ id, path, name }) => {
  test('has the right kind and nine of ten mapped columns, in YAML that loads', async () => {
    const shipped = CONFIG.layouts.get(id)?.layout;
    if (shipped === undefined) throw new Error(`there is no layout ${id}`);
    const { yaml } = await suggestLayout(CONFIG, path, name, TODAY);
    const proposed = layoutOf(yaml);
    expect(proposed.kind).toBe(shipped.kind);
    expect(shipped.file.formats).toContain(proposed.file.formats[0]);
    expect(proposed.counts).toBe(shipped.counts);
    const wanted = await placesIn(path, name, shipped);
    const found = await placesIn(path, name, proposed);
    const missed = [...wanted].filter(([field, place]) => found.get(field) !== place).map(([field]) => field);
    expect(missed.length, missed.join(', ')).toBeLessThanOrEqual(wanted.size * 0.1);
  });

  test('reads the rows as the shipped layout does', async () => {
    const shipped = CONFIG.layouts.get(id);
    const { yaml } = await suggestLayout(CONFIG, path, name, TODAY);
    if (shipped === undefined) throw new Error(`there is no layout ${id}`);
    const file = given(path, name);
    const checked = await checkLayout(CONFIG, file, { layout: layoutOf(yaml), hash: '' });
    const expected = await checkLayout(CONFIG, file, shipped);
    expect(checked.rows).toBe(expected.rows);
    expect(checked.sample[0]).toEqual(expected.sample[0]);
  });
});

async function suggestFor(name: string, text: string) {
  const path = join(folder, name);
  await writeFile(path, text);
  const found = await suggestLayout(CONFIG, path, name, TODAY);
  const fields = (found.layout?.fields ?? []).map(({ field, source }) => [field, Object.values(source)[0]]);
  return { ...found, fields: Object.fromEntries(fields) as Record<string, string> };
}

const PERSONS = ['85073003328', '90021411808', '78110325710'];

test.each([
  ['Ondernemingsnummer;Rijksregisternummer;Maand;Aantal;Nominale waarde', 'nl'],
  ['Unternehmensnummer;Nationalregisternummer;Monat;Anzahl;Nennwert', 'de'],
  ['Enterprise number;National register number;Month;Vouchers;Face value', 'en'],
  ["Numéro d'entreprise;N° national;Mois;Nombre;Valeur faciale", 'fr'],
])('headers of a language are known: %s', async (header) => {
  const rows = PERSONS.map((person, index) => `0403019261;${person};11/2026;${18 + index};8,00`);
  const { kind, fields } = await suggestFor('export.csv', [header, ...rows, ''].join('\r\n'));
  const [employer, person, month, count, value] = header.split(';');
  expect(kind).toBe('payroll');
  expect(fields).toMatchObject({
    enterpriseNumber: employer,
    nationalRegisterNumber: person,
    period: month,
    quantity: count,
    faceValue: value,
  });
});

test('what cells hold says what they are where no header does', async () => {
  const rows = PERSONS.map((person, index) => `A${index};${person};0403019261;2026-11;meal;x${index}@example.be`);
  const { layout, fields } = await suggestFor('bare.csv', `${rows.join('\n')}\n`);
  expect(layout?.headerRow).toBe(0);
  expect(fields).toMatchObject({ nationalRegisterNumber: 'B', enterpriseNumber: 'C' });
});

test('a birth is told by the register numbers beside it, and the value of a voucher by its cents', async () => {
  const people = [1, 2, 3, 4].map((index) => portalRow(index));
  const births = people.map(
    (one, index) => `0${index + 1}/02/2019;${one.nationalRegisterNumber};${one.birthDate};${one.gender};${one.email}`,
  );
  const found = await suggestFor('births.csv', ['a;b;c;d;e', ...births, ''].join('\n'));
  expect([found.kind, found.fields['birthDate']]).toEqual(['beneficiaries', 'c']);
  const counts = PERSONS.map((person, index) => `${person};2026-11;${18 + index};8,00`);
  const { kind, fields } = await suggestFor('counts.csv', ['NISS;Mois;Nombre;Bedrag', ...counts, ''].join('\n'));
  expect([kind, fields['faceValue']]).toEqual(['payroll', 'Bedrag']);
});

test('what a layout needs and no column gives is asked of the drop, and said', async () => {
  const rows = PERSONS.map((person) => `${person};2026-11;x`);
  const { yaml, fields } = await suggestFor('x.csv', ['NISS;Mois;Divers', ...rows, ''].join('\n'));
  expect(layoutOf(yaml).kind).toBe('payroll');
  expect(fields['quantity']).toBe('quantity');
  expect(yaml).toMatch(/quantity: \{ drop: "quantity".*# 0\.00, not found in this file/);
});

test('a title above the header, and a header that says the opposite of its cells', async () => {
  const rows = PERSONS.map((person) => `${person};Zélie;2026-11;20`);
  const { layout, fields } = await suggestFor(
    'titled.csv',
    ['Export de novembre;;;', 'NISS;Période;Mois;Nombre', ...rows, ''].join('\n'),
  );
  expect(layout?.headerRow).toBe(2);
  expect(fields['period']).toBe('Mois');
});

test('a street that stands twice is that of the card and that of the PIN', async () => {
  const text = portalCsv([portalRow(1), portalRow(2)]).replace(/^[^\r]*/, (header) =>
    header.replace('cardStreet', 'Rue').replace('pinStreet', 'Rue').replace('nationalRegisterNumber', 'NISS'),
  );
  const { layout } = await suggestFor('0403019261_people.csv', text);
  const sources = new Map(layout?.fields.map(({ field, source }) => [field, source]));
  expect(layout?.namePattern).toBe('^(?<enterpriseNumber>\\d{10})_people\\.csv$');
  expect(sources.get('cardStreet')).toEqual({ column: 'P' });
  expect(sources.get('pinStreet')).toEqual({ column: 'Y' });
});

test('a count below nothing means differences; an amount in cents is told by being whole; a total alone is left out', async () => {
  const rows = PERSONS.map((person, index) => `${person};2026-11;${index - 1};800;${(index - 1) * 800}`);
  const { layout, yaml, fields } = await suggestFor(
    'signed.csv',
    ['NISS;Mois;Nombre;Valeur faciale;Divers', ...rows, ''].join('\n'),
  );
  expect(layout?.counts).toBe('signed');
  expect(fields).toMatchObject({ quantity: 'Nombre', faceValue: 'Valeur faciale' });
  expect(yaml).toMatch(/faceValue: .*parse: cents/);
  const totals = PERSONS.map((person, index) => `${person};2026-11;${18 + index};${(18 + index) * 8},00`);
  const found = await suggestFor('totals.csv', ['NISS;Mois;Nombre;Total', ...totals, ''].join('\n'));
  expect(Object.keys(found.fields)).not.toEqual(expect.arrayContaining(['total']));
  expect(found.layout?.counts).toBe('restated');
});

test('lines of fixed width that say their type, with a header alone or with a trailer alone', async () => {
  const line = (person: string) => `R0403019261${person}20261102000800`;
  const rows = PERSONS.map(line);
  const headed = layoutOf((await suggestFor('headed.txt', ['H20261205', ...rows, ''].join('\n'))).yaml);
  expect(headed.file.rows).toMatchObject({ type: [1, 1], row: 'R', ignore: ['H'], context: [], trailer: null });
  const counted = layoutOf((await suggestFor('counted.txt', [...rows, 'T0003', ''].join('\n'))).yaml);
  expect(counted.file.rows).toMatchObject({ row: 'R', ignore: [], context: [], trailer: { type: 'T', count: [2, 5] } });
});

test('a file that no layout can read is refused by what it is', async () => {
  const path = join(folder, 'list.pdf');
  await writeFile(path, '%PDF-1.7\n');
  await expect(suggestLayout(CONFIG, path, 'list.pdf', TODAY)).rejects.toEqual(
    new FileError('file.format', { found: 'pdf' }),
  );
});
