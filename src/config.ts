/** The configuration: reads the whole folder, checks it, and lists every fault at once before anything runs. */
import { createHash } from 'node:crypto';
import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { basename, dirname, isAbsolute, join, resolve } from 'node:path';
import { type DropConfig, dropShape } from './config/drops.ts';
import type { Environment } from './config/environment.ts';
import { layoutShape, toLayout } from './config/layouts.ts';
import { type Limits, type NavetteConfig, navetteShape } from './config/navette.ts';
import { resolveSmtp, type SmtpSettings } from './config/notices.ts';
import { type PgpKeys, readPgpKeys } from './config/pgp-keys.ts';
import { type ProductConfig, productsShape } from './config/products.ts';
import { readYamlFile, type YamlFile } from './config/yaml-file.ts';
import { ConfigError } from './errors.ts';
import { loadMessages, type Messages } from './messages.ts';
import type { Layout, Scope } from './model.ts';

/** A drop with its secrets resolved, its limits filled in, and its folders absolute. */
export interface Drop {
  readonly id: string;
  readonly enabled: boolean;
  readonly secretariat: string;
  readonly kind: 'sftp' | 'folder';
  readonly sftp: SftpPlace | null;
  readonly paths: { readonly in: string; readonly out: string; readonly archive: string; readonly error: string };
  readonly settled: 'marker' | 'rename' | 'stable';
  /** under `stable`: so long a file must have been listed unchanged; left out, the least that is sound */
  readonly stableSeconds?: number;
  /** `none`: the drop is only read, its files stay where they are */
  readonly archive?: 'move' | 'none';
  readonly pgp?: PgpKeys | null;
  /** the day of the month by which something must have come, null when nothing is expected */
  readonly expectedBy?: number | null;
  readonly layouts: readonly string[];
  readonly limits: Limits;
  readonly scope: Scope | null;
  readonly mode: 'create' | 'update' | 'upsert';
  readonly set: Readonly<Record<string, string>>;
  /** changes with every change of the YAML; empty for the built-in drops */
  readonly hash: string;
}

export interface SftpPlace {
  readonly host: string;
  readonly port: number;
  readonly username: string;
  readonly password: string | null;
  readonly privateKey: string | null;
  readonly hostKeys: readonly string[];
}

export interface Config {
  readonly navette: NavetteConfig;
  readonly products: readonly ProductConfig[];
  readonly drops: readonly Drop[];
  readonly layouts: ReadonlyMap<string, ConfiguredLayout>;
  readonly messages: Messages;
  /** the mail server of notices, null for the folder channel */
  readonly smtp: SmtpSettings | null;
  /** folder where fetched files are kept */
  readonly storage: string;
}

export interface ConfiguredLayout {
  readonly layout: Layout;
  /** changes with every change of the YAML: a changed layout may not deactivate unseen */
  readonly hash: string;
}

/** Whether keys and passwords are read too, or left where they are. */
export type Secrets = 'with-secrets' | 'without-secrets';

/**
 * Reads everything under the environment's configuration folder; ConfigError lists all faults. Without its secrets no drop can be
 * reached and no mail sent: for those who only read the database, and whose account may not see a key.
 */
export function loadConfig(environment: Environment, secrets: Secrets = 'with-secrets'): Config {
  const folder = environment.config;
  if (!existsSync(folder)) throw new ConfigError(`There is no configuration folder ${folder} (NAVETTE_CONFIG).`);
  const faults: string[] = [];
  const taken = <T>(file: YamlFile<T>): T | null => {
    faults.push(...file.faults);
    return file.value;
  };
  const settings = readYamlFile(join(folder, 'navette.yaml'), navetteShape);
  const navette = taken(settings);
  const smtp =
    navette === null || secrets === 'without-secrets' ? null : resolveSmtp(navette, settings, environment, faults);
  const products = taken(readYamlFile(join(folder, 'products.yaml'), productsShape));
  const layouts = new Map<string, ConfiguredLayout>();
  for (const path of yamlFiles(join(folder, 'layouts'))) {
    const file = readYamlFile(path, layoutShape);
    const value = taken(file);
    if (value === null) continue;
    faults.push(...nameFault(file, value.id));
    layouts.set(value.id, { layout: toLayout(value), hash: hashOf(readFileSync(path)) });
  }
  const drops: Drop[] = [];
  for (const path of yamlFiles(join(folder, 'drops'))) {
    const file = readYamlFile(path, dropShape);
    const value = taken(file);
    if (value === null) continue;
    faults.push(...nameFault(file, value.id), ...dropFaults(file, value, layouts));
    if (navette !== null) faults.push(...secretariatFault(file, value.secretariat, navette));
    const drop = navette === null ? null : resolveDrop(value, file, environment, navette.limits, faults, secrets);
    if (drop !== null) drops.push(drop);
  }
  let messages: Messages | null = null;
  try {
    messages = loadMessages(join(folder, 'messages'));
  } catch (error) {
    if (!(error instanceof ConfigError)) throw error;
    faults.push(...error.faults);
  }
  if (faults.length > 0 || navette === null || products === null || messages === null) throw new ConfigError(faults);
  const storage = navette.storage.folder ?? 'storage';
  return {
    navette,
    products: products.products,
    drops,
    layouts,
    messages,
    smtp,
    storage: isAbsolute(storage) ? storage : join(environment.home, storage),
  };
}

function yamlFiles(folder: string): string[] {
  if (!existsSync(folder)) return [];
  const names = readdirSync(folder).filter((name) => name.endsWith('.yaml'));
  return names.sort().map((name) => join(folder, name));
}

function nameFault(file: YamlFile<unknown>, id: string): string[] {
  if (basename(file.path) === `${id}.yaml`) return [];
  return [`${file.at(['id'])}: "id" is "${id}"; a file is named after its id, so this one would be ${id}.yaml.`];
}

/** A drop of nobody that is known would have its every row refused for want of a mandate. */
function secretariatFault(file: YamlFile<unknown>, code: string, { secretariats }: NavetteConfig): string[] {
  const known = [...secretariats.map((secretariat) => secretariat.code), 'bank', 'issuer'];
  if (known.includes(code)) return [];
  return [
    `${file.at(['secretariat'])}: there is no secretariat "${code}" in navette.yaml; allowed: ${known.join(', ')}.`,
  ];
}

/** Who may bring what: only the issuer its employers, only the bank its statements. */
function dropFaults(
  file: YamlFile<unknown>,
  drop: DropConfig,
  layouts: ReadonlyMap<string, ConfiguredLayout>,
): string[] {
  const faults: string[] = [];
  drop.layouts.forEach((id, index) => {
    const kind = layouts.get(id)?.layout.kind;
    const where = file.at(['layouts', index]);
    // A layout with faults of its own is told once, where it stands.
    if (kind === undefined && existsSync(join(dirname(dirname(file.path)), 'layouts', `${id}.yaml`))) return;
    if (kind === undefined) {
      faults.push(`${where}: there is no layout "${id}"; allowed: ${[...layouts.keys()].join(', ')}.`);
    } else if (kind === 'employers' && drop.secretariat !== 'issuer') {
      faults.push(`${where}: layout "${id}" brings employers; only a drop with "secretariat: issuer" may.`);
    } else if (kind === 'bank-statement' && drop.secretariat !== 'bank') {
      faults.push(`${where}: layout "${id}" brings bank statements; only a drop with "secretariat: bank" may.`);
    }
  });
  return faults;
}

function resolveDrop(
  given: DropConfig,
  file: YamlFile<unknown>,
  environment: Environment,
  defaults: Limits,
  faults: string[],
  secrets: Secrets,
): Drop | null {
  const at = (path: string): string => (given.kind === 'folder' ? resolve(environment.home, path) : path);
  let sftp: SftpPlace | null = null;
  // A drop that is switched off is an example or a plan: its secrets need not be there yet.
  const wanted = given.enabled && secrets === 'with-secrets';
  if (given.sftp !== undefined && wanted) {
    const { privateKeyFile, passwordFile, passwordEnv } = given.sftp;
    const secretFile = privateKeyFile ?? passwordFile;
    let secret: string | undefined;
    if (secretFile !== undefined) {
      try {
        secret = readFileSync(resolve(environment.config, secretFile), 'utf8');
      } catch {
        const key = privateKeyFile === undefined ? 'passwordFile' : 'privateKeyFile';
        faults.push(`${file.at(['sftp', key])}: "sftp.${key}" names ${secretFile}, which cannot be read.`);
        return null;
      }
    } else if (passwordEnv !== undefined) {
      secret = environment.secret(passwordEnv);
      if (secret === undefined) {
        faults.push(`${file.at(['sftp', 'passwordEnv'])}: the environment variable ${passwordEnv} is not set.`);
        return null;
      }
    }
    const { host, port, username, hostKeys } = given.sftp;
    const isKey = privateKeyFile !== undefined;
    sftp = {
      host,
      port,
      username,
      hostKeys,
      password: isKey ? null : (secret?.trimEnd() ?? null),
      privateKey: isKey ? (secret ?? null) : null,
    };
  }
  const { maxRejectedRatio, maxDeactivatedRatio, maxDeactivatedCount, maxBytes } = given.limits;
  return {
    id: given.id,
    enabled: given.enabled,
    secretariat: given.secretariat,
    kind: given.kind,
    sftp,
    paths: {
      in: at(given.paths.in),
      out: at(given.paths.out),
      archive: at(given.paths.archive),
      error: at(given.paths.error),
    },
    settled: given.settled,
    ...(given.stableSeconds === undefined ? {} : { stableSeconds: given.stableSeconds }),
    archive: given.archive,
    pgp: wanted ? readPgpKeys(given, file, environment, faults) : null,
    expectedBy: given.expects?.by ?? null,
    layouts: given.layouts,
    limits: {
      maxRejectedRatio: maxRejectedRatio ?? defaults.maxRejectedRatio,
      maxDeactivatedRatio: maxDeactivatedRatio ?? defaults.maxDeactivatedRatio,
      maxDeactivatedCount: maxDeactivatedCount ?? defaults.maxDeactivatedCount,
      maxBytes: maxBytes ?? defaults.maxBytes,
    },
    scope: given.scope ?? null,
    mode: given.mode,
    set: given.set,
    hash: hashOf(readFileSync(file.path)),
  };
}

function hashOf(bytes: Buffer): string {
  return createHash('sha256').update(bytes).digest('hex').slice(0, 16);
}
