/** What every bench gives: how much, how long, how long by a plain way on the same machine, and whether its goal is met. */
import { existsSync, readFileSync } from 'node:fs';

export interface BenchResult {
  readonly name: string;
  /** pieces of work, such as rows or notices */
  readonly size: number;
  readonly seconds: number;
  /** what the same machine needs for the plainest way to do the same input or output, null without one */
  readonly referenceSeconds: number | null;
  /** `seconds` by `referenceSeconds` */
  readonly ratio: number | null;
  /** largest resident set of the process that does the work; null where it is not asked */
  readonly peakMegabytes: number | null;
  /** in words */
  readonly goal: string;
  readonly met: boolean;
}

/** A bench has a process to itself, so that its peak is its own. `size` 0.1 is a trial with a tenth of everything. */
export type Bench = (size: number) => Promise<BenchResult>;

/**
 * Largest resident set of a process so far. Where there is one, Linux's own mark is read: what `resourceUsage` gives begins with
 * the size that the parent process had when it started this one.
 * @throws Error for another process than this one where there is no such mark
 */
export function peakMegabytesOf(pid: number | 'self'): number {
  const path = `/proc/${pid}/status`;
  const mark = existsSync(path) ? /^VmHWM:\s+(\d+) kB$/m.exec(readFileSync(path, 'utf8'))?.[1] : undefined;
  if (mark === undefined && pid !== 'self') throw new Error(`${path} says no VmHWM`);
  return Math.round((mark === undefined ? process.resourceUsage().maxRSS : Number(mark)) / 1024);
}

export const peakMegabytes = (): number => peakMegabytesOf('self');

/** The embedded server of benches about a whole country: `fsync` stays on, it is otherwise as a small company would set it. */
export const COUNTRY_SERVER: readonly string[] = ['shared_buffers=1GB', 'max_wal_size=8GB'];

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
