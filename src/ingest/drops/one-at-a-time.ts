/** Has those who ask for the same thing wait for each other. */

/** Parallel requests on one connection are unreliable with this client: each waits for the one before. */
export function oneAtATime(): <T>(work: () => Promise<T>) => Promise<T> {
  let last: Promise<unknown> = Promise.resolve();
  return (work) => {
    const turn = last.then(work);
    last = turn.catch(() => undefined);
    return turn;
  };
}
