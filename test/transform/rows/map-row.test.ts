/** Rows of a file become values: blanks, defaults, clear marks, and every fault of a row. */
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { Cell } from '../../../src/model.ts';
import { mapRow } from '../../../src/transform/rows/map-row.ts';
import { planColumns } from '../../../src/transform/rows/plan-columns.ts';
import { CLEAR } from '../../../src/transform/values/field-value.ts';
import { fileWith, layoutOf, PAYROLL } from '../../support/invented-layout.ts';
import { inventEnterpriseNumber, inventNationalRegisterNumber, inventPerson } from '../../support/people.ts';

const EMPLOYER = inventEnterpriseNumber(42);
const PERSON = inventPerson(7);

describe('reading a row', () => {
  const plan = planColumns(PAYROLL, fileWith(['BCE', 'NISS', 'Période', 'Produit', 'Nombre', 'Valeur', 'Sortie']));
  const good = [EMPLOYER, PERSON.nationalRegisterNumber, '11/2026', 'eco', '1', '€ 250', '30/11/2026'];
  const read = (cells: readonly Cell[]) => mapRow(plan, { rowNumber: 9, cells });

  it('reports every fault, one a column, and keeps what could be read', () => {
    const { values, issues } = read([EMPLOYER, '123', '', 'sushi', '20,5', '1.234', '31/11/2026']);
    expect(issues.map(({ columnName, code }) => [columnName, code])).toEqual([
      ['nationalRegisterNumber', 'nrn.invalid'],
      ['period', 'required.missing'],
      ['product', 'literal.unknown'],
      ['quantity', 'integer.invalid'],
      ['faceValue', 'euro.invalid'],
      ['employmentEnd', 'date.invalid'],
    ]);
    expect(issues.every(({ rowNumber, severity }) => rowNumber === 9 && severity === 'error')).toBe(true);
    expect(values).toEqual({ enterpriseNumber: EMPLOYER });
  });

  it('takes missing cells, spaces and null for blank', () => {
    const short = read(good.slice(0, 5));
    expect(short).toMatchObject({ values: { faceValue: null, employmentEnd: null }, issues: [] });
    expect(read([...good.slice(0, 3), ' \u00a0', '1', null, '\t']).values).toMatchObject({
      product: 'meal',
      faceValue: null,
      employmentEnd: null,
    });
  });

  it('reads a text that was written as a formula for Excel, and no other formula', () => {
    const [employer = '', person = '', ...rest] = good;
    const { values, issues } = read([`="${employer}"`, ` ="${person}" `, ...rest.slice(0, 3), '=""']);
    expect(values).toMatchObject({ enterpriseNumber: employer, nationalRegisterNumber: person, faceValue: null });
    expect(issues).toEqual([]);
    expect(read([`=${employer}`, person, ...rest]).issues).toMatchObject([{ code: 'enterprise-number.invalid' }]);
  });

  it('reads the clear mark in any case, and refuses it in a required column', () => {
    const { values, issues } = read([...good.slice(0, 4), '#clear', '#CLEAR', ' #Clear ']);
    expect(values).toMatchObject({ faceValue: CLEAR, employmentEnd: CLEAR });
    expect(issues).toEqual([
      { rowNumber: 9, columnName: 'quantity', code: 'clear.required', severity: 'error', params: {} },
    ]);
  });

  it('refuses cells behind the header that hold something', () => {
    expect(read([...good, '', ' ', null]).issues).toEqual([]);
    expect(read([...good, 'x']).issues).toMatchObject([{ code: 'row.format', params: { expected: 7, found: 8 } }]);
    expect(read([...good, '', 'x', '']).issues).toEqual([
      { rowNumber: 9, columnName: null, code: 'row.format', severity: 'error', params: { expected: 7, found: 9 } },
    ]);
  });

  it('takes as many fields as agreed, and a line that does not end within a number', () => {
    const header = ['BCE', 'NISS', 'Période', 'Produit', 'Nombre', 'Valeur', 'Sortie'];
    const agreed = { ...PAYROLL, file: { ...PAYROLL.file, fields: [5, 9] as const } };
    const issuesOf = (cells: readonly Cell[]) =>
      mapRow(planColumns(agreed, fileWith(header)), { rowNumber: 9, cells }).issues;
    expect(issuesOf(good.slice(0, 5))).toEqual([]);
    expect(issuesOf([...good, '', ''])).toEqual([]);
    expect(issuesOf(good.slice(0, 4))).toContainEqual({
      rowNumber: 9,
      columnName: null,
      code: 'row.format',
      severity: 'error',
      params: { expected: 5, found: 4 },
    });
    expect(issuesOf([...good, '', '', ''])).toMatchObject([{ code: 'row.format', params: { expected: 9, found: 10 } }]);
    expect(issuesOf([...good, '', 'x'])).toMatchObject([{ code: 'row.format', params: { expected: 7, found: 9 } }]);

    const fixed = layoutOf([
      { field: 'lastName', source: { chars: [1, 4] }, parse: 'text' },
      { field: 'faceValue', source: { chars: [5, 9] }, parse: 'cents' },
    ]);
    const lineIssues = (line: string) =>
      mapRow(planColumns(fixed, fileWith(null, { format: 'fixed-width' })), { rowNumber: 1, cells: [line] }).issues;
    expect(lineIssues('ab  00800 x')).toEqual([]);
    expect(lineIssues('ab')).toEqual([]);
    expect(lineIssues('ab  ')).toEqual([]);
    expect(lineIssues('ab  008')).toMatchObject([{ code: 'row.format', columnName: null, params: {} }]);
  });

  it('lets a workbook have notes beside its table', () => {
    const header = ['BCE', 'NISS', 'Période', 'Produit', 'Nombre'];
    const workbook = planColumns(PAYROLL, fileWith(header, { format: 'xlsx' }));
    expect(mapRow(workbook, { rowNumber: 2, cells: [...good.slice(0, 5), 'seen by Zélie'] }).issues).toEqual([]);
  });

  it('passes warnings on with their value', () => {
    const number = inventNationalRegisterNumber('2000-05-05', 34);
    const { values, issues } = read([EMPLOYER, number.slice(3), ...good.slice(2)]);
    expect(values).toMatchObject({ nationalRegisterNumber: number });
    expect(issues).toEqual([
      {
        rowNumber: 9,
        columnName: 'nationalRegisterNumber',
        code: 'nrn.repaired',
        severity: 'warning',
        params: { count: 3 },
      },
    ]);
  });

  it('cuts lines of fixed width, short ones too', () => {
    const fixed = layoutOf([
      { field: 'product', source: { chars: [4, 11] }, parse: 'product', required: true },
      { field: 'sign', source: { chars: [12, 12] }, parse: 'sign', required: true },
      { field: 'quantity', source: { chars: [13, 17] }, parse: 'integer', pattern: 'hundredths', required: true },
      { field: 'faceValue', source: { chars: [18, 22] }, parse: 'cents' },
    ]);
    const lines = planColumns(fixed, fileWith(null, { format: 'fixed-width' }));
    const values = (line: string) => mapRow(lines, { rowNumber: 4, cells: [line] });
    expect(values('009meal    +0200000800').values).toEqual({ product: 'meal', sign: 1, quantity: 20, faceValue: 800 });
    expect(values('009meal    -0200000800').values).toMatchObject({ sign: -1 });
    expect(values('009meal     02000').values).toEqual({ product: 'meal', sign: 1, quantity: 20, faceValue: null });
    expect(values('009').issues.map(({ columnName }) => columnName)).toEqual(['product', 'quantity']);
  });

  it('never repeats what a cell holds', () => {
    const canary = 'ZZCANARYZZ';
    const cells = fc.array(fc.constantFrom<Cell>(canary, `1${canary}`, '', null, { error: canary }), { maxLength: 9 });
    fc.assert(
      fc.property(cells, (row) => {
        expect(JSON.stringify(read(row).issues)).not.toContain(canary);
      }),
    );
  });
});

describe('birth date and gender', () => {
  const people = layoutOf(
    [
      { field: 'nationalRegisterNumber', source: { column: 0 }, parse: 'national-register-number', required: true },
      { field: 'birthDate', source: { column: 1 }, parse: 'date', required: true },
      { field: 'gender', source: { column: 2 }, parse: 'gender', required: true },
      { field: 'mealProduct', source: { column: 3 }, parse: 'product' },
    ],
    { kind: 'beneficiaries' },
  );
  const plan = planColumns(people, fileWith(null, { format: 'xlsx' }));
  const codes = (...cells: Cell[]) => mapRow(plan, { rowNumber: 3, cells }).issues.map(({ code }) => code);
  const number = inventNationalRegisterNumber('1985-07-30', 33);

  it.each<[string, Cell, Cell, string[]]>([
    [number, '30/07/1985', 'm', []],
    [number, '31/07/1985', 'm', ['nrn.birth-date']],
    [number, '30/07/1985', 'f', ['nrn.gender']],
    [number, '30/07/1986', 'w', ['nrn.birth-date', 'nrn.gender']],
    [number, '30/07/1985', 'x', []],
    ['85000003306', '30/07/1985', 'm', []],
    ['98272899722', '28/07/1998', 'm', []],
    ['98272899722', '28/07/1998', 'f', []],
    ['98472899765', '28/07/1998', 'f', ['nrn.gender']],
    ['17073003384', '30/07/1917', 'm', ['nrn.birth-date']],
  ])('%s with %s and %s: %j', (registerNumber, birthDate, gender, expected) => {
    expect(codes(registerNumber, birthDate, gender)).toEqual(expected);
  });

  it('are not compared when one of the two is wrong', () => {
    expect(codes('123', '30/07/1985', 'm')).toEqual(['nrn.invalid']);
    expect(codes(number, '30/07/85', 'f')).toEqual(['date.invalid', 'nrn.gender']);
  });

  it('a person may have no product', () => {
    const { values } = mapRow(plan, { rowNumber: 3, cells: [number, '30/07/1985', 'm', 'Niet van toepassing'] });
    expect(values).toMatchObject({ mealProduct: 'none' });
  });
});
