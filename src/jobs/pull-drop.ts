/** One drop, once: listed, settled files fetched and imported oldest first, receipts put, files moved out of the inbox. */
import { rm } from 'node:fs/promises';
import { brusselsDay, endOfBrusselsDay, isoMoment } from '../clock.ts';
import type { Drop } from '../config.ts';
import { FileError, RefusedError, RetryableError } from '../errors.ts';
import { type OpenDrop, openDrop, type RemoteFile } from '../ingest/drop.ts';
import { nameFault } from '../ingest/remote-name.ts';
import { type ReadyFile, settledFiles } from '../ingest/settled.ts';
import {
  findOpenArrival,
  getFile,
  insertFileIssues,
  insertSeenFile,
  listToArchive,
  markArchived,
  markFetched,
  markOutcome,
} from '../load/ledger.ts';
import { listSecretariats } from '../load/secretariats.ts';
import { fileNameForLog } from '../log.ts';
import type { JobContext } from './context.ts';
import { dropPlace } from './drop-place.ts';
import { type ImportResult, importFile } from './import-file.ts';
import { arrivalPath, keepArrived, keptPath } from './keep-file.ts';
import { sendOutgoing } from './send-outgoing.ts';

export interface PulledFile {
  readonly name: string;
  readonly result: ImportResult;
}

/** What two pulls of a drop share when files settle by standing still: the listing before. */
export type Listings = Map<string, readonly RemoteFile[]>;

/**
 * Pulls one drop. What can be tried again later (a dead server, a file that changed) is logged and left;
 * `pause` waits between the two listings of a `stable` drop that nobody has listed before.
 * @throws RetryableError when the drop cannot be reached at all
 */
export async function pullDrop(
  context: JobContext,
  drop: Drop,
  listings: Listings,
  pause: () => Promise<void>,
): Promise<PulledFile[]> {
  const opened = await openDrop(dropPlace(drop), { maxBytes: drop.limits.maxBytes });
  try {
    await archiveSettledBefore(context, drop, opened);
    const ready = await listReady(drop, opened, listings, pause);
    const pulled: PulledFile[] = [];
    for (const settled of ready) {
      const result = await pullFile(context, drop, opened, settled);
      if (result !== null) pulled.push({ name: settled.file.name, result });
    }
    await sendOutgoing(context, drop.id, opened);
    return pulled;
  } finally {
    await opened.close();
  }
}

async function listReady(
  drop: Drop,
  opened: OpenDrop,
  listings: Listings,
  pause: () => Promise<void>,
): Promise<ReadyFile[]> {
  let before = listings.get(drop.id) ?? null;
  let listing = await opened.list();
  if (drop.settled === 'stable' && before === null && listing.length > 0) {
    await pause();
    before = listing;
    listing = await opened.list();
  }
  listings.set(drop.id, listing);
  const { ready } = settledFiles(drop.settled, listing, before);
  return ready.toSorted((a, b) => a.file.mtime.localeCompare(b.file.mtime) || a.file.name.localeCompare(b.file.name));
}

async function pullFile(
  context: JobContext,
  drop: Drop,
  opened: OpenDrop,
  settled: ReadyFile,
): Promise<ImportResult | null> {
  const { file } = settled;
  const facts = { drop: drop.id, file: fileNameForLog(file.name) };
  if (nameFault(file.name) !== null) {
    context.log('file.refused_name', { drop: drop.id, code: 'name.unsafe' });
    return null;
  }
  try {
    const fetched = await fetchFile(context, drop, opened, file);
    if (fetched === null) return null;
    const { db } = context.database;
    const languages = new Map((await listSecretariats(db)).map(({ code, language }) => [code, language]));
    const layouts = drop.layouts.flatMap((id) => context.config.layouts.get(id) ?? []);
    const result = await importFile(context, fetched.id, fetched.storedAt, {
      layouts,
      scope: drop.scope,
      mode: drop.mode,
      set: drop.set,
      limits: drop.limits,
      dropHash: drop.hash,
      saidWhole: drop.settled !== 'stable',
      language: languages.get(drop.secretariat) ?? 'en',
      again: false,
      approved: null,
    });
    await sendOutgoing(context, drop.id, opened);
    await archive(context, opened, fetched.id, file, settled);
    return result;
  } catch (error) {
    if (error instanceof FileError) {
      await refuseUnread(context, drop, opened, file, error);
    } else if (error instanceof RetryableError && error.reason !== 'drop_down') {
      const changed = ['changed_while_reading', 'changed', 'gone', 'short_read'].includes(error.reason);
      context.log(changed ? 'file.changed_while_reading' : 'file.waiting', { ...facts, reason: error.reason });
    } else if (error instanceof RefusedError) {
      context.log('file.refused_name', { drop: drop.id, code: 'name.unsafe' });
    } else {
      throw error;
    }
    return null;
  }
}

/** A file that the ledger knows as fetched and not yet imported is not fetched again: its bytes are in the store. */
async function fetchFile(
  context: JobContext,
  drop: Drop,
  opened: OpenDrop,
  file: RemoteFile,
): Promise<{ id: number; storedAt: string } | null> {
  const { db } = context.database;
  const known = await findOpenArrival(db, drop.id, pathOf(drop, file), file.size, file.mtime);
  if (known?.status === 'fetched' && known.sha256 !== null) {
    return { id: known.id, storedAt: keptPath(context.config.storage, known.sha256) };
  }
  if (known !== null && known.status !== 'seen' && known.status !== 'waiting') return null;
  const id = known?.id ?? (await insertSeen(context, drop, file));
  const arrival = await arrivalPath(context.config.storage);
  try {
    const { sha256, bytes } = await opened.fetch(file, arrival);
    const storedAt = await keepArrived(context.config.storage, arrival, sha256);
    await markFetched(db, id, sha256, bytes);
    context.log('file.fetched', { fileId: id, drop: drop.id, file: fileNameForLog(file.name), bytes });
    return { id, storedAt };
  } finally {
    await rm(arrival, { force: true });
  }
}

async function insertSeen(context: JobContext, drop: Drop, file: RemoteFile): Promise<number> {
  const latest = endOfBrusselsDay(context.today);
  const id = await insertSeenFile(context.database.db, {
    dropId: drop.id,
    secretariat: drop.secretariat,
    path: pathOf(drop, file),
    name: file.name,
    size: file.size,
    mtime: file.mtime,
    receivedAt: isoMoment(brusselsDay(context.now) === context.today ? context.now : latest),
    receivedOn: context.today,
  });
  context.log('file.seen', { fileId: id, drop: drop.id, file: fileNameForLog(file.name) });
  return id;
}

function pathOf(drop: Drop, file: RemoteFile): string {
  return `${drop.paths.in}/${file.name}`;
}

/** A file that may not even be fetched (too large) still gets its row and its place in `error`. */
async function refuseUnread(
  context: JobContext,
  drop: Drop,
  opened: OpenDrop,
  file: RemoteFile,
  error: FileError,
): Promise<void> {
  const { db } = context.database;
  const known = await findOpenArrival(db, drop.id, pathOf(drop, file), file.size, file.mtime);
  if (known === null) return;
  await insertFileIssues(db, known.id, [
    { rowNumber: null, columnName: error.column, code: error.code, severity: 'error', params: error.params },
  ]);
  await markOutcome(db, known.id, 'rejected');
  context.log('file.rejected', { fileId: known.id, drop: drop.id, file: fileNameForLog(file.name), code: error.code });
  await archive(context, opened, known.id, file, null);
}

/** Moves a decided file out of the inbox: rejected ones to `error`, all others to `archive`. Only the file that was read. */
async function archive(
  context: JobContext,
  opened: OpenDrop,
  id: number,
  seen: RemoteFile,
  settled: ReadyFile | null,
): Promise<void> {
  const { db } = context.database;
  const file = await getFile(db, id);
  if (file === undefined) return;
  const name = archivedName(file.name, file.received_at, file.sha256);
  try {
    const target = file.status === 'rejected' || file.status === 'parked' ? 'error' : 'archive';
    await opened.move(seen.name, target, name, seen);
    for (const sidecar of settled?.sidecars ?? []) await opened.remove(sidecar);
    if (settled?.marker) await opened.remove(settled.marker);
  } catch (error) {
    if (!(error instanceof RetryableError)) throw error;
    context.log('file.archive_failed', { fileId: id, drop: file.drop_id, reason: error.reason });
    return;
  }
  await markArchived(db, id, name);
  context.log('file.archived', { fileId: id, drop: file.drop_id, file: fileNameForLog(file.name) });
}

/** Files that were decided by an earlier run that ended before it could move them. */
async function archiveSettledBefore(context: JobContext, drop: Drop, opened: OpenDrop): Promise<void> {
  for (const file of await listToArchive(context.database.db, drop.id)) {
    const seen = { name: file.name, size: file.size, mtime: isoMoment(Date.parse(file.mtime)) };
    await archive(context, opened, file.id, seen, null);
  }
}

function archivedName(name: string, receivedAt: string, sha256: string | null): string {
  const at = name.lastIndexOf('.');
  const [stem, extension] = at > 0 ? [name.slice(0, at), name.slice(at)] : [name, ''];
  const moment = receivedAt.replace(/[-:]/g, '').replace(/\.\d+/, '');
  return `${stem}.${moment}.${(sha256 ?? 'unread').slice(0, 8)}${extension}`;
}
