/** What the visits of one process share: since when each file of a drop stands there as it is, or unfinished. */
import { steady } from '../../clock.ts';
import type { Drop } from '../../config.ts';
import type { Sightings } from '../../ingest/drops/settled.ts';

export interface Looks {
  /** milliseconds, only forward */
  readonly clock: () => number;
  /** by drop */
  readonly sightings: Map<string, Sightings>;
  /** by drop and name: files that nobody finished, since when, and whether that was told */
  readonly unfinished: Map<string, ReadonlyMap<string, { readonly since: number; told: boolean }>>;
}

export function newLooks(clock: () => number = steady): Looks {
  return { clock, sightings: new Map(), unfinished: new Map() };
}

/** Times of servers are whole seconds: what was written twice in one of them shows only by its size. */
const LEAST_STABLE_SECONDS = 3;

/** So long a file of a drop that settles by `stable` must have been listed unchanged. */
export function stillMilliseconds({ stableSeconds }: Pick<Drop, 'stableSeconds'>): number {
  return (stableSeconds ?? LEAST_STABLE_SECONDS) * 1000;
}
