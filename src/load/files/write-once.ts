/** A file that is written whole and once: under another name first, and never over one that is there. */
import { access, link, mkdir, open, rename, rm } from 'node:fs/promises';
import { join } from 'node:path';
import { passingName } from './passing-files.ts';

/** What file systems without hard links answer, network shares among them. */
const NO_HARD_LINKS = ['EPERM', 'ENOTSUP', 'EOPNOTSUPP', 'ENOSYS'];

/**
 * Writes `folder/name`, by way of `beside` on the same disk, for its owner alone and returns its path. A file of that name is there already when it was written before:
 * that is success, and it stays as it is. Throws the error of the file system.
 */
export async function writeOnce(
  folder: string,
  name: string,
  content: Buffer | string,
  beside = folder,
): Promise<string> {
  await mkdir(folder, { recursive: true, mode: 0o700 });
  const path = join(folder, name);
  const temporary = join(beside, `${passingName()}.part`);
  try {
    const file = await open(temporary, 'wx', 0o600);
    try {
      await file.writeFile(content);
      await file.sync();
    } finally {
      await file.close();
    }
    await place(temporary, path);
  } finally {
    await rm(temporary, { force: true });
  }
  return path;
}

/** Gives the finished file its name unless the name is taken. */
async function place(temporary: string, path: string): Promise<void> {
  try {
    // A rename would replace a file that another worker has just written; a link refuses to.
    await link(temporary, path);
  } catch (error) {
    const code = (error as NodeJS.ErrnoException).code ?? '';
    if (code === 'EEXIST') return;
    if (!NO_HARD_LINKS.includes(code)) throw error;
    const isTaken = await access(path).then(
      () => true,
      () => false,
    );
    if (!isTaken) await rename(temporary, path);
  }
}
