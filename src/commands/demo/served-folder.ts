/** A local folder as an SFTP server shows it: what each request does, without the protocol. */
import { constants } from 'node:fs';
import { link, lstat, open, readdir, unlink } from 'node:fs/promises';
import { join, posix } from 'node:path';

/** As the protocol has them: times in seconds, `mode` with the type of the file. */
export interface ServedState {
  readonly mode: number;
  readonly uid: number;
  readonly gid: number;
  readonly size: number;
  readonly atime: number;
  readonly mtime: number;
}

export interface ServedEntry {
  readonly filename: string;
  readonly longname: string;
  readonly attrs: ServedState;
}

/** An open file; `read` gives no bytes at the end. */
export interface ServedFile {
  read(offset: number, length: number): Promise<Buffer>;
  write(offset: number, bytes: Buffer): Promise<void>;
  state(): Promise<ServedState>;
  close(): Promise<void>;
}

/** What a client may ask; a refusal is an error with a file system's code, such as `ENOENT` or `EACCES`. */
export interface ServedFolder {
  list(path: string): Promise<ServedEntry[]>;
  state(path: string): Promise<ServedState>;
  open(path: string, purpose: 'read' | 'write'): Promise<ServedFile>;
  rename(from: string, to: string): Promise<void>;
  remove(path: string): Promise<void>;
}

/** Serves `root` as `/`; paths cannot leave it upwards. */
export function serveFolder(root: string): ServedFolder {
  const local = (path: string): string => join(root, posix.resolve('/', path));
  return {
    async list(path) {
      const names = await readdir(local(path));
      return Promise.all(
        names.map(async (filename) => {
          const attrs = await stateOf(join(local(path), filename));
          return { filename, longname: longname(filename, attrs), attrs };
        }),
      );
    },
    state: (path) => stateOf(local(path)),
    async open(path, purpose) {
      const file = await open(local(path), purpose === 'read' ? 'r' : 'w', 0o644);
      return {
        async read(offset, length) {
          const { bytesRead, buffer } = await file.read(Buffer.alloc(length), 0, length, offset);
          return buffer.subarray(0, bytesRead);
        },
        async write(offset, bytes) {
          await file.write(bytes, 0, bytes.length, offset);
        },
        state: async () => toState(await file.stat()),
        close: () => file.close(),
      };
    },
    // As OpenSSH: a rename never replaces a target.
    async rename(from, to) {
      await link(local(from), local(to));
      await unlink(local(from));
    },
    remove: (path) => unlink(local(path)),
  };
}

async function stateOf(path: string): Promise<ServedState> {
  return toState(await lstat(path));
}

function toState(found: {
  mode: number;
  uid: number;
  gid: number;
  size: number;
  atimeMs: number;
  mtimeMs: number;
}): ServedState {
  const { mode, uid, gid, size } = found;
  return { mode, uid, gid, size, atime: Math.floor(found.atimeMs / 1000), mtime: Math.floor(found.mtimeMs / 1000) };
}

/** A line as `ls -l` prints it; clients read the type of a file from its first letter. */
function longname(name: string, state: ServedState): string {
  const letters = 'rwxrwxrwx';
  const rights = [...letters].map((letter, i) => ((state.mode >> (8 - i)) & 1 ? letter : '-')).join('');
  return `${typeLetter(state.mode)}${rights} 1 ${state.uid} ${state.gid} ${state.size} Jan 1 00:00 ${name}`;
}

function typeLetter(mode: number): string {
  const letters: Record<number, string> = {
    [constants.S_IFDIR]: 'd',
    [constants.S_IFLNK]: 'l',
    [constants.S_IFIFO]: 'p',
    [constants.S_IFSOCK]: 's',
    [constants.S_IFCHR]: 'c',
    [constants.S_IFBLK]: 'b',
  };
  return letters[mode & constants.S_IFMT] ?? '-';
}
