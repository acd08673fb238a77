/** The readable form of a kept file: itself, or for an encrypted one a private copy that lives as long as it is read. */
import { rm } from 'node:fs/promises';
import type { Config } from '../../config.ts';
import { FileError } from '../../errors.ts';
import { decryptFile, isEncryptedName, plainName } from '../../ingest/drops/decrypt-file.ts';
import type { DropFile } from '../../load/tables.ts';
import { passingPath } from './passing-files.ts';

export interface PlainFile {
  readonly path: string;
  /** as its sender would call it without the encryption */
  readonly name: string;
}

/**
 * Runs `work` with the plain file; an encrypted one needs the keys of its drop. Where the drop names whose signature it wants,
 * a file that is not encrypted carries none: whoever can write to the drop could have put it there.
 * @throws FileError `file.encryption` or `file.truncated` before `work` begins, and what `work` throws
 */
export async function withPlainFile<T>(
  config: Pick<Config, 'drops' | 'storage'>,
  file: Pick<DropFile, 'drop_id' | 'name'>,
  storedAt: string,
  work: (plain: PlainFile) => Promise<T>,
): Promise<T> {
  const drop = config.drops.find(({ id }) => id === file.drop_id);
  const keys = drop?.pgp ?? null;
  if (!isEncryptedName(file.name)) {
    if (keys !== null && keys.verifyKey !== null) throw new FileError('file.encryption');
    return work({ path: storedAt, name: file.name });
  }
  if (drop === undefined || keys === null) throw new FileError('file.encryption');
  const path = await passingPath(config.storage, 'plain');
  try {
    await decryptFile(storedAt, path, keys, drop.limits.maxBytes);
    return await work({ path, name: plainName(file.name) });
  } finally {
    await rm(path, { force: true });
  }
}
