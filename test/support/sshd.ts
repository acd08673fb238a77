/** Debian's own sshd on loopback: chroot, internal-sftp, login by key, everything in a folder of its own. */

import { execFile, spawn } from 'node:child_process';
import { once } from 'node:events';
import { access, chown, mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { promisify } from 'node:util';
import { newKeyPair } from '../../src/commands/demo/sftp-server.ts';
import { FOLDERS, giveTo, makeFolders, type TestPlace } from './drop-places.ts';
import { freePort } from './free-port.ts';

const SSHD = '/usr/sbin/sshd';
/** sshd wants every folder above a chroot to be root's alone, which /tmp is not. */
const HOME = '/var/lib';
const run = promisify(execFile);

/** Why there can be no sshd here, in one sentence; null when there can. */
export async function sshdMissing(): Promise<string | null> {
  if (process.getuid?.() !== 0) return 'sshd is not tried: its chroot and its account need root';
  const isThere = await access(SSHD).then(
    () => true,
    () => false,
  );
  return isThere ? null : `sshd is not installed (${SSHD}): apt-get install openssh-server`;
}

/** `readOnly`: the server itself refuses every change, whatever the rights of the folders. */
export async function sshdPlace({ readOnly = false } = {}): Promise<TestPlace> {
  const home = await mkdtemp(join(HOME, 'navette-test-'));
  const username = `navette-${home.slice(-6).toLowerCase()}`;
  const root = join(home, 'root');
  const [hostKey, clientKey] = [newKeyPair(), newKeyPair()];
  const account = await makeAccount(username);

  // mkdtemp makes a folder for its owner alone; the account has to pass through it.
  await run('chmod', ['755', home]);
  await mkdir(root);
  await makeFolders(root);
  for (const folder of FOLDERS) await chown(join(root, folder), account.uid, account.gid);
  await mkdir('/run/sshd', { recursive: true });
  await writeFile(join(home, 'host_key'), hostKey.privateKey, { mode: 0o600 });
  await writeFile(join(home, 'authorized_keys'), `${clientKey.publicKey}\n`);
  const port = await freePort();
  await writeFile(join(home, 'sshd_config'), configuration(home, root, username, port, readOnly));
  const stopServer = await startServer(join(home, 'sshd_config'));

  return {
    drop: {
      id: 'sshd',
      kind: 'sftp',
      sftp: {
        host: '127.0.0.1',
        port,
        username,
        privateKey: clientKey.privateKey,
        hostKeys: [hostKey.fingerprint],
      },
      paths: { in: '/in', out: '/out', archive: '/archive', error: '/error' },
    },
    root,
    own: (path) => giveTo(path, account),
    async stop() {
      await stopServer();
      await run('userdel', [username]);
      await rm(home, { recursive: true, force: true });
    },
  };
}

async function makeAccount(username: string): Promise<{ uid: number; gid: number }> {
  // `*` is no password but no lock either: sshd refuses locked accounts even with a key.
  await run('useradd', ['-p', '*', '--no-create-home', '--home-dir', '/', '--shell', '/usr/sbin/nologin', username]);
  const [uid, gid] = [await run('id', ['-u', username]), await run('id', ['-g', username])];
  return { uid: Number(uid.stdout), gid: Number(gid.stdout) };
}

function configuration(home: string, root: string, username: string, port: number, readOnly: boolean): string {
  return [
    `Port ${port}`,
    'ListenAddress 127.0.0.1',
    `HostKey ${join(home, 'host_key')}`,
    `PidFile ${join(home, 'sshd.pid')}`,
    `AuthorizedKeysFile ${join(home, 'authorized_keys')}`,
    `AllowUsers ${username}`,
    'PasswordAuthentication no',
    'KbdInteractiveAuthentication no',
    'UsePAM no',
    'MaxAuthTries 2',
    'Subsystem sftp internal-sftp',
    `ForceCommand internal-sftp${readOnly ? ' -R' : ''}`,
    `ChrootDirectory ${root}`,
    '',
  ].join('\n');
}

/** Answers a function that stops it. */
async function startServer(config: string): Promise<() => Promise<void>> {
  const server = spawn(SSHD, ['-D', '-e', '-f', config], { stdio: ['ignore', 'ignore', 'pipe'] });
  const ended = once(server, 'exit');
  const said: string[] = [];
  await new Promise<void>((resolve, reject) => {
    createInterface({ input: server.stderr }).on('line', (line) => {
      said.push(line);
      if (line.includes('Server listening on')) resolve();
    });
    server.once('error', reject);
    ended.then(() => reject(new Error(`sshd did not start: ${said.join(' | ')}`)), reject);
  });
  return async () => {
    server.kill('SIGTERM');
    await ended;
  };
}
