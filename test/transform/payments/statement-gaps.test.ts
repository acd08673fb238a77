/** Gaps between the numbers of bank statements. */
import { expect, it } from 'vitest';
import { statementsAfterGap } from '../../../src/transform/payments/statement-gaps.ts';

const of = (...numbers: string[]) => numbers.map((statementNumber) => ({ year: 2026, statementNumber }));

it.each<[stored: string[], arrived: string[], after: string[]]>([
  [[], ['017'], []],
  [['016'], ['017'], []],
  [['015'], ['017'], ['017']],
  [['15'], ['017', '016'], []],
  [['015', '017'], ['016'], []],
  [['017'], ['015'], []],
  [['010'], ['012', '013', '015'], ['012', '015']],
  [['2026-12-01'], ['2026-12-05'], []],
  [[''], ['017'], []],
])('after %j, %j', (stored, arrived, after) => {
  expect(statementsAfterGap(of(...stored), of(...arrived))).toEqual(of(...after));
});

it('begins anew with 1 each year', () => {
  const stored = [{ year: 2025, statementNumber: '251' }];
  expect(statementsAfterGap(stored, of('001'))).toEqual([]);
  expect(statementsAfterGap(stored, of('002'))).toEqual(of('002'));
});
