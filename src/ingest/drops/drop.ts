/** Opens a drop of whatever kind: one line per kind. */
import { DROP_LIMITS, type DropLimits, type DropPlace, type OpenDrop } from './drop-shape.ts';
import { openFolderDrop } from './folder-drop.ts';
import { openSftpDrop } from './sftp-drop.ts';

export type { DropLimits, DropPlace, FetchedFile, OpenDrop, RemoteFile, SftpPlace } from './drop-shape.ts';

const OPENERS: Record<DropPlace['kind'], (drop: DropPlace, limits: DropLimits) => Promise<OpenDrop>> = {
  folder: openFolderDrop,
  sftp: openSftpDrop,
};

/**
 * Reaches a drop; the caller closes it.
 * Throws `RetryableError`: `host_key` (nobody logged in), `login` (once; the caller waits before it tries again), `drop_down`.
 */
export function openDrop(drop: DropPlace, limits: Partial<DropLimits> = {}): Promise<OpenDrop> {
  return OPENERS[drop.kind](drop, { ...DROP_LIMITS, ...limits });
}
