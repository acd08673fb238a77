/** A fresh payroll file of a country, from its bytes to applied; the reference is the floor under any loader. */
import { type BenchResult, ratioOf } from './bench.ts';
import { measureCountry } from './import-country.ts';

const GOAL = 2;
const GOAL_AGAIN = 0.7;
const MOST_MEGABYTES = 300;

export async function bench(): Promise<BenchResult> {
  const { rows, floor, fresh, again, peakMegabytes } = await measureCountry();
  const ratio = ratioOf(fresh, floor);
  const ratioAgain = ratioOf(again, fresh);
  return {
    name: 'import',
    size: rows,
    seconds: fresh,
    referenceSeconds: floor,
    ratio,
    peakMegabytes,
    goal: `at most ${GOAL} times the floor, the same file with 1 % changed at most ${GOAL_AGAIN} times fresh (${ratioAgain}), ${MOST_MEGABYTES} MB`,
    met: ratio <= GOAL && ratioAgain <= GOAL_AGAIN && peakMegabytes <= MOST_MEGABYTES,
  };
}
