/** The workbook that is handed out: its sheets and lists, and that sending it back as it is changes nothing, whoever saved it. */

import { mkdir, readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import ExcelJS from 'exceljs';
import { sql } from 'kysely';
import { describe, expect, test } from 'vitest';
import { PORTAL_FIELDS } from '../../../src/config/layout-fields.ts';
import { buildTemplate } from '../../../src/jobs/layouts/build-template.ts';
import { LANGUAGES } from '../../../src/model.ts';
import { foldWord } from '../../../src/transform/values/fold-word.ts';
import {
  DELIVERY_WORDS,
  GENDER_WORDS,
  LANGUAGE_WORDS,
  NO_PRODUCT_WORDS,
  STATUS_WORDS,
} from '../../../src/transform/values/literals.ts';
import { ADDRESS } from '../../support/employer-lines.ts';
import { openImportHome } from '../../support/import-home.ts';
import { inventEnterpriseNumber } from '../../support/people.ts';
import { portalCsv, portalRow } from '../../support/portal-rows.ts';
import {
  findLibreOffice,
  findOpenpyxl,
  saveWithLibreOffice,
  saveWithOpenpyxl,
} from '../../support/spreadsheet-peers.ts';

const home = await openImportHome();
const employer = inventEnterpriseNumber(5_000_003);
const place = (number: number, label: string) => ({ number, label, ...ADDRESS });
const contract = (product: string) => ({ product, from: '2020-01-01', to: null, fees: {} });
await home.importAs(
  'employers.jsonl',
  `${JSON.stringify({
    enterpriseNumber: employer,
    name: 'Brasserie du Parc',
    language: 'fr',
    invoiceEmail: 'compta@example.be',
    status: 'active',
    mandates: [{ secretariat: 'alpha', from: '2020-01-01', to: null }],
    deliveryPoints: [place(1, 'Siège, Bruxelles'), place(2, 'Atelier'), place(3, 'Atelier')],
    costCenters: [1, 2].map((number) => ({ ...place(number, `Site ${3 - number}`), invoiceEmail: null })),
    contracts: ['meal', 'eco', 'gift'].map(contract),
    standingOrders: [],
  })}\n`,
  { layout: 'employers', secretariat: 'issuer' },
);
const PEOPLE = [
  portalRow(1, { costCenter: 'Site 2' }),
  portalRow(2, {
    cardDelivery: 'Client',
    cardDeliveryPoint: '3',
    pinDelivery: 'Bénéficiaire',
    pinStreet: 'Rue du PIN',
    pinHouseNumber: '9',
    pinPostalCode: '1000',
    pinCity: 'Bruxelles',
    costCenter: '2',
    personnelNumber: '007',
    extra2: '0012',
    secondProduct: 'Eco Pass',
    thirdProduct: 'Gift Pass',
    mealFaceValue: '7,35',
  }),
  portalRow(3, {
    cardDelivery: 'Client',
    cardDeliveryPoint: '1',
    pinDelivery: 'Client',
    costCenter: '1',
    gender: 'x',
    cardPostalCode: '0100',
    otherName: 'Éloïse',
  }),
  portalRow(4, { costCenter: '1', mealProduct: '', mealFaceValue: '', secondProduct: 'eco', cardHouseNumber: '1E5' }),
  portalRow(5, { costCenter: '1', status: 'Inactif' }),
];
const arrived = await home.importAs(`${employer}_all.csv`, portalCsv(PEOPLE), { layout: 'beneficiaries-portal' });
if (arrived.counts.created !== PEOPLE.length) throw new Error(JSON.stringify(arrived));

async function everyPerson(): Promise<unknown> {
  const found = await sql`
    select to_jsonb(b) - 'as_of' - 'last_file_id' as record,
           (select jsonb_agg(to_jsonb(p) order by p.product_code, p.valid_from) from beneficiary_product p
             where (p.enterprise_number, p.beneficiary_id) = (b.enterprise_number, b.id)) as products
      from beneficiary b where b.enterprise_number = ${employer} order by b.id`.execute(home.db);
  return found.rows;
}

async function sendBack(name: string, bytes: Buffer) {
  const before = await everyPerson();
  const result = await home.importAs(`${employer}_${name}.xlsx`, bytes, { layout: 'beneficiaries-portal' });
  expect(await everyPerson()).toEqual(before);
  const { status, issues, counts } = result;
  return { status, issues, read: counts.read, unchanged: counts.unchanged };
}

const NOTHING_CHANGED = { status: 'applied', issues: [], read: 4, unchanged: 4 };

describe.each(LANGUAGES)('in %s', (language) => {
  test('a filled one that is sent back changes nothing', async () => {
    const built = await buildTemplate(home.context, employer, language, true);
    expect([built.rows, built.language]).toEqual([4, language]);
    expect(await sendBack(`filled_${language}`, built.bytes)).toEqual(NOTHING_CHANGED);
  });

  test('has the guide first, then 36 columns, with the lists of this employer to row 5000', async () => {
    const { template, fields } = home.context.config.messages[language];
    const book = new ExcelJS.Workbook();
    const { bytes } = await buildTemplate(home.context, employer, language, false);
    await book.xlsx.load(bytes as unknown as ArrayBuffer);
    expect(book.worksheets.map(({ name, state }) => `${name} ${state}`)).toEqual([
      `${template.guide} visible`,
      `${template.data} visible`,
      'Lists hidden',
    ]);
    const [guide, sheet, lists] = book.worksheets;
    const letters = (guide?.getColumn(1).values ?? []).filter((value) => /^A?[A-Z]$/.test(String(value)));
    expect(letters).toHaveLength(PORTAL_FIELDS.length);
    expect((guide?.getColumn(3).values ?? []).filter(Boolean).length).toBe(PORTAL_FIELDS.length + 1);
    expect(guide?.getColumn(4).values.filter((value) => value === template.yes)).toHaveLength(7);
    const header = sheet?.getRow(1).values as string[];
    expect(header.slice(1).map((word) => word.toLowerCase())).toEqual(
      PORTAL_FIELDS.map((field) => (fields[field] ?? '').toLowerCase()),
    );
    expect(sheet?.views[0]).toMatchObject({ state: 'frozen', ySplit: 1 });
    expect([sheet?.getCell('A2').numFmt, sheet?.getCell('S4000').numFmt]).toEqual(['@', '@']);
    const wordsOf = (cell: string): string[] => {
      const [, letter = '', last = ''] = /^Lists!\$(\w+)\$1:\$\w+\$(\d+)$/.exec(ruleOf(sheet, cell)) ?? [];
      return Array.from({ length: Number(last) }, (_, row) => String(lists?.getCell(`${letter}${row + 1}`).value));
    };
    expect(wordsOf('O5000')).toEqual([
      'Siège, Bruxelles',
      template.place.replace('{number}', '2'),
      template.place.replace('{number}', '3'),
    ]);
    expect(wordsOf('X2')).toEqual(wordsOf('O2'));
    expect(wordsOf('AF2')).toEqual(['Site 2', 'Site 1']);
    expect(wordsOf('AG2')).toHaveLength(2);
    expect(wordsOf('AJ5000')).toHaveLength(3);
    for (const [cell, known] of [
      ['C2', STATUS_WORDS],
      ['G2', GENDER_WORDS],
      ['I2', LANGUAGE_WORDS],
      ['N2', DELIVERY_WORDS],
    ] as const) {
      const understood = Object.values(known).flat().map(foldWord);
      for (const word of wordsOf(cell)) expect(understood).toContain(foldWord(word));
      expect(wordsOf(cell).length).toBeGreaterThanOrEqual(2);
    }
    expect(Object.values(NO_PRODUCT_WORDS).flat().map(foldWord)).toContain(foldWord(template.words.none));
  });
});

function ruleOf(sheet: ExcelJS.Worksheet | undefined, cell: string): string {
  return String(sheet?.getCell(cell).dataValidation?.formulae[0] ?? '');
}

test('an empty one is a file without rows, not one of the wrong shape', async () => {
  const { bytes } = await buildTemplate(home.context, employer, null, false);
  expect(await sendBack('empty', bytes)).toEqual({ status: 'applied', issues: [], read: 0, unchanged: 0 });
});

test('an unknown employer is refused', async () => {
  await expect(buildTemplate(home.context, inventEnterpriseNumber(9), 'fr', true)).rejects.toThrow('no such employer');
});

test('saved again by LibreOffice it changes nothing either', { timeout: 120_000 }, async () => {
  if (!(await findLibreOffice()).isThere) return;
  const path = join(home.folder, 'template.xlsx');
  await writeFile(path, (await buildTemplate(home.context, employer, 'nl', true)).bytes);
  await mkdir(join(home.folder, 'saved'), { recursive: true });
  const saved = await saveWithLibreOffice(path, join(home.folder, 'saved'), 'xlsx');
  expect(await sendBack('libreoffice', await readFile(saved))).toEqual(NOTHING_CHANGED);
});

test('saved again by openpyxl it changes nothing either', { timeout: 120_000 }, async () => {
  if (!(await findOpenpyxl()).isThere) return;
  const path = join(home.folder, 'template-openpyxl.xlsx');
  await writeFile(path, (await buildTemplate(home.context, employer, 'de', true)).bytes);
  await saveWithOpenpyxl(path, `${path}.saved.xlsx`);
  expect(await sendBack('openpyxl', await readFile(`${path}.saved.xlsx`))).toEqual(NOTHING_CHANGED);
});
