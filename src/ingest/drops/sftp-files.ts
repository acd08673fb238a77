/** What a drop can be asked, said in the few things an SFTP server understands. */
import { createHash } from 'node:crypto';
import { Readable, type Writable } from 'node:stream';
import { pipeline } from 'node:stream/promises';
import { RetryableError } from '../../errors.ts';
import { type DropPlace, type OpenDrop, type ReadFile, type RemoteFile, requireSafeName } from './drop-shape.ts';
import { errorCode } from './error-code.ts';
import { land, tooLarge } from './landing.ts';
import { oneAtATime } from './one-at-a-time.ts';
import { nameFault } from './remote-name.ts';
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

/** An entry as the server lists it; `modifyTime` in milliseconds. */
export interface ListedEntry {
  readonly name: string;
  readonly longname: string;
  readonly size: number;
  readonly modifyTime: number;
}

/**
 * A connection that was made. A status of the server comes as an error with a numeric code, 2 for what is not there and
 * 3 for what is forbidden; a lost line or silence as `RetryableError` `drop_down` or `stalled`.
 */
export interface SftpLine {
  list(folder: string): Promise<ListedEntry[]>;
  /** of the name itself, not of where a link leads; null when there is nothing */
  look(path: string): Promise<(FileState & { regular: boolean }) | null>;
  /** of where a link leads; null when there is nothing; `mode` and whether it is a folder null when the server does not say */
  examine(path: string): Promise<{ folder: boolean | null; mode: number | null } | null>;
  rename(from: string, to: string): Promise<unknown>;
  remove(path: string): Promise<unknown>;
  readable(path: string): Readable;
  writable(path: string): Writable;
  /** runs a transfer that must call `alive` whenever it makes progress */
  transfer<T>(work: (alive: () => void) => Promise<T>): Promise<T>;
  close(): Promise<void>;
}

const PIECE_BYTES = 32 * 1024;
/** `-rw-r--r-- …`: only such a line tells the type; a server that sends the bare name says `d` of `data.csv`. */
const LONG_LISTING = /^[-dlpcbs][-rwxsStT]{9}/u;

export function dropOver(line: SftpLine, paths: DropPlace['paths'], maxBytes: number): OpenDrop {
  const inTurn = oneAtATime();

  async function list(): Promise<RemoteFile[]> {
    const entries = await line.list(paths.in).catch((error) => {
      throw typeof errorCode(error) === 'number' && errorCode(error) !== 3 ? noFolder(error) : refusal(error);
    });
    const files: RemoteFile[] = [];
    for (const entry of entries) {
      if (await isRegular(entry)) {
        files.push({ name: entry.name, size: entry.size, mtime: isoTime(entry.modifyTime) });
      }
    }
    return files;
  }

  async function isRegular(entry: ListedEntry): Promise<boolean> {
    if (LONG_LISTING.test(entry.longname)) return entry.longname.startsWith('-');
    // An unsafe name is never asked about; its place in the ledger matters more than its type.
    if (nameFault(entry.name) !== null) return true;
    return (await look(at(paths.in, entry.name)))?.regular === true;
  }

  async function fetch(file: RemoteFile, to: string) {
    const path = at(paths.in, file.name);
    const before = await regular(path);
    requireListed(file, before);
    return line
      .transfer((alive) =>
        land({
          source: () => line.readable(path),
          to,
          size: before.size,
          maxBytes,
          onProgress: alive,
          confirm: async (bytes) => checkWholeRead(before, await regular(path), bytes),
        }),
      )
      .catch((error) => {
        throw errorCode(error) === 2 ? gone() : refusal(error);
      });
  }

  async function move(
    name: string,
    to: 'archive' | 'error',
    as: string,
    seen?: ReadFile,
    companions: readonly RemoteFile[] = [],
  ) {
    const [from, target] = [at(paths.in, name), at(paths[to], as)];
    const [now, taken] = [await regular(from), await look(target)];
    if (now === null) {
      if ((await look(paths.in)) === null) throw noFolder();
      return taken === null ? 'gone' : 'moved';
    }
    if (seen !== undefined && !(await isStill(from, seen, now))) throw changed();
    for (const companion of companions) await removeIfSame(companion);
    if (taken !== null) {
      // Some servers let a rename overwrite: it is never tried on a name that is taken.
      if (!taken.regular || taken.size !== now.size || (await digest(from)) !== (await digest(target))) {
        throw new RetryableError('archive_failed', 'The name in the archive is taken by another file.');
      }
      await line.remove(from).catch(archiveFailed);
      return 'moved';
    }
    try {
      await line.rename(from, target);
    } catch (error) {
      if (errorCode(error) === 2 && (await look(from)) === null) return 'gone';
      archiveFailed(error);
    }
    return 'moved';
  }

  async function put(name: string, bytes: Buffer): Promise<void> {
    const [target, temporary] = [at(paths.out, name), at(paths.out, `.${name}.part`)];
    const taken = await look(target);
    if (taken !== null) {
      const wanted = createHash('sha256').update(bytes).digest('hex');
      if (taken.regular && taken.size === bytes.length && (await digest(target)) === wanted) return;
      throw new RetryableError('put_failed', 'The name in the drop is taken by another file.');
    }
    try {
      await line.transfer((alive) => pipeline(Readable.from(pieces(bytes, alive)), line.writable(temporary)));
      if ((await look(temporary))?.size !== bytes.length) {
        throw new RetryableError('put_failed', 'The server did not keep all bytes.');
      }
      await line.rename(temporary, target);
    } catch (error) {
      await line.remove(temporary).catch(() => undefined);
      if (error instanceof RetryableError) throw error;
      throw new RetryableError('put_failed', 'The file could not be written to the drop.', { cause: error });
    }
  }

  async function read(name: string, most: number): Promise<Buffer | null> {
    const path = at(paths.in, name);
    if ((await regular(path)) === null) return null;
    return line
      .transfer(async (alive) => {
        const parts: Buffer[] = [];
        let bytes = 0;
        for await (const part of line.readable(path) as AsyncIterable<Buffer>) {
          alive();
          bytes += part.length;
          if (bytes > most) throw tooLarge(most);
          parts.push(part);
        }
        return Buffer.concat(parts);
      })
      .catch((error) => {
        if (errorCode(error) === 2) return null;
        throw refusal(error);
      });
  }

  /** The bytes before size and time: what is written while they are read shows in those. */
  async function isStill(path: string, seen: ReadFile, before: FileState): Promise<boolean> {
    if (seen.sha256 === null) return sameState(seen, before);
    if ((await digest(path)) !== seen.sha256) return false;
    const now = await regular(path);
    return now !== null && sameState(seen, now);
  }

  async function removeIfSame(listed: RemoteFile): Promise<void> {
    const now = await regular(at(paths.in, listed.name));
    if (now !== null && sameState(listed, now)) await remove(listed.name);
  }

  async function remove(name: string): Promise<void> {
    await line.remove(at(paths.in, name)).catch((error) => {
      throw refusal(error);
    });
  }

  async function look(path: string) {
    return line.look(path).catch((error) => {
      throw refusal(error);
    });
  }

  async function regular(path: string): Promise<FileState | null> {
    const found = await look(path);
    return found?.regular ? found : null;
  }

  function digest(path: string): Promise<string> {
    return line.transfer(async (alive) => {
      const hash = createHash('sha256');
      for await (const part of line.readable(path) as AsyncIterable<Buffer>) {
        alive();
        hash.update(part);
      }
      return hash.digest('hex');
    });
  }

  return {
    list: () => inTurn(list),
    fetch: (file, to) => inTurn(() => fetch(file, to)),
    move: (name, to, as, seen, companions) => inTurn(() => move(name, to, as, seen, companions)),
    put: (name, bytes) => inTurn(() => put(name, bytes)),
    read: (name, most) => inTurn(() => read(name, most)),
    remove: (name) => inTurn(() => remove(name)),
    close: () => line.close(),
  };
}

function at(folder: string, name: string): string {
  requireSafeName(name);
  return `${folder.replace(/\/+$/u, '')}/${name}`;
}

function* pieces(bytes: Buffer, alive: () => void): Generator<Buffer> {
  for (let start = 0; start < bytes.length; start += PIECE_BYTES) {
    alive();
    yield bytes.subarray(start, start + PIECE_BYTES);
  }
}

/** A status of the server becomes `denied`; what has a name already keeps it. */
function refusal(error: unknown): unknown {
  return typeof errorCode(error) === 'number' ? denied(error) : error;
}

function archiveFailed(error: unknown): never {
  if (error instanceof RetryableError) throw error;
  throw new RetryableError('archive_failed', 'The file could not be moved to its folder.', { cause: error });
}

function noFolder(cause?: unknown): RetryableError {
  return new RetryableError('drop_down', 'The folder of the drop is not there.', { cause });
}
