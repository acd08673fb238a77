/** A small SFTP server on loopback; the only file of Navette that knows ssh2. */
import { createHash } from 'node:crypto';
import { createServer, type Socket } from 'node:net';
import { posix } from 'node:path';
import ssh2, { type AuthContext, type Connection, type SFTPWrapper } from 'ssh2';
import type { ServedEntry, ServedFile, ServedFolder } from './served-folder.ts';

const { Server, utils } = ssh2;
const { STATUS_CODE, OPEN_MODE } = utils.sftp;
const ENTRIES_PER_REPLY = 100;

export interface KeyPair {
  /** OpenSSH form */
  readonly privateKey: string;
  /** as in `authorized_keys` */
  readonly publicKey: string;
  /** `SHA256:…` */
  readonly fingerprint: string;
}

export interface SftpServerPlan {
  /** private host key */
  readonly hostKey: string;
  /** answers every login attempt by `accept()` or `reject()` */
  readonly authenticate: (attempt: AuthContext) => void;
  readonly folder: ServedFolder;
}

export interface RunningSftpServer {
  readonly host: string;
  readonly port: number;
  /** cuts every connection without a word */
  dropConnections(): void;
  close(): Promise<void>;
}

/** A new key. Not Ed25519: about one in 300 of those that ssh2 writes cannot be read again. */
export function newKeyPair(): KeyPair {
  const pair = utils.generateKeyPairSync('ecdsa', { bits: 256 });
  const blob = Buffer.from(pair.public.split(' ')[1] ?? '', 'base64');
  const digest = createHash('sha256').update(blob).digest('base64').replace(/=+$/u, '');
  return { privateKey: pair.private, publicKey: pair.public, fingerprint: `SHA256:${digest}` };
}

/** Lets one user in, by any of the given ways. */
export function oneAccount(account: {
  username: string;
  password?: string;
  publicKey?: string;
}): (attempt: AuthContext) => void {
  return (attempt) => {
    const isUser = attempt.username === account.username;
    if (isUser && attempt.method === 'password' && attempt.password === account.password) return attempt.accept();
    if (isUser && attempt.method === 'publickey' && account.publicKey !== undefined) {
      const key = utils.parseKey(account.publicKey);
      if (!(key instanceof Error) && key.getPublicSSH().equals(attempt.key.data) && isSigned(attempt, key)) {
        return attempt.accept();
      }
    }
    attempt.reject(['publickey', 'password']);
  };
}

/** Listens on 127.0.0.1, on a free port. */
export async function startSftpServer(plan: SftpServerPlan): Promise<RunningSftpServer> {
  const ssh = new Server({ hostKeys: [plan.hostKey] });
  ssh.on('connection', (connection) => greet(connection, plan));
  // The sockets are ours, so that they can be cut.
  const sockets = new Set<Socket>();
  const listener = createServer({ noDelay: true }, (socket) => {
    sockets.add(socket);
    socket.on('close', () => sockets.delete(socket));
    ssh.injectSocket(socket);
  });
  await new Promise<void>((resolve, reject) => {
    listener.once('error', reject).listen(0, '127.0.0.1', resolve);
  });
  const address = listener.address();
  if (address === null || typeof address === 'string') throw new Error('the SFTP server has no port');
  const dropConnections = (): void => {
    for (const socket of sockets) socket.destroy();
  };
  return {
    host: '127.0.0.1',
    port: address.port,
    dropConnections,
    close: () =>
      new Promise((resolve) => {
        listener.close(() => resolve());
        dropConnections();
      }),
  };
}

function isSigned(attempt: AuthContext & { method: 'publickey' }, key: ssh2.ParsedKey): boolean {
  // Without a signature the client only asks whether this key would do.
  if (attempt.signature === undefined || attempt.blob === undefined) return true;
  return key.verify(attempt.blob, attempt.signature, attempt.hashAlgo) === true;
}

function greet(connection: Connection, plan: SftpServerPlan): void {
  connection.on('error', () => undefined);
  connection.on('authentication', plan.authenticate);
  connection.on('session', (acceptSession) => {
    acceptSession().on('sftp', (acceptSftp) => serve(acceptSftp(), plan.folder));
  });
}

type Handle = { file: ServedFile } | { entries: ServedEntry[] };

function serve(sftp: SFTPWrapper, folder: ServedFolder): void {
  const handles = new Map<number, Handle>();
  let lastHandle = 0;

  const giveHandle = (request: number, handle: Handle): void => {
    lastHandle += 1;
    handles.set(lastHandle, handle);
    const name = Buffer.alloc(4);
    name.writeUInt32BE(lastHandle);
    sftp.handle(request, name);
  };
  const fileOf = (name: Buffer): ServedFile => {
    const handle = handles.get(name.readUInt32BE());
    if (handle === undefined || !('file' in handle)) throw new Error('no such open file');
    return handle.file;
  };
  const answer = (request: number, work: () => Promise<void>): void => {
    work().catch((error) => sftp.status(request, statusOf(error)));
  };
  const done = (request: number): void => sftp.status(request, STATUS_CODE.OK);

  sftp.on('error', () => undefined);
  sftp.on('REALPATH', (request, path) =>
    sftp.name(request, [{ filename: posix.resolve('/', path), longname: '', attrs: NO_STATE }]),
  );
  sftp.on('LSTAT', (request, path) => answer(request, async () => sftp.attrs(request, await folder.state(path))));
  sftp.on('STAT', (request, path) => answer(request, async () => sftp.attrs(request, await folder.state(path))));
  sftp.on('FSTAT', (request, name) => answer(request, async () => sftp.attrs(request, await fileOf(name).state())));
  // Modes and times are ours to choose.
  sftp.on('SETSTAT', (request) => done(request));
  sftp.on('FSETSTAT', (request) => done(request));
  sftp.on('OPENDIR', (request, path) =>
    answer(request, async () => giveHandle(request, { entries: await folder.list(path) })),
  );
  sftp.on('READDIR', (request, name) => {
    const handle = handles.get(name.readUInt32BE());
    const part = handle !== undefined && 'entries' in handle ? handle.entries.splice(0, ENTRIES_PER_REPLY) : [];
    if (part.length === 0) sftp.status(request, STATUS_CODE.EOF);
    else sftp.name(request, part);
  });
  sftp.on('OPEN', (request, path, flags) =>
    answer(request, async () => {
      const purpose = flags & OPEN_MODE.WRITE ? 'write' : 'read';
      giveHandle(request, { file: await folder.open(path, purpose) });
    }),
  );
  sftp.on('READ', (request, name, offset, length) =>
    answer(request, async () => {
      const bytes = await fileOf(name).read(offset, length);
      if (bytes.length === 0) sftp.status(request, STATUS_CODE.EOF);
      else sftp.data(request, bytes);
    }),
  );
  sftp.on('WRITE', (request, name, offset, bytes) =>
    answer(request, async () => {
      await fileOf(name).write(offset, bytes);
      done(request);
    }),
  );
  sftp.on('CLOSE', (request, name) =>
    answer(request, async () => {
      const handle = handles.get(name.readUInt32BE());
      handles.delete(name.readUInt32BE());
      if (handle !== undefined && 'file' in handle) await handle.file.close();
      done(request);
    }),
  );
  sftp.on('RENAME', (request, from, to) =>
    answer(request, async () => folder.rename(from, to).then(() => done(request))),
  );
  sftp.on('REMOVE', (request, path) => answer(request, async () => folder.remove(path).then(() => done(request))));
  // A client that is cut off closes nothing.
  sftp.on('close', () => {
    for (const handle of handles.values()) if ('file' in handle) handle.file.close().catch(() => undefined);
  });
}

const NO_STATE = { mode: 0, uid: 0, gid: 0, size: 0, atime: 0, mtime: 0 };

function statusOf(error: unknown): number {
  const code = error instanceof Error && 'code' in error ? error.code : undefined;
  if (code === 'ENOENT') return STATUS_CODE.NO_SUCH_FILE;
  return code === 'EACCES' || code === 'EPERM' ? STATUS_CODE.PERMISSION_DENIED : STATUS_CODE.FAILURE;
}
