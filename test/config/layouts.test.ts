/** Layout files: what they may say, and that every fault of theirs is told. */
import { describe, expect, test } from 'vitest';
import { parse } from 'yaml';
import { layoutShape, toLayout } from '../../src/config/layouts.ts';

const FIXED = `
id: example
kind: payroll
file:
  format: fixed-width
  rows: { type: 1-3, ignore: ["000"], context: { "003": { month: 4-9 } }, row: "009", trailer: { type: "999", count: 4-10 } }
columns:
  period: { context: month, parse: period YYYYMM, required: true }
  quantity: { chars: 13-17, parse: integer hundredths }
  enterpriseNumber: { drop: enterpriseNumber, parse: enterprise-number }
  nationalRegisterNumber: { chars: 20-30, parse: national-register-number }
  product: { chars: 31-34, parse: product, default: meal }
`;
/** Statements need no columns. */
const NO_COLUMNS = 'id: a, kind: bank-statement';

const read = (text: string) => toLayout(layoutShape.parse(parse(text)));

function faultsOf(text: string): string[] {
  const { error } = layoutShape.safeParse(parse(text));
  return (error?.issues ?? []).map(({ path, message }) => `${path.join('.')}: ${message}`);
}

test('a record-typed layout, as readers and planners see it', () => {
  const { file, columns } = read(FIXED);
  expect(file).toMatchObject({
    formats: ['fixed-width'],
    headerRow: 0,
    rows: {
      type: [1, 3],
      row: '009',
      context: [{ type: '003', name: 'month', chars: [4, 9] }],
      ignore: ['000'],
      trailer: { type: '999', count: [4, 10] },
    },
  });
  expect(columns).toMatchObject([
    { field: 'period', source: { context: 'month' }, parse: 'period', pattern: 'YYYYMM' },
    { field: 'quantity', source: { chars: [13, 17] }, parse: 'integer', pattern: 'hundredths', required: true },
    { field: 'enterpriseNumber', required: true },
    { field: 'nationalRegisterNumber', required: true },
    { field: 'product', required: false, default: 'meal' },
  ]);
});

test('without "rows" and "fields" they are null; a header is taken for granted, but not in fixed width', () => {
  const plain = (format: string) => read(`{ ${NO_COLUMNS}, file: { format: ${format} } }`).file;
  expect(plain('csv')).toMatchObject({ headerRow: 1, rows: null, fields: null });
  expect(plain('fixed-width')).toMatchObject({ headerRow: 0 });
  expect(read(`{ ${NO_COLUMNS}, file: { format: csv, fields: 11-40 } }`).file.fields).toEqual([11, 40]);
});

describe('faults', () => {
  test.each([
    ['a context that no type sets', FIXED.replace('context: month', 'context: year'), 'columns.period.context'],
    ['no quantity', FIXED.replace(/ {2}quantity.*\n/, ''), 'columns'],
    ['two sources', FIXED.replace('chars: 13-17', 'chars: 13-17, group: x'), 'columns.quantity'],
    ['positions from behind', FIXED.replace('13-17', '17-13'), 'columns.quantity.chars'],
    ['a pattern of another parser', FIXED.replace('integer hundredths', 'cents hundredths'), 'columns.quantity.parse'],
    ['a pattern nobody knows', FIXED.replace('period YYYYMM', 'period YYMM'), 'columns.period.parse'],
    ['a type given twice', FIXED.replace('"000"', '"009"'), 'file.rows'],
    ['a type without its quotes', FIXED.replace('row: "009"', 'row: 9'), 'file.rows'],
    ['a type that is longer than its place', FIXED.replace('row: "009"', 'row: "0090"'), 'file.rows'],
    ['types in another format', FIXED.replace('fixed-width', 'csv'), 'file.rows'],
    ['a name set by two types', FIXED.replace('"003"', '"004": { month: 4-9 }, "003"'), 'file.rows'],
    ['a value without its total', `${FIXED}  value: { chars: 40-44, parse: cents }\n`, 'columns'],
    ['a field that does not exist', FIXED.replace('quantity:', 'amount:'), 'columns.amount'],
  ])('%s', (_, text, path) => {
    expect(faultsOf(text).filter((fault) => fault.startsWith(`${path}: `))).toHaveLength(1);
  });
});
