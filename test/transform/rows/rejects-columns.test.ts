/** The two columns that a rejects file adds: known again when it is returned, wherever they stand. */
import { describe, expect, test } from 'vitest';
import { mapRow } from '../../../src/transform/rows/map-row.ts';
import { planColumns } from '../../../src/transform/rows/plan-columns.ts';
import { findRejectsColumns, nameBeforeRejection, ownWidth } from '../../../src/transform/rows/rejects-columns.ts';
import { fileWith, layoutOf } from '../../support/invented-layout.ts';

describe('a returned rejects file', () => {
  test('is known by both columns, wherever they stand and however they are written', () => {
    expect(findRejectsColumns(['a', 'navette_codes', 'b', ' Navette_Reasons ']).size).toBe(2);
    expect(findRejectsColumns(['a', 'navette_codes']).size).toBe(0);
    expect(findRejectsColumns(['a', 'navette_reasons', null, 3]).size).toBe(0);
  });

  test('is as wide as the columns of its sender', () => {
    const width = (header: string[]) => ownWidth(header, findRejectsColumns(header));
    expect(width(['a', 'b', ''])).toBe(3);
    expect(width(['a', '', 'navette_codes', 'navette_reasons'])).toBe(2);
    expect(width(['a', 'navette_extra', 'navette_codes', 'navette_reasons'])).toBe(1);
    expect(width(['a', 'navette_codes', 'navette_reasons', 'note'])).toBe(4);
  });

  test('by position: the added columns are not read, a cell too many is still seen', () => {
    const layout = layoutOf([
      { field: 'period', source: { column: 0 }, parse: 'text' },
      { field: 'product', source: { column: 1 }, parse: 'text' },
      { field: 'employmentEnd', source: { column: 2 }, parse: 'date' },
    ]);
    const plan = planColumns(layout, fileWith(['p', 'navette_codes', 'navette_reasons']));
    const read = (...cells: string[]) => mapRow(plan, { rowNumber: 2, cells });
    expect(read('x', 'row.format', 'because')).toEqual({
      values: { period: 'x', product: null, employmentEnd: null },
      issues: [],
    });
    expect(read('x', 'row.format', 'because', 'y').issues).toEqual([
      { rowNumber: 2, columnName: null, code: 'row.format', severity: 'error', params: { expected: 1, found: 4 } },
    ]);
  });
});

test.each([
  ['2026_11_MealVoucher.csv.0a1b2c3d.rejects.csv', '2026_11_MealVoucher.csv'],
  ['people.xlsx.0a1b2c3d.rejects.2.xlsx', 'people.xlsx'],
  ['p.csv.0a1b2c3d.rejects.csv.ffffffff.rejects.3.csv', 'p.csv'],
  ['p.rejects.csv', 'p.rejects.csv'],
  ['p.csv', 'p.csv'],
])('%s was %s', (name, before) => {
  expect(nameBeforeRejection(name)).toBe(before);
});
