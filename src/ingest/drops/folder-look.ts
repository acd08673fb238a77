/** What a folder is found to be by looking at it alone: nothing is made, written, moved or removed. */
import { constants } from 'node:fs';
import { access, stat } from 'node:fs/promises';
import type { DropPlace } from './drop-shape.ts';
import { errorCode } from './error-code.ts';

/** `closed`: it may not be looked into; `read-only`: what Navette would write, move or remove there is refused. */
export type FolderFault = 'missing' | 'no-folder' | 'closed' | 'read-only';

/** One of a drop's folders, and whether Navette changes anything in it. */
export interface FolderNeed {
  readonly folder: keyof DropPlace['paths'];
  readonly writes: boolean;
}

export interface FolderLook extends FolderNeed {
  readonly fault: FolderFault | null;
  /** how many files the inbox holds; null for the other folders, and for an inbox that cannot be listed */
  readonly files: number | null;
  /** false where only a real file would tell whether writing is allowed */
  readonly writesKnown: boolean;
}

/** Asks the system about a local folder, as the user that this process is. */
export async function localFault(
  path: string,
  { lists, writes }: { lists: boolean; writes: boolean },
): Promise<FolderFault | null> {
  const may = (rights: number): Promise<boolean> =>
    access(path, rights).then(
      () => true,
      () => false,
    );
  try {
    if (!(await stat(path)).isDirectory()) return 'no-folder';
  } catch (error) {
    return ['ENOENT', 'ENOTDIR'].includes(String(errorCode(error))) ? 'missing' : 'closed';
  }
  if (!(await may(lists ? constants.R_OK | constants.X_OK : constants.X_OK))) return 'closed';
  return !writes || (await may(constants.W_OK)) ? null : 'read-only';
}
