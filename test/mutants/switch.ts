/** Which mutant is true at the moment, and which ones a test comes by. */
import fc from 'fast-check';
import type { Mutant } from './mutate.ts';

export interface OpenMutant extends Mutant {
  readonly path: string;
  /** come by when its file was loaded: switching it on later changes nothing there */
  onLoading: boolean;
}

interface Mutation {
  readonly mutants: OpenMutant[];
  /** number of the mutant that is true; -1 = none */
  active: number;
  /** mutants that the test which runs has come by; null while files are loaded */
  reached: Set<number> | null;
  /** rounds of loops since it was last set to 0, and how many there may be */
  rounds: number;
  most: number;
  open(path: string, mutants: readonly Mutant[]): ((index: number) => boolean) & { tick(): void };
}

declare global {
  var mutation: Mutation;
}

globalThis.mutation = {
  mutants: [],
  active: -1,
  reached: null,
  rounds: 0,
  most: Number.POSITIVE_INFINITY,
  open(path, mutants) {
    const first = this.mutants.length;
    for (const mutant of mutants) this.mutants.push({ ...mutant, path, onLoading: false });
    const isActive = (index: number): boolean => {
      if (this.active !== -1) return this.active === first + index;
      const mutant = this.mutants[first + index];
      if (this.reached !== null) this.reached.add(first + index);
      else if (mutant !== undefined) mutant.onLoading = true;
      return false;
    };
    const tick = (): void => {
      this.rounds += 1;
      if (this.rounds > this.most) throw new Error('a loop that does not end');
    };
    return Object.assign(isActive, { tick });
  },
};

// The same cases every time, and no search for the smallest one: that it fails is enough.
fc.configureGlobal({ seed: 1, endOnFailure: true });
