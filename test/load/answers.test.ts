/** What a statement answered: one row where one must be, and how many rows it wrote. */
import { sql } from 'kysely';
import { expect, test } from 'vitest';
import { countWritten, onlyRow } from '../../src/load/answers.ts';
import { reasonOf } from '../../src/load/database.ts';
import { openTestDatabase } from '../support/database.ts';

const { db } = await openTestDatabase();

test('one row is given as it is; none and several are a bug', async () => {
  const rows = (from: number, to: number) =>
    sql<{ n: number }>`select n from generate_series(${from}::int, ${to}::int) n`.execute(db);
  expect(onlyRow(await rows(3, 3))).toEqual({ n: 3 });
  expect(() => onlyRow({ rows: [] })).toThrow('gave 0');
  const several = await rows(1, 2);
  expect(() => onlyRow(several)).toThrow('gave 2');
});

test('rows that were written are counted, and what only asks writes none', async () => {
  const write = sql`insert into social_secretariat (code, name, language) values ('a', 'A', 'fr'), ('b', 'B', 'nl')`;
  expect(countWritten(await write.execute(db))).toBe(2);
  expect(countWritten({})).toBe(0);
});

test('the reason of a failure is a code or a kind, and never what stands in a row', async () => {
  const refused = await sql`insert into social_secretariat (code, name, language) values ('c', null, 'fr')`
    .execute(db)
    .catch((error: unknown) => error);
  expect(reasonOf(refused)).toBe('23502');
  expect(reasonOf(new AggregateError([Object.assign(new Error('x'), { code: 'ECONNREFUSED' })]))).toBe('ECONNREFUSED');
  expect(reasonOf(new AggregateError([]))).toBe('AggregateError');
  expect(reasonOf(new RangeError('Odilon'))).toBe('RangeError');
  expect(reasonOf('Odilon')).toBe('unknown');
});
