/** The folder that the card platform reads: a file there is whole from the moment it has its name. */
import { mkdir, open, rename, rm } from 'node:fs/promises';
import { join } from 'node:path';

/**
 * Writes a file for its owner alone, in place of an earlier one of that name, and returns its path.
 * The caller sees to it that nobody else writes the same file. Throws the error of the file system.
 */
export async function writeRelease(folder: string, name: string, content: string): Promise<string> {
  await mkdir(folder, { recursive: true, mode: 0o700 });
  const path = join(folder, name);
  // Always the same name: what a killed run left of it, the next one overwrites. It names people and must not stay.
  const temporary = join(folder, `.${name}.part`);
  try {
    const file = await open(temporary, 'w', 0o600);
    try {
      await file.writeFile(content, 'utf8');
      await file.sync();
    } finally {
      await file.close();
    }
    await rename(temporary, path);
    await syncFolder(folder);
  } finally {
    await rm(temporary, { force: true });
  }
  return path;
}

/** Without it a power cut may take the name away again, after the database has noted that the file is there. */
async function syncFolder(folder: string): Promise<void> {
  const directory = await open(folder, 'r');
  try {
    await directory.sync();
  } finally {
    await directory.close();
  }
}
