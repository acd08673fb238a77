/** Reaches an SFTP server and asks it one thing at a time; the only file that knows ssh2-sftp-client. */
import type { Readable, Writable } from 'node:stream';
import SftpClient from 'ssh2-sftp-client';
import { ConfigError, FileError, RetryableError } from '../../errors.ts';
import { watchdog, within } from './deadline.ts';
import type { DropLimits, DropPlace, OpenDrop, SftpPlace } from './drop-shape.ts';
import { errorCode } from './error-code.ts';
import { fingerprintOf, isPinned } from './host-key.ts';
import { dropOver, type ListedEntry, type SftpLine } from './sftp-files.ts';
import { isoTime } from './whole-read.ts';

type Channel = Awaited<ReturnType<SftpClient['connect']>>;

const END_MS = 2_000;
const KEEPALIVE_MS = 10_000;
const NO_SUCH_FILE = 2;

/** Throws `RetryableError`: `host_key` before any login, `login` when the server refuses it, `drop_down` otherwise. */
export async function openSftpDrop(drop: DropPlace, limits: DropLimits): Promise<OpenDrop> {
  return dropOver(await reachServer(drop, limits), drop.paths, limits.maxBytes);
}

/** Throws as `openSftpDrop`. */
export async function reachServer(drop: DropPlace, limits: DropLimits): Promise<SftpLine> {
  if (drop.sftp === undefined) throw new ConfigError(`drop ${drop.id}: kind sftp needs a section sftp`);
  return connect(drop.id, drop.sftp, limits);
}

async function connect(id: string, place: SftpPlace, limits: DropLimits): Promise<SftpLine> {
  const quiet = () => undefined;
  // Without callbacks of ours the client prints to the console.
  const client = new SftpClient(id, { error: quiet, end: quiet, close: quiet });
  // Its types hide the connection that it wraps.
  const { client: connection } = client as unknown as { client: { destroy(): void; setNoDelay(on: boolean): void } };
  const cut = (): void => connection.destroy();
  const seen = {
    fingerprint: '',
    trusted: false,
    contacted: false,
    loggedIn: false,
    firstCause: undefined as unknown,
    lost: false,
  };

  // The client's own errors lose their cause; the first event tells it.
  client.on('error', (error: unknown) => {
    seen.firstCause ??= error;
    seen.lost = true;
  });
  client.on('close', () => {
    seen.lost = true;
  });
  client.on('connect', () => {
    seen.contacted = true;
    // Requests are small and wait for each other: Nagle's algorithm would cost 40 ms each.
    connection.setNoDelay(true);
  });
  client.on('ready', () => {
    seen.loggedIn = true;
  });
  // An expired password: the server waits for a new one, and nobody is there to choose it.
  client.on('change password', () => {
    seen.firstCause ??= new Error('the server asks for a new password');
    cut();
  });

  const overdue = () => new RetryableError('drop_down', 'The server did not answer in time.');
  try {
    const channel = await within(
      limits.connectMs,
      client.connect({
        host: place.host,
        port: place.port,
        username: place.username,
        ...(place.password === undefined ? {} : { password: place.password }),
        ...(place.privateKey === undefined ? {} : { privateKey: place.privateKey }),
        ...(place.passphrase === undefined ? {} : { passphrase: place.passphrase }),
        authHandler: [
          ...(place.privateKey === undefined ? [] : (['publickey'] as const)),
          ...(place.password === undefined ? [] : (['password'] as const)),
        ],
        hostVerifier: (hostKey: Buffer): boolean => {
          seen.fingerprint = fingerprintOf(hostKey);
          seen.trusted = isPinned(seen.fingerprint, place.hostKeys);
          return seen.trusted;
        },
        readyTimeout: 0,
        keepaliveInterval: KEEPALIVE_MS,
      }),
      overdue,
    );
    return lineOver(client, channel, cut, () => seen.lost, limits);
  } catch (error) {
    cut();
    if (seen.fingerprint !== '' && !seen.trusted) throw hostKeyRefused(place.hostKeys, seen.fingerprint);
    if (error instanceof RetryableError) throw error;
    // Between the host key and the end of the login only the login can fail; a key that cannot be read fails before any contact.
    const unreadableKey = !seen.contacted && seen.firstCause === undefined && errorCode(error) === undefined;
    if ((seen.trusted && !seen.loggedIn) || unreadableKey) throw loginRefused(seen.firstCause ?? error);
    throw down(seen.firstCause ?? error);
  }
}

function lineOver(
  client: SftpClient,
  channel: Channel,
  cut: () => void,
  isLost: () => boolean,
  limits: DropLimits,
): SftpLine {
  async function call<T>(question: () => Promise<T>): Promise<T> {
    if (isLost()) throw down();
    const overdue = () => {
      cut();
      return stalled();
    };
    try {
      return await within(limits.callMs, question(), overdue);
    } catch (error) {
      throw named(error);
    }
  }

  async function transfer<T>(work: (alive: () => void) => Promise<T>): Promise<T> {
    if (isLost()) throw down();
    let silent = false;
    // Keepalive does not see a server whose files stall: its SSH side still answers.
    const dog = watchdog(limits.idleMs, () => {
      silent = true;
      cut();
    });
    try {
      return await work(dog.alive);
    } catch (error) {
      throw silent ? stalled(error) : named(error);
    } finally {
      dog.stop();
    }
  }

  return {
    transfer,
    list: (folder) => call(() => client.list(folder) as Promise<unknown> as Promise<ListedEntry[]>),
    // The client's own lstat and exists() take every failure for an absence; only status 2 is one.
    look: (path) =>
      call(
        () =>
          new Promise((resolve, reject) => {
            channel.lstat(path, (error, found) => {
              if (errorCode(error) === NO_SUCH_FILE) resolve(null);
              else if (error) reject(error);
              else resolve({ size: found.size, mtime: isoTime(found.mtime * 1000), regular: found.isFile() });
            });
          }),
      ),
    examine: (path) =>
      call(
        () =>
          new Promise((resolve, reject) => {
            channel.stat(path, (error, found) => {
              if (errorCode(error) === NO_SUCH_FILE) resolve(null);
              else if (error) reject(error);
              // A server need not say what it has there.
              else
                resolve(found.mode ? { folder: found.isDirectory(), mode: found.mode } : { folder: null, mode: null });
            });
          }),
      ),
    rename: (from, to) => call(() => client.rename(from, to)),
    remove: (path) => call(() => client.delete(path, true)),
    // Read to its end, a stream still asks the server to close the file; when the line goes first, nobody else would hear that.
    readable: (path): Readable => client.createReadStream(path).on('error', () => undefined),
    writable: (path): Writable => client.createWriteStream(path, { mode: 0o644 }),
    async close() {
      if (!isLost()) await within(END_MS, client.end(), stalled).catch(() => undefined);
      cut();
    },
  };
}

/** A status of the server stays as it is, for the caller to judge; everything else that is not ours is the line. */
function named(error: unknown): unknown {
  const isOurs = error instanceof RetryableError || error instanceof FileError;
  return isOurs || typeof errorCode(error) === 'number' ? error : down(error);
}

function hostKeyRefused(pinned: readonly string[], offered: string): RetryableError {
  const expected = pinned.length === 0 ? 'no key at all' : pinned.join(' or ');
  return new RetryableError(
    'host_key',
    `The server's host key is ${offered}, the drop expects ${expected}; nobody logged in.`,
  );
}

function loginRefused(cause: unknown): RetryableError {
  return new RetryableError('login', 'The server refused the login of this drop.', { cause });
}

function down(cause?: unknown): RetryableError {
  return new RetryableError('drop_down', 'The connection to the drop could not be made or was lost.', { cause });
}

function stalled(cause?: unknown): RetryableError {
  return new RetryableError('stalled', 'The server stopped answering.', { cause });
}
