/** Looks at places one after the other, gives each its time, and leaves folders alone that would hang as those before them did. */
import { within } from '../ingest/drops/deadline.ts';

export interface CheckedPlace {
  /** such as `drop alpha`, `drop alpha: out`, `mail server`, `storage` */
  readonly place: string;
  readonly ok: boolean;
  /** what was found there, or what is wrong */
  readonly found: string;
  /** what to do about it; null when nothing is wrong */
  readonly todo: string | null;
}

/** Looks at one place and says what it found; never throws. */
export type Look = () => Promise<CheckedPlace[]>;

export interface Check {
  readonly look: Look;
  /** what to say when it takes too long */
  readonly place: string;
  readonly todo: string;
  /** of folders: those of one owner, such as a drop, probably lie on one file system; null for what is no folder */
  readonly folderOf: string | null;
}

export interface Looks {
  /** @returns what was found, by check; calls may overlap */
  readonly inTurn: (checks: readonly Check[]) => Promise<void>;
  readonly found: ReadonlyMap<Check, CheckedPlace[]>;
  /** whether a look was given up that still goes on: a system call that never ends keeps a process from ending, too */
  readonly unanswered: () => boolean;
}

/** Node asks the file system in four threads, and one of them has to stay free for those that still answer. */
const MOST_HANGING = 3;

/** Each look has so many milliseconds. */
export function openLooks(milliseconds: number): Looks {
  const found = new Map<Check, CheckedPlace[]>();
  const hanging = new Set<string>();
  let unanswered = false;
  const look = async ({ look, place, todo, folderOf }: Check): Promise<CheckedPlace[]> => {
    const silent = (said: string) => [{ place, ok: false, found: said, todo }];
    if (folderOf !== null && (hanging.has(folderOf) || hanging.size >= MOST_HANGING)) {
      return silent('It was not looked at, as folders before it did not answer.');
    }
    const overdue = new Error('overdue');
    try {
      return await within(milliseconds, look(), () => overdue);
    } catch (error) {
      if (error !== overdue) throw error;
      unanswered = true;
      if (folderOf !== null) hanging.add(folderOf);
      return silent(`It did not answer within ${milliseconds / 1000} s.`);
    }
  };
  const inTurn = async (checks: readonly Check[]): Promise<void> => {
    for (const check of checks) found.set(check, await look(check));
  };
  return { inTurn, found, unanswered: () => unanswered };
}
