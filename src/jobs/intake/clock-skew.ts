/** Compares this machine's clock with the database's, which decides about claims and due times. */
import { readClock } from '../../load/server-clock.ts';
import type { JobContext } from '../context.ts';

const MOST_MILLISECONDS = 5_000;

export async function warnSkew({ database, log, now }: JobContext): Promise<void> {
  const skew = (await readClock(database.db)) - now;
  if (Math.abs(skew) > MOST_MILLISECONDS) log('clock.skew', { milliseconds: Math.round(skew) });
}
