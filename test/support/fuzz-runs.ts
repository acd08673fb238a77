/** How long tests with random input go on: a little in every run, and as long as FUZZ_RUNS says when it is set. */

/**
 * The number of random cases: `few` in an ordinary run; with FUZZ_RUNS that number times `share`, the part that a case costs
 * less than the cheapest (1 = a case in memory).
 */
export function fuzzRuns(few: number, share = 1): number {
  const given = Number(process.env['FUZZ_RUNS'] ?? 0);
  if (!Number.isInteger(given) || given < 0) throw new RangeError('FUZZ_RUNS is a number of cases');
  return given === 0 ? few : Math.max(1, Math.ceil(given * share));
}

/** Time for one test with random cases: milliseconds, beside the ordinary minute. */
export function fuzzTimeout(millisecondsPerCase: number, cases: number): number {
  return 60_000 + millisecondsPerCase * cases;
}
