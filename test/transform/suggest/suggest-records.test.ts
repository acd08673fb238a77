/** Whether the lines of an unknown file say their type, and which type is a row, sets something, or closes the file. */
import { expect, test } from 'vitest';
import { suggestRecords } from '../../../src/transform/suggest/suggest-records.ts';
import { inventPerson } from '../../support/people.ts';

const CONTEXT = { today: '2026-12-01', products: new Map([['meal', 'meal']]) };
const person = (index: number) => `006040301926${inventPerson(index).nationalRegisterNumber.padStart(12, '1')}`;
const HEADER = '000NAVPTG0000120261205';
const ROWS = [1, 2, 3].flatMap((index) => [person(index), '009meal    +0002000800', '009meal    -0000200800']);
const BODY = [HEADER, '003202611', ...ROWS];
const records = (lines: readonly string[], total = lines.length) =>
  suggestRecords(lines, total, CONTEXT)?.records ?? null;

test('header, what is set, rows and a trailer that counts the lines before it', () => {
  const found = suggestRecords([...BODY, '9990000011'], 12, CONTEXT);
  expect(found?.records).toMatchObject({
    type: [1, 3],
    ignore: ['000'],
    row: '009',
    trailer: { type: '999', count: [4, 10] },
  });
  expect(found?.records.context.map(({ type, cut }) => `${type} ${cut.field} ${cut.from}-${cut.to}`)).toContain(
    '003 period 4-9',
  );
  expect(found?.cuts.map(({ field, from, to }) => `${field} ${from}-${to}`)).toEqual([
    'product 4-11',
    'sign 12-12',
    'quantity 13-17',
    'faceValue 18-22',
  ]);
});

test('without a trailer a header of its own type is enough; a last line that counts something else is no trailer', () => {
  expect(records(BODY)).toMatchObject({ ignore: ['000'], row: '009', trailer: null });
  expect(records([...BODY, '9990000012'], 12)).toMatchObject({ trailer: null });
  expect(records([...BODY, '999'], 12)).toMatchObject({ trailer: null });
});

test('lines that are rows alone have no types', () => {
  expect(records(['009meal    +0002000800', '009meal    -0000200800'])).toBeNull();
  expect(records([])).toBeNull();
  expect(records(BODY.map((line) => line.replace(/^\d{3}/, 'a-b')))).toBeNull();
  // Neither a header nor a trailer of its own type: the beginnings of rows are no types.
  expect(records([...ROWS, ...ROWS])).toBeNull();
  // No type of lines holds a number of vouchers.
  expect(records([HEADER, '003202611', '003202612'])).toBeNull();
});
