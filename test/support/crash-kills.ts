/** Owns which kills a month is worth: every kind of change that it was seen to make, before, in and after. */
import type { Crash } from './crash-lane.ts';
import { MONTH } from './crash-month.ts';

export type Kill = Crash & { readonly step: number };

/** A kill in words, by which it can be chosen. */
export const told = (kill: Kill): string =>
  `${MONTH[kill.step]?.name}: ${kill.victim} ${'milliseconds' in kill ? `after ${kill.milliseconds} ms` : `${kill.mode} ${kill.point}${kill.passes === 0 ? '' : ` (number ${kill.passes + 1})`}`}`;

/**
 * Every kind of change of every step. One that lasts: the first and the last of its kind, before the call, while it is made, and
 * after it. One that ends with its transaction: before it, and while the server is at it; after it is before the next one.
 */
export function killsOf(passed: readonly (readonly string[])[]): Kill[] {
  return passed.flatMap((points, step) =>
    [...new Set(points)].flatMap((point): Kill[] => {
      const first = { step, point, passes: 0, victim: 'navette' } as const;
      if (point === 'sql begin' || point === 'sql commit of nothing') return [{ ...first, mode: 'before' }];
      if (point.startsWith('uncommitted'))
        return [
          { ...first, mode: 'before' },
          { ...first, mode: 'during' },
        ];
      // How often a worker looks around is told by the clock.
      const last = MONTH[step]?.isDone === undefined ? points.filter((one) => one === point).length - 1 : 0;
      const modes = ['before', 'during', 'after'] as const;
      const kills = [...new Set([0, last])].flatMap((passes) =>
        modes.map((mode): Kill => ({ ...first, passes, mode })),
      );
      return point.startsWith('sql') ? [...kills, { ...first, mode: 'during', victim: 'postgres' }] : kills;
    }),
  );
}

/** `count` of them, evenly over the whole month and every time the same. */
export function spread(kills: readonly Kill[], count: number): readonly Kill[] {
  if (count >= kills.length) return kills;
  return Array.from({ length: count }, (_, index) => kills[Math.floor(((index + 0.5) * kills.length) / count)]).filter(
    (kill) => kill !== undefined,
  );
}
