/** When a notice that a mail server did not take for now is tried again. */

/** Minutes to wait after the first failed attempt, the second, and so on; four and a half days together (RFC 5321, 4.5.4.1). */
const WAITS = [10, 20, 60, 120, 240, 480, 960, 1440, 1440, 1440] as const;

/** Milliseconds to wait after so many failed attempts (from 1); null when there have been enough of them. */
export function retryAfter(attempts: number): number | null {
  const minutes = WAITS[attempts - 1];
  return minutes === undefined ? null : minutes * 60_000;
}
