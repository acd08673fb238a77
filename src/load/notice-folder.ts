/** The notice channel that needs no mail server: one `.eml` file per notice in a folder. */
import { randomUUID } from 'node:crypto';
import { access, link, mkdir, open, rename, rm } from 'node:fs/promises';
import { join } from 'node:path';
import { isMessageKey } from './notice-mail.ts';

/** What file systems without hard links answer, network shares among them. */
const NO_HARD_LINKS = ['EPERM', 'ENOTSUP', 'EOPNOTSUPP', 'ENOSYS'];

/**
 * Writes `<message-key>.eml` and returns its path. A file of that name is there already when the notice was handed over before:
 * that is success, and it stays as it is. Throws a RangeError for a key that is no file name, and the error of the file system.
 */
export async function writeNotice(folder: string, messageKey: string, eml: Buffer): Promise<string> {
  if (!isMessageKey(messageKey))
    throw new RangeError('A message key is letters, digits, dots, dashes and underscores.');
  await mkdir(folder, { recursive: true, mode: 0o700 });
  const path = join(folder, `${messageKey}.eml`);
  const temporary = join(folder, `.${messageKey}.${randomUUID()}.part`);
  try {
    const file = await open(temporary, 'wx', 0o600);
    try {
      await file.writeFile(eml);
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
    // A rename would replace a notice that another worker has just written; a link refuses to.
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
