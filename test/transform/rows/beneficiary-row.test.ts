/** What a beneficiary's row must be beyond its single cells. */
import { expect, test } from 'vitest';
import { checkBeneficiaryRow } from '../../../src/transform/rows/beneficiary-row.ts';
import { CLEAR } from '../../../src/transform/values/field-value.ts';
import { NO_PRODUCT } from '../../../src/transform/values/literals.ts';

const found = (values: Parameters<typeof checkBeneficiaryRow>[0]) =>
  checkBeneficiaryRow(values, 7).map(({ columnName, code, severity }) => `${columnName} ${code} ${severity}`);

test('a face value is above zero, and children are none or more', () => {
  expect(found({ mealFaceValue: 1, children: 0 })).toEqual([]);
  expect(found({ mealFaceValue: 0 })).toEqual(['mealFaceValue euro.invalid error']);
  expect(found({ mealFaceValue: -1, children: -1 })).toEqual([
    'mealFaceValue euro.invalid error',
    'children integer.invalid error',
  ]);
  expect(found({ mealFaceValue: null, children: null })).toEqual([]);
  expect(found({})).toEqual([]);
});

test('what cannot be emptied says so; a face value goes with its product', () => {
  expect(found({ status: CLEAR, mealFaceValue: CLEAR, faceValueFrom: CLEAR, email: CLEAR })).toEqual([
    'status clear.refused error',
    'mealFaceValue clear.refused error',
    'faceValueFrom clear.refused error',
  ]);
  expect(found({ mealProduct: NO_PRODUCT, mealFaceValue: CLEAR, faceValueFrom: CLEAR })).toEqual([]);
  expect(found({ mealProduct: 'meal', mealFaceValue: CLEAR })).toEqual(['mealFaceValue clear.refused error']);
});

test('the fault names its row and what is accepted', () => {
  expect(checkBeneficiaryRow({ children: -2 }, 7)).toEqual([
    {
      rowNumber: 7,
      columnName: 'children',
      code: 'integer.invalid',
      severity: 'error',
      params: { accepted: '0, 1, 2' },
    },
  ]);
  expect(checkBeneficiaryRow({ mealFaceValue: 0 }, 7)[0]).toMatchObject({ rowNumber: 7, params: { accepted: '8,00' } });
});
