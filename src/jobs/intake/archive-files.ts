/** Moves decided files out of the inbox: rejected and parked ones to `error`, all others to `archive`; what fails is tried again. */
import { isoMoment } from '../../clock.ts';
import type { Drop } from '../../config.ts';
import { RefusedError, RetryableError } from '../../errors.ts';
import type { OpenDrop, RemoteFile } from '../../ingest/drops/drop.ts';
import { nameFault } from '../../ingest/drops/remote-name.ts';
import { companionsOf } from '../../ingest/drops/settled.ts';
import { sameState } from '../../ingest/drops/whole-read.ts';
import { markArchived, type ToArchive } from '../../load/files/arrivals.ts';
import { fileNameForLog } from '../../log.ts';
import type { JobContext } from '../context.ts';
import type { Returns } from './returns.ts';

/** `as` is blank when nothing was moved: the file was gone, or another one had taken its name. */
interface Moved {
  readonly file: ToArchive;
  readonly as: string;
  readonly event: 'file.archived' | 'file.replaced' | 'file.archive_failed';
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
        context.database.prepared,
        done.map(({ file, as }) => ({ id: file.id, as })),
      );
    for (const { file, event } of done) {
      // Its name will not be another one by the next visit: it is told once, and stays where it is.
      const facts = event === 'file.archive_failed' ? { reason: 'name' } : {};
      context.log(event, { ...factsOf(returns, file), ...facts });
    }
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
  const seen = {
    name: file.name,
    size: file.size,
    mtime: isoMoment(Date.parse(file.mtime)),
    sha256: file.second_passed ? null : file.sha256,
  };
  const name = archivedName(file);
  try {
    const target = file.status === 'rejected' || file.status === 'parked' ? 'error' : 'archive';
    const companions = listedBeside(seen, drop, listing);
    const moved = await opened.move(file.name, target, name, seen, companions);
    return { file, as: moved === 'moved' ? name : '', event: 'file.archived' };
  } catch (error) {
    if (error instanceof RefusedError) return { file, as: '', event: 'file.archive_failed' };
    if (!(error instanceof RetryableError)) throw error;
    if (error.reason === 'drop_down' || error.reason === 'stalled') throw error;
    if (error.reason === 'changed') return { file, as: '', event: 'file.replaced' };
    context.log('file.archive_failed', { ...factsOf(returns, file), reason: error.reason });
    return null;
  }
}

/** What belongs to this very file: what stands beside another one of its name belongs to that one. */
function listedBeside(seen: RemoteFile, drop: Drop, listing: ReadonlyMap<string, RemoteFile>): RemoteFile[] {
  const listed = listing.get(seen.name);
  if (listed === undefined || !sameState(listed, seen)) return [];
  return companionsOf(seen.name, drop.settled, listing).flatMap((name) => listing.get(name) ?? []);
}

/** `name.<utc>.<sha8>.ext`: never two files with one name, and the same name however often the move is tried. */
function archivedName({ name, received_at: receivedAt, sha256 }: ToArchive): string {
  const at = name.lastIndexOf('.');
  const [stem, extension] = at > 0 ? [name.slice(0, at), name.slice(at)] : [name, ''];
  const moment = receivedAt.replace(/[-:]/g, '').replace(/\.\d+/, '');
  return `${stem}.${moment}.${(sha256 ?? 'unread').slice(0, 8)}${extension}`;
}
