/** An SFTP server in this process, over a real folder, that fails in the ways real ones do. */
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { AuthContext } from 'ssh2';
import {
  type ServedEntry,
  type ServedFolder,
  type ServedState,
  serveFolder,
} from '../../src/commands/demo/served-folder.ts';
import { type KeyPair, newKeyPair, oneAccount, startSftpServer } from '../../src/commands/demo/sftp-server.ts';
import { makeFolders, type TestPlace } from './drop-places.ts';

/** What goes wrong; a test may change it at any time. Offsets in bytes. */
export interface Faults {
  /** reads beyond this offset are never answered */
  stallAfter?: number;
  /** no file is ever opened */
  stallOpen?: boolean;
  /** reads beyond this offset say that the file is at its end */
  endAfter?: number;
  /** reads beyond this offset cut the connection */
  dropAfter?: number;
  /** size that listings and questions show for every file */
  reportedSize?: number;
  /** runs once, at the first read */
  onFirstRead?: (() => Promise<void>) | undefined;
  refuseRename?: boolean;
  deny?: 'list' | 'state' | 'open' | 'write';
  /** the one name that nobody may open */
  denyName?: string;
  /** every question about one name fails without a reason */
  failState?: boolean;
  /** listings have the bare name where the long line belongs */
  bareLongname?: boolean;
}

export interface FaultyPlace extends TestPlace {
  readonly faults: Faults;
  readonly username: string;
  readonly password: string;
  readonly clientKey: KeyPair;
  readonly hostKey: KeyPair;
  /** the way of every login attempt so far */
  readonly attempts: string[];
  /** answers the next logins; null for the ordinary way */
  authenticate: ((attempt: AuthContext) => void) | null;
  /** requests that the folder works on at this moment, and the most at once so far */
  readonly traffic: { now: number; most: number };
  /** ends every connection without a word */
  cut(): void;
}

const never = <T>(): Promise<T> => new Promise<T>(() => undefined);
const refusal = (code: string): Error => Object.assign(new Error('refused'), { code });

/** Logs in by key; `password` is there for tests that want that way. */
export async function sftpPlace(faults: Faults = {}): Promise<FaultyPlace> {
  const root = await mkdtemp(join(tmpdir(), 'navette-sftp-'));
  await makeFolders(root);
  const [hostKey, clientKey] = [newKeyPair(), newKeyPair()];
  const [username, password] = ['navette', 'a long invented password'];
  const ordinary = oneAccount({ username, password, publicKey: clientKey.publicKey });
  const attempts: string[] = [];
  const traffic = { now: 0, most: 0 };

  const server = await startSftpServer({
    hostKey: hostKey.privateKey,
    authenticate: (attempt) => {
      attempts.push(attempt.method);
      (place.authenticate ?? ordinary)(attempt);
    },
    folder: counted(
      withFaults(serveFolder(root), faults, () => server.dropConnections()),
      traffic,
    ),
  });
  const place: FaultyPlace = {
    drop: {
      id: 'remote',
      kind: 'sftp',
      sftp: {
        host: server.host,
        port: server.port,
        username,
        privateKey: clientKey.privateKey,
        hostKeys: [hostKey.fingerprint],
      },
      paths: { in: '/in', out: '/out', archive: '/archive', error: '/error' },
    },
    root,
    faults,
    username,
    password,
    clientKey,
    hostKey,
    attempts,
    traffic,
    authenticate: null,
    cut: () => server.dropConnections(),
    own: async () => undefined,
    async stop() {
      await server.close();
      await rm(root, { recursive: true, force: true });
    },
  };
  return place;
}

function withFaults(folder: ServedFolder, faults: Faults, cut: () => void): ServedFolder {
  const disguised = (state: ServedState): ServedState => ({ ...state, size: faults.reportedSize ?? state.size });
  return {
    async list(path) {
      if (faults.deny === 'list') throw refusal('EACCES');
      const entries: ServedEntry[] = await folder.list(path);
      return entries.map((entry) => ({
        ...entry,
        longname: faults.bareLongname ? entry.filename : entry.longname,
        attrs: disguised(entry.attrs),
      }));
    },
    async state(path) {
      if (faults.deny === 'state') throw refusal('EACCES');
      if (faults.failState) throw refusal('EIO');
      return disguised(await folder.state(path));
    },
    async open(path, purpose) {
      if (faults.stallOpen) return never();
      if (faults.deny === (purpose === 'read' ? 'open' : 'write')) throw refusal('EACCES');
      if (faults.denyName !== undefined && path.endsWith(`/${faults.denyName}`)) throw refusal('EACCES');
      const file = await folder.open(path, purpose);
      return {
        ...file,
        async read(offset, length) {
          const beyond = (limit: number | undefined) => limit !== undefined && offset >= limit;
          const { onFirstRead } = faults;
          faults.onFirstRead = undefined;
          if (beyond(faults.stallAfter)) return never();
          if (beyond(faults.dropAfter)) {
            cut();
            return never();
          }
          if (beyond(faults.endAfter)) return Buffer.alloc(0);
          const bytes = await file.read(offset, length);
          await onFirstRead?.();
          return bytes;
        },
        state: async () => disguised(await file.state()),
      };
    },
    async rename(from, to) {
      if (faults.refuseRename) throw refusal('EIO');
      await folder.rename(from, to);
    },
    remove: (path) => folder.remove(path),
  };
}

function counted(folder: ServedFolder, traffic: { now: number; most: number }): ServedFolder {
  const count = async <T>(work: Promise<T>): Promise<T> => {
    traffic.now += 1;
    traffic.most = Math.max(traffic.most, traffic.now);
    return work.finally(() => {
      traffic.now -= 1;
    });
  };
  return {
    list: (path) => count(folder.list(path)),
    state: (path) => count(folder.state(path)),
    open: (path, purpose) => count(folder.open(path, purpose)),
    rename: (from, to) => count(folder.rename(from, to)),
    remove: (path) => count(folder.remove(path)),
  };
}
