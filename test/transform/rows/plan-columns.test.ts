/** Where columns stand in a file, and the values that hold for all of its rows. */
import { describe, expect, it } from 'vitest';
import { ConfigError, FileError } from '../../../src/errors.ts';
import { mapRow } from '../../../src/transform/rows/map-row.ts';
import { type GivenToFile, planColumns, senderColumn, senderPlace } from '../../../src/transform/rows/plan-columns.ts';
import { fileWith, layoutOf, PAYROLL } from '../../support/invented-layout.ts';
import { inventEnterpriseNumber, inventPerson } from '../../support/people.ts';

const HEADER = ['Nom', 'INSZ', ' PERIODE ', 'Kbo', 'AANTAL', 'sortie'];
const EMPLOYER = inventEnterpriseNumber(42);
const PERSON = inventPerson(7);

function faultOf(make: () => unknown): FileError {
  try {
    make();
  } catch (error) {
    if (error instanceof FileError) return error;
    throw error;
  }
  throw new Error('nothing was refused');
}

describe('finding the columns', () => {
  it('finds them in any order, by any of their names, whatever case and accents; other columns do no harm', () => {
    const plan = planColumns(PAYROLL, fileWith(HEADER));
    const cells = ['Nobody', PERSON.nationalRegisterNumber, '202611', EMPLOYER, '20', ''];
    expect(mapRow(plan, { rowNumber: 2, cells })).toEqual({
      values: {
        enterpriseNumber: EMPLOYER,
        nationalRegisterNumber: PERSON.nationalRegisterNumber,
        period: '2026-11',
        product: 'meal',
        quantity: 20,
        employmentEnd: null,
      },
      issues: [],
    });
  });

  it('says what the sender calls a field', () => {
    const plan = planColumns(PAYROLL, fileWith(HEADER));
    expect(senderColumn(plan, 'period')).toEqual({
      by: 'header',
      header: 'PERIODE',
      at: 3,
    });
    expect(senderColumn(plan, 'enterpriseNumber')).toMatchObject({ by: 'header', header: 'Kbo' });
    expect(senderColumn(plan, 'product')).toEqual({ by: 'field' });
    const byPosition = layoutOf([
      { field: 'lastName', source: { column: 27 }, parse: 'text' },
      { field: 'period', source: { chars: [4, 9] }, parse: 'period' },
    ]);
    // Without a header row in the file, the "header" would be a person.
    const plan2 = planColumns(byPosition, fileWith(['85073003328', 'Somebody']));
    expect(senderColumn(plan2, 'lastName')).toEqual({ by: 'letter', letter: 'AB', at: 28 });
    expect(senderColumn(plan2, 'period')).toEqual({ by: 'positions', from: 4, to: 9 });
    expect(senderColumn(plan2, 'elsewhere')).toEqual({ by: 'field' });
    expect(['elsewhere', 'period', 'lastName'].map((field) => senderPlace(senderColumn(plan2, field)))).toEqual([
      0, 4, 28,
    ]);
  });

  it('warns of headers that nobody knows where one that could be theirs is missing', () => {
    const letters = (header: readonly string[]) =>
      planColumns(PAYROLL, fileWith(header)).warnings.map(({ code, params }) => [
        code,
        params['letter'],
        params['accepted'],
      ]);
    const all = ['BCE', 'NISS', 'Période', 'Nombre', 'Valeur', 'Sortie'];
    expect(letters([...all, 'Produit', 'Nom'])).toEqual([]);
    expect(letters(all)).toEqual([]);
    expect(letters([...all, 'Produits', '', 'navette_codes', 'navette_reasons'])).toEqual([
      ['column.ignored', 'G', 'produit'],
    ]);
    expect(letters([...all, ...'abcdefgh'])).toHaveLength(5);
  });

  it('finds what other lines have set behind the line itself, and names it by its place there', () => {
    const layout = layoutOf(
      [
        { field: 'period', source: { context: 'month' }, parse: 'period', required: true },
        { field: 'quantity', source: { chars: [4, 8] }, parse: 'integer' },
      ],
      {
        file: {
          ...PAYROLL.file,
          formats: ['fixed-width'],
          headerRow: 0,
          rows: {
            type: [1, 3],
            row: '009',
            context: [
              { type: '003', name: 'sender', chars: [4, 9] },
              { type: '003', name: 'month', chars: [10, 15] },
            ],
            ignore: [],
            trailer: null,
          },
        },
      },
    );
    const plan = planColumns(layout, fileWith(null, { format: 'fixed-width' }));
    const read = (...cells: string[]) => mapRow(plan, { rowNumber: 3, cells });
    expect(read('00900020', 'ALPHA', '202611').values).toEqual({ period: '2026-11', quantity: 20 });
    expect(read('00900020', 'ALPHA', '').issues).toMatchObject([{ columnName: 'period', code: 'required.missing' }]);
    expect(senderColumn(plan, 'period')).toEqual({ by: 'positions', from: 10, to: 15 });
  });

  it('refuses a file without required headers, and names them all', () => {
    const error = faultOf(() => planColumns(PAYROLL, fileWith(['NISS', 'Valeur', null, 12])));
    expect(error).toMatchObject({ code: 'file.header', column: 'enterpriseNumber' });
    expect(error.params).toEqual({ column: 'BCE', missing: 'BCE, période, nombre' });
  });

  it('does not take a missing column of signs for plus', () => {
    const signed = layoutOf([{ field: 'sign', source: { header: ['signe'] }, parse: 'sign', required: true }]);
    expect(faultOf(() => planColumns(signed, fileWith(['x']))).code).toBe('file.header');
    expect(mapRow(planColumns(signed, fileWith(['Signe'])), { rowNumber: 2, cells: [' '] }).values).toEqual({
      sign: 1,
    });
  });

  it('refuses a file with no header at all', () => {
    expect(faultOf(() => planColumns(PAYROLL, fileWith(null))).code).toBe('file.header');
  });

  it.each([
    ['the same header twice', [...HEADER, 'insz'], 'nationalRegisterNumber', 'B, G'],
    ['two names of one field', ['BCE', ...HEADER], 'enterpriseNumber', 'A, E'],
  ])('refuses %s', (_, header, field, letters) => {
    const error = faultOf(() => planColumns(PAYROLL, fileWith(header)));
    expect(error).toMatchObject({ code: 'file.duplicate-header', column: field, params: { header: letters } });
  });

  it('does not mind unused or blank headers that come twice', () => {
    expect(() => planColumns(PAYROLL, fileWith([...HEADER, 'Nom', '', '', null, 'x', 'x']))).not.toThrow();
  });

  it('lets a default stand for a column that the file lacks, also a required one', () => {
    const one = layoutOf([
      { field: 'product', source: { header: ['produit'] }, parse: 'product', required: true, default: 'eco' },
    ]);
    expect(mapRow(planColumns(one, fileWith(['x'])), { rowNumber: 2, cells: ['y'] }).values).toEqual({
      product: 'eco',
    });
  });

  it('lists a default or constant that is no value as a fault of the configuration', () => {
    const product = { field: 'product', parse: 'product' } as const;
    const wrongDefault = layoutOf([{ ...product, source: { column: 0 }, default: 'sushi' }]);
    const wrongConstant = layoutOf([{ ...product, source: { constant: 'sushi' } }]);
    expect(() => planColumns(wrongDefault, fileWith(null))).toThrow(ConfigError);
    expect(() => planColumns(wrongConstant, fileWith(null))).toThrow(ConfigError);
  });
});

describe('values for the whole file', () => {
  const fromName = layoutOf([
    {
      field: 'enterpriseNumber',
      source: { group: 'enterpriseNumber' },
      parse: 'enterprise-number',
      required: true,
    },
    { field: 'period', source: { group: 'period' }, parse: 'period' },
    { field: 'product', source: { constant: 'meal' }, parse: 'product' },
    { field: 'faceValue', source: { drop: 'faceValue' }, parse: 'euro' },
    { field: 'quantity', source: { column: 0 }, parse: 'integer' },
  ]);
  const plain = inventEnterpriseNumber(1);
  const other = inventEnterpriseNumber(2);
  const valuesWith = (more: Partial<GivenToFile>) =>
    mapRow(planColumns(fromName, fileWith(null, more)), { rowNumber: 1, cells: ['3'] }).values;

  it('come from the name, the drop and the layout', () => {
    const groups = { enterpriseNumber: plain, period: '202611' };
    expect(valuesWith({ groups, set: { faceValue: '8,00' } })).toEqual({
      enterpriseNumber: plain,
      period: '2026-11',
      product: 'meal',
      faceValue: 800,
      quantity: 3,
    });
  });

  it('come from the settings when the name is silent', () => {
    expect(valuesWith({ set: { enterpriseNumber: plain } })).toMatchObject({ enterpriseNumber: plain });
    expect(valuesWith({ set: { enterpriseNumber: plain } })).not.toHaveProperty('period');
  });

  it('may agree, but never differ', () => {
    const dotted = `BE ${plain.slice(0, 4)}.${plain.slice(4, 7)}.${plain.slice(7)}`;
    const groups = { enterpriseNumber: plain };
    expect(valuesWith({ groups, set: { enterpriseNumber: dotted } })).toMatchObject({ enterpriseNumber: plain });
    const error = faultOf(() => valuesWith({ groups, set: { enterpriseNumber: other } }));
    expect(error).toMatchObject({ code: 'file.employer-mismatch', column: 'enterpriseNumber', params: {} });
  });

  it('refuse the file when they are missing or wrong', () => {
    expect(faultOf(() => valuesWith({}))).toMatchObject({ code: 'required.missing', column: 'enterpriseNumber' });
    const groups = { enterpriseNumber: plain, period: '202613' };
    expect(faultOf(() => valuesWith({ groups }))).toMatchObject({ code: 'period.invalid', column: 'period' });
  });
});
