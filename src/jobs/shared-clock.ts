/** The database's clock, by which everything is decided: machines whose own clocks differ still agree what day it is. */
import { now as here } from '../clock.ts';
import { readClock } from '../load/server-clock.ts';
import type { JobContext } from './context.ts';

const MOST_MILLISECONDS = 5_000;
const COMPARED_MILLISECONDS = 60_000;

/** Milliseconds that the database's clock is ahead of `now`; told when it is more than a little. */
export async function warnSkew({ database, log, now }: Pick<JobContext, 'database' | 'log' | 'now'>): Promise<number> {
  const skew = Math.round((await readClock(database.db)) - now);
  if (Math.abs(skew) > MOST_MILLISECONDS) log('clock.skew', { milliseconds: skew });
  return skew;
}

export interface SharedClock {
  /** milliseconds since 1970 UTC */
  readonly now: () => number;
  readonly stop: () => void;
}

/** Compares the two clocks every minute; while the database is away, what was found last holds. */
export async function followClock(place: Pick<JobContext, 'database' | 'log'>): Promise<SharedClock> {
  let skew = await warnSkew({ ...place, now: here() });
  const compare = (): void => {
    warnSkew({ ...place, now: here() }).then(
      (found) => {
        skew = found;
      },
      () => undefined,
    );
  };
  const timer = setInterval(compare, COMPARED_MILLISECONDS);
  timer.unref();
  return { now: () => here() + skew, stop: () => clearInterval(timer) };
}
