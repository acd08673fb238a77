/** What every bench gives: how much, how long, how long by a plain way on the same machine, and whether its goal is met. */

export interface BenchResult {
  readonly name: string;
  /** pieces of work, such as rows or notices */
  readonly size: number;
  readonly seconds: number;
  /** what the same machine needs for the plainest way to do the same input or output, null without one */
  readonly referenceSeconds: number | null;
  /** `seconds` by `referenceSeconds` */
  readonly ratio: number | null;
  /** largest resident set of this process */
  readonly peakMegabytes: number;
  /** in words */
  readonly goal: string;
  readonly met: boolean;
}

/** A bench has a process to itself, so that its peak is its own. `size` 0.1 is a trial with a tenth of everything, where one can be made. */
export type Bench = (size: number) => Promise<BenchResult>;

/** Largest resident set of this process so far. */
export function peakMegabytes(): number {
  return Math.round(process.resourceUsage().maxRSS / 1024);
}

/** Seconds that a piece of work takes, to the millisecond. */
export async function secondsOf(work: () => Promise<unknown>): Promise<number> {
  const start = performance.now();
  await work();
  return Math.round(performance.now() - start) / 1000;
}

/** To two places behind the point. */
export function ratioOf(seconds: number, referenceSeconds: number): number {
  return Math.round((seconds / referenceSeconds) * 100) / 100;
}
