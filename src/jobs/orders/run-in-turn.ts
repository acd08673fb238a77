/** Batches in turn, two under way at a time: while one is priced and confirmed, the lines of the next are written. */

export interface Turn {
  /** to be called when the batch holds its employers: the next one may ask for its own */
  readonly locked: () => void;
  /** fulfilled when all batches before are committed, rejected when one of them failed */
  readonly comes: Promise<unknown>;
}

/** For work that is not one of several batches. */
export const ALONE: Turn = { locked: () => undefined, comes: Promise.resolve() };

/**
 * Runs `work` on each batch. One begins when the batch before it holds its employers and the batch before that is committed.
 * So locks are asked for in the order of the batches, as by one long transaction, and nobody waits in a circle for two of
 * them; and what a batch does after its turn has come sees what all batches before it have done. When one fails, the next is
 * to fail by its `comes`, and no other begins.
 * @returns how many batches, from the first, are committed; `error` is why the one after them is not
 */
export async function runInTurn<T>(
  batches: readonly T[],
  work: (batch: T, turn: Turn) => Promise<void>,
): Promise<{ readonly committed: number; readonly error: unknown }> {
  let committed = 0;
  let last: Promise<void> = Promise.resolve();
  try {
    for (const batch of batches) {
      const { promise: isLocked, resolve: locked } = Promise.withResolvers<void>();
      const before = last;
      last = work(batch, { locked, comes: before }).then(() => {
        committed++;
      });
      await Promise.race([isLocked, last]);
      await before;
    }
    await last;
    return { committed, error: null };
  } catch (error) {
    await last.catch(() => undefined);
    return { committed, error };
  }
}
