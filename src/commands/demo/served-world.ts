/** The demo's other side: an SFTP server on loopback with a folder for every sender, and their files laid out day by day. */
import { existsSync } from 'node:fs';
import { copyFile, mkdir, readdir, readFile, utimes, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import type { Config, Drop } from '../../config.ts';
import { ConfigError } from '../../errors.ts';
import type { Day } from '../../model.ts';
import { serveFolder } from './served-folder.ts';
import { type KeyPair, newKeyPair, oneAccount, startSftpServer } from './sftp-server.ts';

export const FIXTURES = join(import.meta.dirname, '../../../fixtures/demo');

/** Who sends, by which account, and what. Corrections come into a folder of their own. */
const SENDERS: readonly Pick<Drop, 'id' | 'secretariat' | 'layouts'>[] = [
  { id: 'issuer', secretariat: 'issuer', layouts: ['employers'] },
  ...['alpha', 'beta', 'gamma'].flatMap((secretariat) =>
    [secretariat, `${secretariat}-fix`].map((id) => ({
      id,
      secretariat,
      layouts: ['beneficiaries-portal', 'payroll-generic'],
    })),
  ),
  { id: 'bank', secretariat: 'bank', layouts: ['bank-coda'] },
];
const FOLDERS = ['in', 'out', 'archive', 'error'] as const;

export interface ServedWorld {
  readonly drops: readonly Drop[];
  /** Puts the files of a day into the inboxes, with the times at which their senders wrote them. */
  readonly layOut: (day: Day) => Promise<void>;
  readonly close: () => Promise<void>;
}

interface Keys {
  readonly host: KeyPair;
  readonly navette: KeyPair;
}

/** @throws ConfigError when the fixtures are not there: an image holds none */
export async function openServedWorld(home: string, config: Config, fixtures = FIXTURES): Promise<ServedWorld> {
  if (!existsSync(fixtures))
    throw new ConfigError(`The demo's files are not here (${fixtures}); run it in a checkout.`);
  const root = join(home, 'sftp');
  for (const { id } of SENDERS) {
    for (const folder of FOLDERS) await mkdir(join(root, id, folder), { recursive: true, mode: 0o700 });
  }
  const keys = await readKeys(join(home, 'sftp-keys.json'));
  const accounts = new Map(
    SENDERS.map(({ secretariat: username }) => [username, oneAccount({ username, publicKey: keys.navette.publicKey })]),
  );
  const server = await startSftpServer({
    hostKey: keys.host.privateKey,
    authenticate: (attempt) => (accounts.get(attempt.username) ?? ((stranger) => stranger.reject()))(attempt),
    folder: serveFolder(root),
  });
  const { host, port } = server;
  const { limits } = config.navette;
  return {
    drops: SENDERS.map((sender) => ({
      ...sender,
      enabled: true,
      kind: 'sftp',
      sftp: {
        host,
        port,
        username: sender.secretariat,
        password: null,
        privateKey: keys.navette.privateKey,
        hostKeys: [keys.host.fingerprint],
      },
      paths: {
        in: `/${sender.id}/in`,
        out: `/${sender.id}/out`,
        archive: `/${sender.id}/archive`,
        error: `/${sender.id}/error`,
      },
      settled: 'rename',
      limits,
      scope: null,
      mode: 'upsert',
      set: {},
      hash: 'demo',
    })),
    layOut: (day) => layOut(join(fixtures, day), root, day),
    close: () => server.close(),
  };
}

/** The same keys in every run: who pinned the server's key once still knows it. */
async function readKeys(path: string): Promise<Keys> {
  if (!existsSync(path)) {
    const keys: Keys = { host: newKeyPair(), navette: newKeyPair() };
    await writeFile(path, JSON.stringify(keys), { mode: 0o600 });
  }
  return JSON.parse(await readFile(path, 'utf8')) as Keys;
}

async function layOut(from: string, root: string, day: Day): Promise<void> {
  for (const id of await readdir(from)) {
    const names = (await readdir(join(from, id))).sort();
    for (const [index, name] of names.entries()) {
      const laidOut = join(root, id, 'in', name);
      await copyFile(join(from, id, name), laidOut);
      const written = Date.parse(`${day}T07:00:00Z`) / 1000 + index * 300;
      await utimes(laidOut, written, written);
    }
  }
}
