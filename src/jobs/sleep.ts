/** Waiting that can be cut short: by whoever knows that there is something to do, and by the end of the worker. */

/** `name` is woken by `wake(name)`, if it may be woken; the end of the worker wakes everybody. */
export type Sleep = (name: string, milliseconds: number, wakeable: boolean) => Promise<void>;

export interface Bell {
  readonly sleep: Sleep;
  /** A sleeper that is not asleep yet does not sleep the next time. */
  readonly wake: (name: string) => void;
}

export function createBell(signal: AbortSignal): Bell {
  const sleepers = new Map<string, () => void>();
  const rung = new Set<string>();
  return {
    sleep: (name, milliseconds, wakeable) => {
      if (signal.aborted || (wakeable && rung.delete(name))) return Promise.resolve();
      return new Promise((resolve) => {
        const end = (): void => {
          clearTimeout(timer);
          signal.removeEventListener('abort', end);
          sleepers.delete(name);
          // Whoever sleeps on has what woke it looked at after that.
          rung.delete(name);
          resolve();
        };
        const timer = setTimeout(end, milliseconds);
        signal.addEventListener('abort', end);
        if (wakeable) sleepers.set(name, end);
      });
    },
    wake(name) {
      rung.add(name);
      sleepers.get(name)?.();
    },
  };
}
