/** Moves decided files out of the inbox: rejected and parked ones to `error`, all others to `archive`; what fails is tried again. */
import { isoMoment } from '../../clock.ts';
import { RetryableError } from '../../errors.ts';
import type { OpenDrop } from '../../ingest/drops/drop.ts';
import { nameFault } from '../../ingest/drops/remote-name.ts';
import { companionsOf } from '../../ingest/drops/settled.ts';
import { markArchived, type ToArchive } from '../../load/files/arrivals.ts';
import { fileNameForLog } from '../../log.ts';
import type { JobContext } from '../context.ts';
import type { Returns } from './returns.ts';

/** `as` is blank when nothing was moved: the file was gone, or another one had taken its name. */
interface Moved {
  readonly file: ToArchive;
  readonly as: string;
  readonly event: 'file.archived' | 'file.replaced';
}

/**
 * Only the very file that was read is moved; when another one has taken its name, that one is left: it is a new file. The
 * ledger is told of all of them at once: a move whose mark is lost with its worker is found done by the next one.
 * @returns how many stand in the inbox no more
 * @throws RetryableError when the drop is lost
 */
export async function archiveFiles(
  context: JobContext,
  returns: Pick<Returns, 'drop' | 'listing' | 'moved' | 'failed'>,
  opened: OpenDrop,
  files: readonly ToArchive[],
): Promise<number> {
  const done: Moved[] = [];
  try {
    for (const file of files) {
      const moved = nameFault(file.name) === null ? await archiveFile(context, returns, opened, file) : null;
      if (moved === null) {
        returns.failed.files.add(file.id);
        continue;
      }
      // Before the ledger says so: who looks there afterwards must not take it for a new file of the listing.
      if (moved.event === 'file.archived') returns.moved.add(file.name);
      done.push(moved);
    }
  } finally {
    if (done.length > 0)
      await markArchived(
        context.database.db,
        done.map(({ file, as }) => ({ id: file.id, as })),
      );
    for (const { file, event } of done) context.log(event, factsOf(returns, file));
  }
  return done.length;
}

function factsOf({ drop }: Pick<Returns, 'drop'>, { id, name }: ToArchive) {
  return { fileId: id, drop: drop.id, file: fileNameForLog(name) };
}

/** @returns null when it could not be moved */
async function archiveFile(
  context: JobContext,
  returns: Pick<Returns, 'drop' | 'listing'>,
  opened: OpenDrop,
  file: ToArchive,
): Promise<Moved | null> {
  const { drop, listing } = returns;
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
    return { file, as: moved === 'moved' ? name : '', event: 'file.archived' };
  } catch (error) {
    if (!(error instanceof RetryableError)) throw error;
    if (error.reason === 'drop_down' || error.reason === 'stalled') throw error;
    if (error.reason === 'changed') return { file, as: '', event: 'file.replaced' };
    context.log('file.archive_failed', { ...factsOf(returns, file), reason: error.reason });
    return null;
  }
}

/** `name.<utc>.<sha8>.ext`: never two files with one name, and the same name however often the move is tried. */
function archivedName({ name, received_at: receivedAt, sha256 }: ToArchive): string {
  const at = name.lastIndexOf('.');
  const [stem, extension] = at > 0 ? [name.slice(0, at), name.slice(at)] : [name, ''];
  const moment = receivedAt.replace(/[-:]/g, '').replace(/\.\d+/, '');
  return `${stem}.${moment}.${(sha256 ?? 'unread').slice(0, 8)}${extension}`;
}
