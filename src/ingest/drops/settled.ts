/** Decides which files of a listing their sender has finished writing. */
import type { RemoteFile } from './drop-shape.ts';
import { sameState } from './whole-read.ts';

/** `marker`: the sender says so by a second file; `rename`: by a final name; `stable`: listings agree for some seconds. */
export type SettleRule = 'marker' | 'rename' | 'stable';

export interface ReadyFile {
  readonly file: RemoteFile;
  /** name of the marker that released it */
  readonly marker: string | null;
  /** names of its `.sha256` and `.count`, those that are there */
  readonly sidecars: readonly string[];
}

/** Every listed file stands in exactly one of the four. */
export interface Settled {
  readonly ready: ReadyFile[];
  readonly waiting: RemoteFile[];
  /** withdrawn by their sender with `TD.<name>` */
  readonly cancelled: RemoteFile[];
  /** markers, sidecars, dotfiles and temporary names: no files of their own */
  readonly ignored: RemoteFile[];
}

/** A file of a listing, and when it was first listed with this size and time. */
export interface Sighting {
  readonly file: RemoteFile;
  /** milliseconds of whatever clock the listings are timed by */
  readonly since: number;
}

/** By name. */
export type Sightings = ReadonlyMap<string, Sighting>;

const SIDECARS = ['.sha256', '.count'];
const TEMPORARY = ['.part', '.tmp', '.filepart', '.writing'];

/** What is known after a listing that ended `at`: a file that is as it was keeps the moment of its first sight. */
export function sightAnew(listing: readonly RemoteFile[], before: Sightings, at: number): Sightings {
  return new Map(
    listing.map((file) => {
      const known = before.get(file.name);
      return [file.name, known !== undefined && sameState(known.file, file) ? known : { file, since: at }];
    }),
  );
}

/**
 * Sorts a listing. Temporary names and dotfiles are ignored under every rule: an upload that stalls stands still too.
 * `isStill` says for a name whether it has been listed unchanged for long enough; only `stable` asks.
 */
export function settledFiles(
  rule: SettleRule,
  now: readonly RemoteFile[],
  isStill: (name: string) => boolean,
): Settled {
  const names = new Set(now.map((file) => file.name));
  const settled: Settled = { ready: [], waiting: [], cancelled: [], ignored: [] };

  for (const file of now) {
    if (isTemporary(file.name) || isSidecar(file.name) || (rule === 'marker' && isMarker(file.name, names))) {
      settled.ignored.push(file);
      continue;
    }
    const sidecars = SIDECARS.map((suffix) => file.name + suffix).filter((name) => names.has(name));
    const marker = rule === 'marker' ? markerOf(file.name, names) : null;
    if (rule === 'marker' && names.has(`TD.${file.name}`)) settled.cancelled.push(file);
    else if (rule === 'marker' && marker === null) settled.waiting.push(file);
    else if (rule === 'stable' && ![file.name, ...sidecars].every(isStill)) settled.waiting.push(file);
    else settled.ready.push({ file, marker, sidecars });
  }
  return settled;
}

/** The sidecars and markers of a file that are listed: they leave the inbox with it. */
export function companionsOf(name: string, rule: SettleRule, listed: ReadonlyMap<string, unknown>): string[] {
  const markers = rule === 'marker' ? [`${name}.done`, `GO.${name}`] : [];
  return [...SIDECARS.map((suffix) => name + suffix), ...markers].filter((companion) => listed.has(companion));
}

function markerOf(name: string, names: ReadonlySet<string>): string | null {
  return [`${name}.done`, `GO.${name}`].find((marker) => names.has(marker)) ?? null;
}

/** A name of a marker's form without a file to mark is still a marker, unless a marker of its own makes it a file. */
function isMarker(name: string, names: ReadonlySet<string>): boolean {
  const marked =
    /^(?:GO|TD)\.(?<base>.+)$/u.exec(name)?.groups?.base ?? /^(?<base>.+)\.done$/u.exec(name)?.groups?.base;
  if (marked === undefined) return false;
  return names.has(marked) || markerOf(name, names) === null;
}

function isSidecar(name: string): boolean {
  return SIDECARS.some((suffix) => name.endsWith(suffix));
}

/** Whether a name says that its file is still being written. */
export function isTemporary(name: string): boolean {
  const lower = name.toLowerCase();
  return name.startsWith('.') || TEMPORARY.some((suffix) => lower.endsWith(suffix));
}
