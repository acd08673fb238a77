/** What every kind of drop looks like to those who use it: its place, its files, and what can be asked of it. */
import { RefusedError } from '../../errors.ts';
import { nameFault } from './remote-name.ts';

/** Where a drop is. Secrets are already text; for a folder drop the paths are absolute local folders. */
export interface DropPlace {
  readonly id: string;
  readonly kind: 'sftp' | 'folder';
  readonly sftp?: SftpPlace;
  readonly paths: { readonly in: string; readonly out: string; readonly archive: string; readonly error: string };
}

export interface SftpPlace {
  readonly host: string;
  readonly port: number;
  readonly username: string;
  readonly password?: string;
  /** the key itself, in OpenSSH or PEM form */
  readonly privateKey?: string;
  readonly passphrase?: string;
  /** fingerprints `SHA256:<base64>`; without one that fits, nobody logs in */
  readonly hostKeys: readonly string[];
}

/** One file as a listing shows it. */
export interface RemoteFile {
  readonly name: string;
  /** bytes */
  readonly size: number;
  /** ISO UTC; whole seconds over SFTP */
  readonly mtime: string;
}

/** A file as it was listed and read. */
export interface ReadFile extends RemoteFile {
  /** of the bytes that were read; null when size and time say enough: another file of its second cannot have followed */
  readonly sha256: string | null;
}

export interface FetchedFile {
  readonly bytes: number;
  /** hexadecimal */
  readonly sha256: string;
  /**
   * false when the server says 0 bytes, before and after, of a file that has some: nothing then tells a whole
   * file from a broken one, and only a trailer, a checksum or a zip directory may prove it.
   */
  readonly sizeKnown: boolean;
}

/** Milliseconds and bytes; what is left out has the default of `DROP_LIMITS`. */
export interface DropLimits {
  /** from the first packet to the end of the login */
  readonly connectMs: number;
  /** for one question to the server */
  readonly callMs: number;
  /** without a byte, in a transfer */
  readonly idleMs: number;
  /** largest file that is fetched */
  readonly maxBytes: number;
}

export const DROP_LIMITS: DropLimits = {
  connectMs: 20_000,
  callMs: 30_000,
  idleMs: 30_000,
  maxBytes: 500 * 1024 * 1024,
};

/**
 * A drop that was reached. Its calls take turns. Each of them may throw a `RetryableError` with one of the reasons
 * `drop_down stalled denied` beside its own, and a `RefusedError` for a name that `nameFault` finds unsafe.
 */
export interface OpenDrop {
  /** The regular files of `paths.in`: no folders, links or pipes. Unsafe names are among them; nothing else accepts them. */
  list(): Promise<RemoteFile[]>;
  /**
   * Copies a listed file to `to`, which appears whole or not at all.
   * Throws `RetryableError`: `gone`, `short_read`, `changed_while_reading` (also when it is no longer what was listed),
   * `disk_full`; `FileError` `file.limit` above `maxBytes`.
   */
  fetch(file: RemoteFile, to: string): Promise<FetchedFile>;
  /**
   * Moves a file from `paths.in`, and never overwrites. A target with the same bytes is this move done before.
   * With `seen`, a file that is no longer the one seen, by its bytes where they are given, stays where it is: `RetryableError`
   * `changed`. Of `companions`, those that
   * still are as they were listed go just before it does: a marker that stays behind would release the next file of this name
   * before it is whole, and one that goes too early would leave the next one without it.
   * Throws `RetryableError` `archive_failed` when the target is taken by other bytes, or cannot be written.
   */
  move(
    name: string,
    to: 'archive' | 'error',
    as: string,
    seen?: ReadFile,
    companions?: readonly RemoteFile[],
  ): Promise<'moved' | 'gone'>;
  /** Writes a file into `paths.out`, whole or not at all; a target with the same bytes is success, with others `put_failed`. */
  put(name: string, bytes: Buffer): Promise<void>;
  /** A small file of `paths.in`, null when there is none; `FileError` `file.limit` when it has more than `maxBytes`. */
  read(name: string, maxBytes: number): Promise<Buffer | null>;
  /** Removes a file of `paths.in`; one that is not there is success. */
  remove(name: string): Promise<void>;
  close(): Promise<void>;
}

/** Throws `RefusedError` for a name that must not be joined to a path. */
export function requireSafeName(name: string): void {
  if (nameFault(name) !== null) throw new RefusedError('This name cannot be used as the name of a file.');
}
