/** Values written as CSV: no formula runs when they are opened, and quotes stand only where they must. */
import { expect, test } from 'vitest';
import { csvLine, withoutFormula } from '../../../src/transform/values/csv-text.ts';

test.each(['=1+1', '+A1', '-A1', '@SUM(A1)', '\t=1', '\r=1', ' =1+1', '＝1', "-2+cmd|' /C calc'!A0", '\ttext'])(
  '%j is shown, not calculated',
  (value) => {
    expect(withoutFormula(value)).toBe(`'${value}`);
  },
);

test.each([
  '',
  'text',
  'a=b',
  '-5',
  '+5,00',
  '-1.234,56 €',
  '+32 475 12 34 56',
  '-',
  '+/-',
  "O'Hara",
  '85.07.30-033.28',
])('%j stays as it is', (value) => {
  expect(withoutFormula(value)).toBe(value);
});

test('quotes stand where a value holds the delimiter, a quote or a line end', () => {
  expect(csvLine(['a', ' b ', 'c;d', 'e,f', '5" pipe', 'g\nh', ''], ';')).toBe(
    'a; b ;"c;d";e,f;"5"" pipe";"g\nh";\r\n',
  );
});
