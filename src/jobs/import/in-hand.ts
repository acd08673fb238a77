/** The files that this process has in hand: several side by side, but one over which an owner was lost is alone. */

const sideBySide = new Set<Promise<unknown>>();
let lastAlone: Promise<unknown> = Promise.resolve();

/**
 * A file that ends its process would have those beside it counted as guilty: `alone` waits for all that are in hand, and all that
 * come later wait for it. The work of files must not ask for others itself.
 */
export async function takeInHand<T>(alone: boolean, work: () => Promise<T>): Promise<T> {
  if (alone) {
    const turn = Promise.allSettled([lastAlone, ...sideBySide]).then(work);
    lastAlone = turn;
    return turn;
  }
  for (let before: Promise<unknown> | null = null; before !== lastAlone; ) {
    before = lastAlone;
    await Promise.allSettled([before]);
  }
  const working = work();
  sideBySide.add(working);
  try {
    return await working;
  } finally {
    sideBySide.delete(working);
  }
}
