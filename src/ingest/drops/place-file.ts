/** Gives a local file its place under a name that is free: nothing is ever overwritten. */
import { createHash } from 'node:crypto';
import { createReadStream } from 'node:fs';
import { copyFile, link, lstat, open, rename, rm, stat, unlink } from 'node:fs/promises';
import { basename, dirname, join } from 'node:path';
import { pipeline } from 'node:stream/promises';
import { errorCode } from './error-code.ts';
import { syncFolder } from './landing.ts';

/** Also EPERM: Linux refuses a hard link to another user's file where it allows a rename. */
const NO_HARD_LINKS = ['EPERM', 'ENOTSUP', 'EOPNOTSUPP', 'ENOSYS', 'EMLINK'];

/**
 * Moves `from` to `to`, over the border of a file system too. If `to` has the same bytes already, only `from` goes.
 * Throws the file system's error, with code `EEXIST` when `to` holds other bytes.
 */
export async function placeFile(from: string, to: string): Promise<void> {
  try {
    // rename() would silently replace a target; link() refuses.
    await link(from, to);
  } catch (error) {
    const code = String(errorCode(error));
    if (code === 'EXDEV') return placeCopy(from, to);
    if (NO_HARD_LINKS.includes(code)) return placeByRename(from, to);
    if (code !== 'EEXIST' || !(await sameBytes(from, to))) throw error;
  }
  await unlink(from);
  await syncFolder(dirname(to));
}

/** Writes bytes under a name that is free, or that already holds them, for those who may read. Throws as `placeFile`. */
export async function placeBytes(bytes: Buffer, to: string): Promise<void> {
  const mode = await readersOf(dirname(to));
  await viaTemporary(to, async (temporary) => {
    const handle = await open(temporary, 'w', mode);
    try {
      // Left from a killed process, it has the mode it was made with.
      await handle.chmod(mode);
      await handle.writeFile(bytes);
      await handle.sync();
    } finally {
      await handle.close();
    }
  });
}

/**
 * The owner; and the group only of a folder that is closed to everybody else and open to its group, which nobody gets without
 * having asked for it. Under an access list these bits are its mask: with 0600 its entries would give nothing.
 */
async function readersOf(folder: string): Promise<number> {
  const { mode } = await stat(folder);
  return (mode & 0o007) === 0 ? 0o600 | (mode & 0o040) : 0o600;
}

async function placeCopy(from: string, to: string): Promise<void> {
  await viaTemporary(to, async (temporary) => {
    await copyFile(from, temporary);
    const handle = await open(temporary, 'r+');
    try {
      await handle.sync();
    } finally {
      await handle.close();
    }
  });
  await unlink(from);
}

async function placeByRename(from: string, to: string): Promise<void> {
  const taken = await lstat(to).catch((error) => {
    if (errorCode(error) === 'ENOENT') return null;
    throw error;
  });
  if (taken === null) await rename(from, to);
  else if (await sameBytes(from, to)) await unlink(from);
  else throw Object.assign(new Error('target exists'), { code: 'EEXIST' });
  await syncFolder(dirname(to));
}

async function viaTemporary(to: string, write: (temporary: string) => Promise<void>): Promise<void> {
  const temporary = join(dirname(to), `.${basename(to)}.part`);
  try {
    await write(temporary);
    await placeFile(temporary, to);
  } catch (error) {
    await rm(temporary, { force: true });
    throw error;
  }
}

async function sameBytes(a: string, b: string): Promise<boolean> {
  const [stateOfA, stateOfB] = [await lstat(a), await lstat(b)];
  if (!stateOfA.isFile() || !stateOfB.isFile() || stateOfA.size !== stateOfB.size) return false;
  return (await digest(a)) === (await digest(b));
}

async function digest(path: string): Promise<string> {
  const hash = createHash('sha256');
  await pipeline(createReadStream(path), hash);
  return hash.digest('hex');
}
