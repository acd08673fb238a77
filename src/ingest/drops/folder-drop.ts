/** A drop that is a local folder. */
import { constants } from 'node:fs';
import { type FileHandle, lstat, open, readdir, rm, stat } from 'node:fs/promises';
import { join } from 'node:path';
import { FileError, RetryableError } from '../../errors.ts';
import {
  type DropLimits,
  type DropPlace,
  type OpenDrop,
  type ReadFile,
  type RemoteFile,
  requireSafeName,
} from './drop-shape.ts';
import { errorCode } from './error-code.ts';
import { land, tooLarge } from './landing.ts';
import { digest, identityOf, placeBytes, placeFile } from './place-file.ts';
import {
  changed,
  checkWholeRead,
  denied,
  type FileState,
  gone,
  isoTime,
  requireListed,
  sameState,
} from './whole-read.ts';

/** Throws `RetryableError` `drop_down` when the inbox is not there: a share that is not mounted is not an empty drop. */
export async function openFolderDrop(drop: DropPlace, limits: DropLimits): Promise<OpenDrop> {
  const { paths } = drop;
  const inbox = (name: string): string => {
    requireSafeName(name);
    return join(paths.in, name);
  };

  async function requireInbox(): Promise<void> {
    const found = await stat(paths.in).catch((error) => {
      throw dropDown(error);
    });
    if (!found.isDirectory()) throw dropDown();
  }

  async function list(): Promise<RemoteFile[]> {
    const names = await readdir(paths.in).catch((error) => {
      throw dropDown(error);
    });
    const files: RemoteFile[] = [];
    for (const name of names) {
      const state = await stateOf(join(paths.in, name));
      if (state !== null) files.push({ name, ...state });
    }
    return files;
  }

  async function fetch(file: RemoteFile, to: string) {
    const path = inbox(file.name);
    const handle = await openToRead(path);
    if (handle === null) throw gone();
    try {
      const before = await handle.stat();
      requireListed(file, before.isFile() ? toState(before) : null);
      return await land({
        source: () => handle.createReadStream({ autoClose: false }),
        to,
        size: before.size,
        maxBytes: limits.maxBytes,
        onProgress: () => undefined,
        confirm: async (bytes) => {
          const after = await handle.stat();
          const named = await stateOf(path);
          // The name may lead to another file by now, while the open one stays as it was.
          if (named !== null) requireListed(toState(after), named);
          return checkWholeRead(toState(before), named, bytes);
        },
      });
    } catch (error) {
      throw error instanceof RetryableError || error instanceof FileError ? error : denied(error);
    } finally {
      await handle.close();
    }
  }

  async function move(
    name: string,
    to: 'archive' | 'error',
    as: string,
    seen?: ReadFile,
    companions: readonly RemoteFile[] = [],
  ) {
    const from = inbox(name);
    requireSafeName(as);
    const target = join(paths[to], as);
    const now = await stateOf(from);
    if (now === null) {
      await requireInbox();
      return (await stateOf(target)) === null ? 'gone' : 'moved';
    }
    if (seen !== undefined && seen.sha256 !== null && (await digest(from)) !== seen.sha256) throw changed();
    const before = await identityOf(from);
    if (before === null || (seen !== undefined && !sameState(seen, toState(before)))) throw changed();
    for (const companion of companions) {
      const beside = await stateOf(inbox(companion.name));
      if (beside !== null && sameState(companion, beside)) await remove(companion.name);
    }
    await placeFile(from, target, before).catch((error) => {
      if (error instanceof RetryableError) throw error;
      throw new RetryableError('archive_failed', 'The file could not be moved to its folder.', { cause: error });
    });
    return 'moved';
  }

  async function put(name: string, bytes: Buffer): Promise<void> {
    requireSafeName(name);
    await placeBytes(bytes, join(paths.out, name)).catch((error) => {
      throw new RetryableError('put_failed', 'The file could not be written to the drop.', { cause: error });
    });
  }

  async function read(name: string, maxBytes: number): Promise<Buffer | null> {
    const handle = await openToRead(inbox(name));
    if (handle === null) return null;
    try {
      const state = await handle.stat();
      if (!state.isFile()) return null;
      if (state.size > maxBytes) throw tooLarge(maxBytes);
      return await handle.readFile();
    } finally {
      await handle.close();
    }
  }

  async function remove(name: string): Promise<void> {
    await rm(inbox(name), { force: true }).catch((error) => {
      throw denied(error);
    });
  }

  await requireInbox();
  return { list, fetch, move, put, read, remove, close: async () => undefined };
}

/** null when there is nothing, or nothing that may be read: a link, or a pipe that would wait for ever. */
async function openToRead(path: string): Promise<FileHandle | null> {
  try {
    return await open(path, constants.O_RDONLY | constants.O_NOFOLLOW | constants.O_NONBLOCK);
  } catch (error) {
    if (['ENOENT', 'ELOOP', 'ENXIO'].includes(String(errorCode(error)))) return null;
    throw denied(error);
  }
}

/** null when there is no regular file of that name. */
async function stateOf(path: string): Promise<FileState | null> {
  try {
    const found = await lstat(path);
    return found.isFile() ? toState(found) : null;
  } catch (error) {
    if (errorCode(error) === 'ENOENT') return null;
    throw denied(error);
  }
}

function toState(found: { size: number; mtimeMs: number }): FileState {
  return { size: found.size, mtime: isoTime(found.mtimeMs) };
}

function dropDown(cause?: unknown): RetryableError {
  return new RetryableError('drop_down', 'The folder of the drop is not there.', { cause });
}
