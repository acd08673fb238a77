/** Owns where the simulated year happens: a home with the shipped configuration, drops in folders and on an SFTP server, a log. */
import { cp, mkdir, readdir, readFile, rename, rm, utimes, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { serveFolder } from '../../src/commands/demo/served-folder.ts';
import {
  newKeyPair,
  oneAccount,
  type RunningSftpServer,
  startSftpServer,
} from '../../src/commands/demo/sftp-server.ts';
import { readEnvironment } from '../../src/config/environment.ts';
import { type Config, type Drop, loadConfig } from '../../src/config.ts';
import type { Country, Employer } from './country.ts';
import { type Delivery, dropOf } from './delivery.ts';
import type { Secretariat } from './secretariats.ts';

const FOLDERS = ['in', 'out', 'archive', 'error'] as const;
const CONFIG = new URL('../../config', import.meta.url);

export interface Place {
  readonly home: string;
  /** with the drops of today: a server that was started anew has another port */
  readonly config: () => Config;
  /** without the drops of one employer in which nothing lies */
  readonly withFiles: (drops: readonly Drop[]) => Promise<Drop[]>;
  /** what stands in a folder of a drop */
  readonly names: (drop: string, folder: (typeof FOLDERS)[number]) => Promise<string[]>;
  readonly drops: readonly string[];
  readonly layOut: (delivery: Pick<Delivery, 'drop' | 'name' | 'content' | 'writtenAt'>) => Promise<void>;
  readonly read: (drop: string, folder: (typeof FOLDERS)[number], name: string) => Promise<Buffer>;
  readonly stopServer: () => Promise<void>;
  readonly startServer: () => Promise<void>;
}

export async function openPlace(home: string, country: Country): Promise<Place> {
  await rm(join(home, 'drops'), { recursive: true, force: true });
  await cp(CONFIG, join(home, 'config'), { recursive: true });
  await writeSecretariats(join(home, 'config'), country.secretariatsUsed);
  const base = loadConfig(readEnvironment({ NAVETTE_HOME: home, NAVETTE_CONFIG: join(home, 'config') }));
  const root = join(home, 'drops');
  const keys = { host: newKeyPair(), navette: newKeyPair() };
  let server: RunningSftpServer | null = null;
  let port = 1;
  const secretariatOf = new Map<string, Secretariat>(country.employersAll.map((one) => [dropOf(one), one.secretariat]));
  const employerOf = new Map<string, Employer>(country.employersAll.map((one) => [dropOf(one), one]));
  const drops = ['issuer', ...secretariatOf.keys(), 'bank'];
  for (const drop of drops) for (const folder of FOLDERS) await mkdir(join(root, drop, folder), { recursive: true });
  const folderOf = (drop: string, folder: string) => join(root, drop, folder);

  const dropConfig = (id: string): Drop => {
    const secretariat = secretariatOf.get(id);
    const isServed = secretariat?.kind === 'sftp';
    const path = (folder: string) => (isServed ? `/${id}/${folder}` : folderOf(id, folder));
    return {
      id,
      enabled: true,
      secretariat: secretariat?.code ?? id,
      kind: isServed ? 'sftp' : 'folder',
      sftp: isServed
        ? {
            host: '127.0.0.1',
            port,
            username: id,
            password: null,
            privateKey: keys.navette.privateKey,
            hostKeys: [keys.host.fingerprint],
          }
        : null,
      paths: { in: path('in'), out: path('out'), archive: path('archive'), error: path('error') },
      settled: secretariat?.settled ?? 'rename',
      layouts: id === 'issuer' ? ['employers'] : id === 'bank' ? ['bank-coda', 'bank-camt053'] : layoutsOf(secretariat),
      limits: base.navette.limits,
      scope: null,
      mode: 'upsert',
      set: secretariat?.dropPerEmployer === true ? { enterpriseNumber: employerOf.get(id)?.number ?? '' } : {},
      hash: 'simulated',
    };
  };
  const startServer = async (): Promise<void> => {
    server = await startSftpServer({
      hostKey: keys.host.privateKey,
      authenticate: (attempt) => oneAccount({ username: attempt.username, publicKey: keys.navette.publicKey })(attempt),
      folder: serveFolder(root),
    });
    port = server.port;
  };
  await startServer();
  const names: Place['names'] = async (drop, folder) => (await readdir(folderOf(drop, folder))).sort();
  return {
    home,
    drops,
    config: () => ({ ...base, drops: drops.map(dropConfig) }),
    names,
    async withFiles(some) {
      const kept: Drop[] = [];
      for (const drop of some) {
        const isQuiet =
          secretariatOf.get(drop.id)?.dropPerEmployer === true && (await names(drop.id, 'in')).length === 0;
        if (!isQuiet) kept.push(drop);
      }
      return kept;
    },
    read: (drop, folder, name) => readFile(join(folderOf(drop, folder), name)),
    async layOut({ drop, name, content, writtenAt }) {
      const path = join(folderOf(drop, 'in'), name);
      await writeFile(`${path}.part`, content);
      const seconds = Date.parse(writtenAt) / 1000;
      await utimes(`${path}.part`, seconds, seconds);
      await rename(`${path}.part`, path);
      if (secretariatOf.get(drop)?.settled === 'marker') await writeFile(`${path}.done`, '');
    },
    stopServer: async () => {
      await server?.close();
      server = null;
    },
    startServer,
  };
}

function layoutsOf(secretariat: Secretariat | undefined): string[] {
  const payroll = {
    generic: 'payroll-generic',
    ragged: 'payroll-ragged',
    'odd-dates': 'payroll-fixed-odd-dates',
    signed: 'payroll-fixed-signed',
    odoo: 'payroll-odoo-meal-vouchers',
  }[secretariat?.payroll ?? 'generic'];
  const portal = secretariat?.people.scope === 'full' ? 'beneficiaries-portal-full' : 'beneficiaries-portal';
  // A layout of fixed widths says nothing about names, so that every file fits it; a workbook's file has its name.
  return payroll.startsWith('payroll-fixed') ? [portal, payroll] : [payroll, portal];
}

/** The shipped settings with these secretariats, and the portal's layout once more for those who send everybody every time. */
async function writeSecretariats(config: string, secretariats: readonly Secretariat[]): Promise<void> {
  const path = join(config, 'navette.yaml');
  const lines = secretariats.map(
    ({ code, name, language }) => `  - { code: ${code}, name: ${name}, language: ${language} }\n`,
  );
  const settings = await readFile(path, 'utf8');
  await writeFile(path, settings.replace(/^secretariats:\n(?: {2}- .*\n)+/m, `secretariats:\n${lines.join('')}`));
  const portal = await readFile(join(config, 'layouts', 'beneficiaries-portal.yaml'), 'utf8');
  const full = portal
    .replace('id: beneficiaries-portal', 'id: beneficiaries-portal-full')
    .replace('scope: delta', 'scope: full');
  await writeFile(join(config, 'layouts', 'beneficiaries-portal-full.yaml'), full);
}
