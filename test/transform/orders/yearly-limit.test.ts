/** The yearly limit of a person: which lines are dropped when they exceed it, and in which order. */
import { describe, expect, it } from 'vitest';
import { linesAboveYearlyLimit } from '../../../src/transform/orders/yearly-limit.ts';

const line = (period: string, faceValue: number, quantity = 1, yearlyLimit: number | null = 25_000) => ({
  period,
  faceValue,
  quantity,
  yearlyLimit,
});

describe('linesAboveYearlyLimit', () => {
  it('exactly the limit is within it, a cent more is not', () => {
    expect(linesAboveYearlyLimit([line('2026-06', 25_000)], 0)).toEqual([]);
    expect(linesAboveYearlyLimit([line('2026-06', 25_000)], 1)).toEqual([{ line: line('2026-06', 25_000), excess: 1 }]);
  });

  it('drops whole lines, the oldest month going first, and a smaller later one may still fit', () => {
    const [june, july, august] = [line('2026-06', 20_000), line('2026-07', 10_000), line('2026-08', 5000)];
    expect(linesAboveYearlyLimit([august, july, june], 0)).toEqual([{ line: july, excess: 5000 }]);
  });

  it('of one month, the lowest face value goes first, however the lines come', () => {
    const [low, high] = [line('2026-06', 9000), line('2026-06', 20_000)];
    for (const lines of [
      [low, high],
      [high, low],
    ]) {
      expect(linesAboveYearlyLimit(lines, 0)).toEqual([{ line: high, excess: 4000 }]);
    }
    const months = [line('2026-07', 10_000), line('2026-06', 20_000)];
    expect(linesAboveYearlyLimit(months, 0)).toEqual([{ line: months[0], excess: 5000 }]);
    expect(linesAboveYearlyLimit(months.toReversed(), 0)).toEqual([{ line: months[0], excess: 5000 }]);
  });

  it('leaves lines of nothing alone', () => {
    expect(linesAboveYearlyLimit([line('2026-06', 900_000, 0)], 30_000)).toEqual([]);
  });

  it('counts what is taken back first', () => {
    const lines = [line('2026-06', 20_000), line('2026-07', 10_000, -1)];
    expect(linesAboveYearlyLimit(lines, 15_000)).toEqual([]);
  });

  it('knows no limit where there is none', () => {
    expect(linesAboveYearlyLimit([line('2026-06', 900_000, 3, null)], 0)).toEqual([]);
  });

  it('what is taken back counts first, together with what the year had', () => {
    const [less, more] = [line('2026-05', 1_000, -1), line('2026-06', 2_000)];
    expect(linesAboveYearlyLimit([more, less], 24_000)).toEqual([]);
    expect(linesAboveYearlyLimit([more, less], 24_001)).toEqual([{ line: more, excess: 1 }]);
  });
});
