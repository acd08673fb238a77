/** Owns the chance of the simulated year: what happens depends on the seed and on what it happens to, never on the order of asking. */
import { createHash } from 'node:crypto';

export interface Chance {
  /** true in `share` of the cases, 0 to 1 */
  is(share: number): boolean;
  /** an integer from `low` to `high`, both included */
  between(low: number, high: number): number;
  pick<T>(list: readonly [T, ...T[]]): T;
}

/** The chance of one thing: the same keys give the same answers, in the same order. */
export function chanceOf(...keys: readonly (string | number)[]): Chance {
  let state = createHash('sha256').update(keys.join('\u0000')).digest().readUInt32LE(0);
  const next = (): number => {
    // mulberry32
    state = (state + 0x6d2b79f5) | 0;
    let mixed = Math.imul(state ^ (state >>> 15), 1 | state);
    mixed = (mixed + Math.imul(mixed ^ (mixed >>> 7), 61 | mixed)) ^ mixed;
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 4_294_967_296;
  };
  const between = (low: number, high: number) => low + Math.floor(next() * (high - low + 1));
  return {
    is: (share) => next() < share,
    between,
    pick: (list) => list[between(0, list.length - 1)] ?? list[0],
  };
}
