/** Moves decided files out of the inbox: rejected and parked ones to `error`, all others to `archive`; what fails is tried again. */
import { isoMoment } from '../../clock.ts';
import type { Drop } from '../../config.ts';
import { RetryableError } from '../../errors.ts';
import type { OpenDrop, RemoteFile } from '../../ingest/drops/drop.ts';
import { nameFault } from '../../ingest/drops/remote-name.ts';
import { companionsOf } from '../../ingest/drops/settled.ts';
import { listToArchive, markArchived, type ToArchive } from '../../load/files/arrivals.ts';
import { fileNameForLog } from '../../log.ts';
import type { JobContext } from '../context.ts';

/**
 * `listing` is what the inbox showed a moment ago, by name. Only the very file that was read is moved; when another one has
 * taken its name, that one is left: it is a new file.
 * @returns the names that stand in the inbox no more
 * @throws RetryableError when the drop is lost
 */
export async function archiveDecided(
  context: JobContext,
  drop: Drop,
  opened: OpenDrop,
  listing: ReadonlyMap<string, RemoteFile>,
): Promise<string[]> {
  if (drop.archive === 'none') return [];
  const names: string[] = [];
  for (const file of await listToArchive(context.database.db, drop.id)) {
    if (nameFault(file.name) !== null) continue;
    if (await archiveFile(context, drop, opened, file, listing)) names.push(file.name);
  }
  return names;
}

async function archiveFile(
  context: JobContext,
  drop: Drop,
  opened: OpenDrop,
  file: ToArchive,
  listing: ReadonlyMap<string, RemoteFile>,
): Promise<boolean> {
  const { db } = context.database;
  const facts = { fileId: file.id, drop: drop.id, file: fileNameForLog(file.name) };
  const seen = { name: file.name, size: file.size, mtime: isoMoment(Date.parse(file.mtime)) };
  const name = archivedName(file);
  try {
    const listed = listing.get(file.name);
    // First what belongs to it: a marker that stays behind would release the next file of this name before it is whole.
    if (listed !== undefined && listed.size === seen.size && Date.parse(listed.mtime) === Date.parse(seen.mtime)) {
      for (const companion of companionsOf(file.name, drop.settled, listing)) await opened.remove(companion);
    }
    const target = file.status === 'rejected' || file.status === 'parked' ? 'error' : 'archive';
    const moved = await opened.move(file.name, target, name, seen);
    await markArchived(db, file.id, moved === 'moved' ? name : '');
    context.log('file.archived', facts);
    return true;
  } catch (error) {
    if (!(error instanceof RetryableError)) throw error;
    if (error.reason === 'drop_down' || error.reason === 'stalled') throw error;
    if (error.reason === 'changed') {
      await markArchived(db, file.id, '');
      context.log('file.replaced', facts);
    } else {
      context.log('file.archive_failed', { ...facts, reason: error.reason });
    }
    return false;
  }
}

/** `name.<utc>.<sha8>.ext`: never two files with one name, and the same name however often the move is tried. */
function archivedName({ name, received_at: receivedAt, sha256 }: ToArchive): string {
  const at = name.lastIndexOf('.');
  const [stem, extension] = at > 0 ? [name.slice(0, at), name.slice(at)] : [name, ''];
  const moment = receivedAt.replace(/[-:]/g, '').replace(/\.\d+/, '');
  return `${stem}.${moment}.${(sha256 ?? 'unread').slice(0, 8)}${extension}`;
}
