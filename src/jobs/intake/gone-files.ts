/** Files that were seen and never read, and stand in their inbox no more: nobody waits for them any longer. */
import type { Drop } from '../../config.ts';
import type { RemoteFile } from '../../ingest/drops/drop.ts';
import { sameState } from '../../ingest/drops/whole-read.ts';
import { closeGone, type Unread } from '../../load/files/arrivals.ts';
import { fileNameForLog } from '../../log.ts';
import type { JobContext } from '../context.ts';
import { pathOf } from './fetch-file.ts';

/**
 * `unread` must have been asked for before the inbox was listed: what another visitor sees meanwhile is not in this listing.
 * One that was replaced by another version is gone too; that one has a line of its own.
 */
export async function closeGoneFiles(
  context: JobContext,
  drop: Drop,
  unread: readonly Unread[],
  listing: readonly RemoteFile[],
): Promise<void> {
  if (unread.length === 0) return;
  const listed = new Map(listing.map((file) => [pathOf(drop, file), file]));
  const gone = unread.filter((file) => {
    const there = listed.get(file.path);
    return there === undefined || !sameState(there, file);
  });
  if (gone.length === 0) return;
  for (const { id, name } of await closeGone(
    context.database.db,
    gone.map((file) => file.id),
  )) {
    context.log('file.gone', { fileId: id, drop: drop.id, file: fileNameForLog(name) });
  }
}
