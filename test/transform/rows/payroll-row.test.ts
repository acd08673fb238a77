/** Counts and amounts of one payroll row that must make sense together. */
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { checkPayrollRow, saidFaceValue, signedQuantity } from '../../../src/transform/rows/payroll-row.ts';
import { CLEAR, type FieldValues } from '../../../src/transform/values/field-value.ts';

const found = (values: FieldValues, counts: 'restated' | 'signed' = 'restated') =>
  checkPayrollRow({ product: 'meal', ...values }, 4, counts).map(({ columnName, code, severity }) => [
    columnName,
    code,
    severity,
  ]);

it('has nothing to empty: a clear mark is refused in every column, and told once', () => {
  expect(found({ quantity: 1, product: CLEAR, sign: CLEAR, faceValue: CLEAR, employmentEnd: CLEAR })).toEqual(
    ['product', 'sign', 'faceValue', 'employmentEnd'].map((field) => [field, 'clear.refused', 'error']),
  );
  expect(found({ quantity: 1, value: CLEAR, total: CLEAR })).toEqual([
    ['value', 'clear.refused', 'error'],
    ['total', 'clear.refused', 'error'],
  ]);
});

describe('quantities', () => {
  it('are not negative where they are totals, and unusual above the days of a month', () => {
    expect(found({ quantity: -1 })).toEqual([['quantity', 'quantity.negative', 'error']]);
    expect(found({ quantity: -1 }, 'signed')).toEqual([]);
    expect(found({ quantity: 31 })).toEqual([]);
    expect(checkPayrollRow({ product: 'meal', quantity: 32 }, 4, 'restated')).toEqual([
      { rowNumber: 4, columnName: 'quantity', code: 'count.unusual', severity: 'warning', params: { max: 31 } },
    ]);
    expect(found({ product: 'eco', quantity: 32 })).toEqual([]);
  });

  it('take the sign of their own column', () => {
    expect(signedQuantity({ quantity: 2, sign: -1 })).toBe(-2);
    expect(signedQuantity({ quantity: 2 })).toBe(2);
    expect(signedQuantity({ quantity: null, sign: -1 })).toBeNull();
  });
});

describe('value and total', () => {
  const row = (value: number | null, quantity: number, total: number | null) => ({ value, quantity, total });

  it('make the face value where they multiply', () => {
    expect(found(row(800, 20, 16_000))).toEqual([]);
    expect(saidFaceValue(row(800, 20, 16_000))).toBe(800);
  });

  it('leave a blend to the rules of its period: 20 × 10.00 − 2 × 8.00 over 18 prints 10.22', () => {
    expect(found(row(1022, 18, 18_400))).toEqual([]);
    expect(saidFaceValue(row(1022, 18, 18_400))).toBeNull();
  });

  it('disagree when the value is not the total by the quantity, half a cent rounded up', () => {
    const mismatch = [['total', 'total.mismatch', 'error']];
    expect(found(row(1023, 18, 18_400))).toEqual(mismatch);
    expect(found(row(801, 2, 1601))).toEqual([]);
    expect(found(row(800, 2, 1601))).toEqual(mismatch);
    expect(found(row(800, 0, 800))).toEqual(mismatch);
    const signed = (value: number, quantity: number, total: number) =>
      checkPayrollRow({ product: 'meal', ...row(value, quantity, total) }, 4, 'signed').map(({ code }) => code);
    expect(signed(800, -2, -1600)).toEqual([]);
    expect(signed(801, -2, -1601)).toEqual([]);
    expect(signed(800, -2, 1600)).toEqual(['total.mismatch']);
    expect(found(row(800, 20, -16_000))).toEqual(mismatch);
  });

  it('of nothing give a value only when it is one', () => {
    expect(found(row(800, 0, 0))).toEqual([]);
    expect(saidFaceValue(row(800, 0, 0))).toBe(800);
    expect(found(row(0, 0, 0))).toEqual([]);
    expect(saidFaceValue(row(0, 0, 0))).toBeNull();
  });

  it('agree for every total that is rounded as amounts are', () => {
    const halfUp = (total: bigint, quantity: bigint) => (2n * total + quantity) / (2n * quantity);
    fc.assert(
      fc.property(
        fc.integer({ min: 1, max: 2_147_483_647 }),
        fc.integer({ min: 1, max: 100_000 }),
        (total, quantity) => {
          const value = Number(halfUp(BigInt(total), BigInt(quantity)));
          if (value > 0) expect(found({ ...row(value, quantity, total), product: 'eco' })).toEqual([]);
          expect(found({ ...row(value + 1, quantity, total), product: 'eco' })).toEqual([
            ['total', 'total.mismatch', 'error'],
          ]);
        },
      ),
    );
  });
});

describe('a face value', () => {
  it('is above zero; nothing needs none', () => {
    expect(found({ faceValue: 0, quantity: 20 })).toEqual([['faceValue', 'euro.invalid', 'error']]);
    expect(found({ faceValue: -800, quantity: 20 })).toEqual([['faceValue', 'euro.invalid', 'error']]);
    expect(found({ value: -800, quantity: 2, total: -1600 })).toEqual([['value', 'euro.invalid', 'error']]);
    expect(found({ faceValue: 0, quantity: 0 })).toEqual([]);
    expect(saidFaceValue({ faceValue: 0, quantity: 0 })).toBeNull();
    expect(saidFaceValue({ faceValue: 800, quantity: 20 })).toBe(800);
    expect(saidFaceValue({ quantity: 20 })).toBeNull();
  });
});
