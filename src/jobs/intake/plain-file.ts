/** The readable form of a kept file: itself, or for an encrypted one a private copy that lives as long as it is read. */
import { randomUUID } from 'node:crypto';
import { mkdir, readdir, rm } from 'node:fs/promises';
import { hostname } from 'node:os';
import { join } from 'node:path';
import type { Config } from '../../config.ts';
import { FileError } from '../../errors.ts';
import { decryptFile, isEncryptedName, plainName } from '../../ingest/drops/decrypt-file.ts';
import type { DropFile } from '../../load/files/ledger.ts';

export interface PlainFile {
  readonly path: string;
  /** as its sender would call it without the encryption */
  readonly name: string;
}

/**
 * Runs `work` with the plain file; an encrypted one needs the keys of its drop.
 * @throws FileError `file.encryption` before `work` begins, and what `work` throws
 */
export async function withPlainFile<T>(
  config: Pick<Config, 'drops' | 'storage'>,
  file: Pick<DropFile, 'drop_id' | 'name'>,
  storedAt: string,
  work: (plain: PlainFile) => Promise<T>,
): Promise<T> {
  if (!isEncryptedName(file.name)) return work({ path: storedAt, name: file.name });
  const drop = config.drops.find(({ id }) => id === file.drop_id);
  const keys = drop?.pgp ?? null;
  if (drop === undefined || keys === null) throw new FileError('file.encryption');
  const folder = join(config.storage, 'plain');
  await mkdir(folder, { recursive: true, mode: 0o700 });
  const path = join(folder, `${hostname()}.${process.pid}.${randomUUID()}`);
  try {
    await decryptFile(storedAt, path, keys, drop.limits.maxBytes);
    return await work({ path, name: plainName(file.name) });
  } finally {
    await rm(path, { force: true });
  }
}

/** Removes what workers of this machine that were killed left behind. */
export async function clearPlainFiles({ storage }: Pick<Config, 'storage'>): Promise<void> {
  const folder = join(storage, 'plain');
  for (const name of await readdir(folder).catch(() => [])) {
    const [pid = '', host = ''] = name.split('.').slice(0, -1).reverse();
    if (name.startsWith(`${hostname()}.`) && host !== '' && !isAlive(Number(pid)))
      await rm(join(folder, name), { force: true });
  }
}

function isAlive(pid: number): boolean {
  if (pid === process.pid) return true;
  try {
    process.kill(pid, 0);
    return true;
  } catch (error) {
    return (error as NodeJS.ErrnoException).code === 'EPERM';
  }
}
