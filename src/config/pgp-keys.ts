/** The keys for encrypted files of a drop, read from where its YAML names them. */
import { readFileSync } from 'node:fs';
import { resolve } from 'node:path';
import type { DropConfig } from './drops.ts';
import type { Environment } from './environment.ts';
import type { YamlFile } from './yaml-file.ts';

/** Armoured OpenPGP keys as text. */
export interface PgpKeys {
  readonly privateKey: string;
  readonly passphrase: string | null;
  /** the sender's public key; when it is there, only files that it signed are used */
  readonly verifyKey: string | null;
}

/** null when the drop has none; a file that cannot be read is added to `faults`. */
export function readPgpKeys(
  { pgp }: DropConfig,
  file: YamlFile<unknown>,
  environment: Environment,
  faults: string[],
): PgpKeys | null {
  if (pgp === undefined) return null;
  const read = (key: keyof typeof pgp): string | null => {
    const path = pgp[key];
    if (path === undefined) return null;
    try {
      return readFileSync(resolve(environment.config, path), 'utf8');
    } catch {
      faults.push(`${file.at(['pgp', key])}: "pgp.${key}" names ${path}, which cannot be read.`);
      return null;
    }
  };
  const [privateKey, passphrase, verifyKey] = [read('privateKeyFile'), read('passphraseFile'), read('verifyKeyFile')];
  return privateKey === null ? null : { privateKey, passphrase: passphrase?.trimEnd() ?? null, verifyKey };
}
