/** Owns an invented payroll layout, and what its file brings beside its rows. */
import type { Cell, Layout, LayoutColumn } from '../../src/model.ts';
import type { GivenToFile } from '../../src/transform/rows/plan-columns.ts';

type GivenColumn = Partial<LayoutColumn> & Pick<LayoutColumn, 'field' | 'source' | 'parse'>;

/** A layout of these columns, everything else as common as can be. */
export function layoutOf(columns: readonly GivenColumn[], more: Partial<Layout> = {}): Layout {
  return {
    id: 'invented',
    kind: 'payroll',
    counts: 'restated',
    scope: 'delta',
    sameKey: 'conflict',
    absent: 'keep',
    file: { formats: ['csv'], encoding: 'auto', delimiter: 'auto', headerRow: 1, sheet: 'auto', name: null },
    ...more,
    columns: columns.map((column) => ({ pattern: null, required: false, default: null, values: null, ...column })),
  };
}

/** A CSV file with that header and nothing in its name. */
export function fileWith(header: readonly Cell[] | null, more: Partial<GivenToFile> = {}): GivenToFile {
  const products = new Map([
    ['meal', 'meal'],
    ['eco', 'eco'],
  ]);
  return { header, format: 'csv', groups: {}, set: {}, products, today: '2026-11-23', ...more };
}

export const PAYROLL = layoutOf([
  { field: 'enterpriseNumber', source: { header: ['BCE', 'KBO'] }, parse: 'enterprise-number', required: true },
  {
    field: 'nationalRegisterNumber',
    source: { header: ['NISS', 'INSZ'] },
    parse: 'national-register-number',
    required: true,
  },
  { field: 'period', source: { header: ['période'] }, parse: 'period', required: true },
  { field: 'product', source: { header: ['produit'] }, parse: 'product', default: 'meal' },
  { field: 'quantity', source: { header: ['nombre', 'aantal'] }, parse: 'integer', required: true },
  { field: 'faceValue', source: { header: ['valeur'] }, parse: 'euro' },
  { field: 'employmentEnd', source: { header: ['sortie'] }, parse: 'date' },
]);
