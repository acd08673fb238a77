/** What one visit knows of the files it returns to a drop. */
import type { Drop } from '../../config.ts';
import type { OpenDrop, RemoteFile } from '../../ingest/drops/drop.ts';

export interface Returns {
  readonly drop: Drop;
  /** asked for when there is something to return */
  readonly opened: () => Promise<OpenDrop>;
  /** what the inbox showed last, by name */
  listing: ReadonlyMap<string, RemoteFile>;
  /** names that stand in the inbox no more; they may still be in the listing */
  readonly moved: Set<string>;
  /** ids of files and outgoing files that could not be moved or put: they are tried again by the next visit */
  readonly failed: { readonly files: Set<number>; readonly outgoing: Set<number> };
}

export function createReturns(drop: Drop, opened: () => Promise<OpenDrop>): Returns {
  return {
    drop,
    opened,
    listing: new Map(),
    moved: new Set(),
    failed: { files: new Set(), outgoing: new Set() },
  };
}
