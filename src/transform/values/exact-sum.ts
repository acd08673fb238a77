/** Which of several amounts add up to exactly one amount. */
import type { Cents } from '../../model.ts';

/** Sixteen amounts have 65,536 sums; with more, only the sum of all is looked at. */
const MOST = 16;

/**
 * The indices, ascending, of positive amounts (cents) that add up to `target`: all of them when they do, else the
 * combination of the earliest ones. Null when none does.
 */
export function findExactSum(amounts: readonly Cents[], target: Cents): number[] | null {
  const all = amounts.map((_, index) => index);
  if (amounts.reduce((sum, amount) => sum + amount, 0) === target) return all;
  if (amounts.length > MOST) return null;
  const reached = new Map<Cents, number[]>([[0, []]]);
  for (const [index, amount] of amounts.entries()) {
    for (const [sum, used] of [...reached]) {
      const next = sum + amount;
      if (next <= target && !reached.has(next)) reached.set(next, [...used, index]);
    }
  }
  return reached.get(target) ?? null;
}
