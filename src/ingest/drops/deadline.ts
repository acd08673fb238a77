/** Ends what takes too long: a call by its length, a transfer by its silence. */

/** Rejects with `overdue()` when `work` takes longer than `ms`; `work` itself goes on and is no longer heard. */
export async function within<T>(ms: number, work: Promise<T>, overdue: () => Error): Promise<T> {
  let timer: NodeJS.Timeout | undefined;
  const late = new Promise<never>((_, reject) => {
    timer = setTimeout(() => reject(overdue()), ms);
  });
  try {
    return await Promise.race([work, late]);
  } finally {
    clearTimeout(timer);
  }
}

/** Calls `bite` once, when `ms` pass without `alive`; the caller stops it in every case. */
export function watchdog(ms: number, bite: () => void): { alive: () => void; stop: () => void } {
  const timer = setTimeout(bite, ms);
  return { alive: () => void timer.refresh(), stop: () => clearTimeout(timer) };
}
