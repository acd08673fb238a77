/** Gives a local file its place under a name that is free: nothing is ever overwritten. */
import { createHash } from 'node:crypto';
import { createReadStream } from 'node:fs';
import { copyFile, link, lstat, open, rename, rm, stat, unlink } from 'node:fs/promises';
import { basename, dirname, join } from 'node:path';
import { pipeline } from 'node:stream/promises';
import { errorCode } from './error-code.ts';
import { syncFolder } from './landing.ts';
import { changed } from './whole-read.ts';

/** Also EPERM: Linux refuses a hard link to another user's file where it allows a rename. */
const NO_HARD_LINKS = ['EPERM', 'ENOTSUP', 'EOPNOTSUPP', 'ENOSYS', 'EMLINK'];

/** What tells one object on a disk from another, and from itself once it was written to again. */
export interface Identity {
  readonly ino: number;
  readonly size: number;
  readonly mtimeMs: number;
}

/** null when there is no regular file of that name. */
export async function identityOf(path: string): Promise<Identity | null> {
  try {
    const found = await lstat(path);
    return found.isFile() ? found : null;
  } catch (error) {
    if (errorCode(error) === 'ENOENT') return null;
    throw error;
  }
}

/**
 * Moves `from` to `to`, over the border of a file system too. If `to` has the same bytes already, only `from` goes.
 * Only the object that was looked at `before` is moved: one that took its name meanwhile stays.
 * Throws the file system's error, with code `EEXIST` when `to` holds other bytes; `RetryableError` `changed` when what would be
 * at `to` is not, or not only, what was looked at.
 */
export async function placeFile(from: string, to: string, before: Identity): Promise<void> {
  try {
    // rename() would silently replace a target; link() refuses.
    await link(from, to);
  } catch (error) {
    const code = String(errorCode(error));
    if (code === 'EXDEV') return placeCopy(from, to, before);
    if (NO_HARD_LINKS.includes(code)) return placeByRename(from, to, before);
    if (code !== 'EEXIST' || !(await sameBytes(from, to))) throw error;
    return removeIfStill(from, to, before);
  }
  // Whoever writes on through an open file writes into both names.
  if (!isSame(await identityOf(to), before)) {
    await unlink(to);
    throw changed();
  }
  await removeIfStill(from, to, before);
}

/** What was looked at is at `to`: a newer file under its old name is left there, as the new one it is. */
async function removeIfStill(from: string, to: string, before: Identity): Promise<void> {
  if (isSame(await identityOf(from), before)) await unlink(from);
  await syncFolder(dirname(to));
}

function isSame(now: Identity | null, before: Identity): boolean {
  return now !== null && now.ino === before.ino && now.size === before.size && now.mtimeMs === before.mtimeMs;
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

async function placeCopy(from: string, to: string, before: Identity): Promise<void> {
  await viaTemporary(to, async (temporary) => {
    await copyFile(from, temporary);
    const handle = await open(temporary, 'r+');
    try {
      await handle.sync();
    } finally {
      await handle.close();
    }
    if (!isSame(await identityOf(from), before)) throw changed();
  });
  await removeIfStill(from, to, before);
}

async function placeByRename(from: string, to: string, before: Identity): Promise<void> {
  if (!isSame(await identityOf(from), before)) throw changed();
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
    const written = await identityOf(temporary);
    if (written === null) throw Object.assign(new Error('the temporary file is gone'), { code: 'ENOENT' });
    await placeFile(temporary, to, written);
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

/** Hexadecimal SHA-256 of a file's bytes. */
export async function digest(path: string): Promise<string> {
  const hash = createHash('sha256');
  await pipeline(createReadStream(path), hash);
  return hash.digest('hex');
}
