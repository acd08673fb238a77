/** Files that live only as long as the process that made them: those that arrive, and the readable copies of encrypted ones. */
import { randomUUID } from 'node:crypto';
import { mkdir, readdir, rm, stat } from 'node:fs/promises';
import { hostname } from 'node:os';
import { join } from 'node:path';

const FOLDERS = ['arriving', 'plain'] as const;
/** Another process may have the number of one that died, in a container even always. */
const THIS_RUN = randomUUID();
/** No transfer goes on for so long without a byte, whatever machine it runs on. */
const UNTOUCHED_MILLISECONDS = 24 * 3_600_000;

/** A private path of its own on the disk of the store; who makes a file there removes it. */
export async function passingPath(storage: string, folder: (typeof FOLDERS)[number]): Promise<string> {
  await mkdir(join(storage, folder), { recursive: true, mode: 0o700 });
  return join(storage, folder, [hostname(), process.pid, THIS_RUN, randomUUID()].join('~'));
}

/**
 * Removes what processes left behind that were killed: at once those of this machine, after a day those of others.
 * `now` is that of the real clock, as the times of files are, and not the day that a command was given.
 */
export async function clearPassingFiles(storage: string, now: number): Promise<void> {
  for (const folder of FOLDERS) {
    for (const name of await readdir(join(storage, folder)).catch(() => [])) {
      const path = join(storage, folder, name);
      const [host] = name.split('~');
      const left = host === hostname() ? isOfDeadProcess(name) : await isUntouched(path, now);
      if (left) await rm(path, { force: true });
    }
  }
}

function isOfDeadProcess(name: string): boolean {
  const [, pid, run] = name.split('~');
  return Number(pid) === process.pid ? run !== THIS_RUN : !isAlive(Number(pid));
}

async function isUntouched(path: string, now: number): Promise<boolean> {
  const found = await stat(path).catch(() => null);
  return found !== null && now - found.mtimeMs > UNTOUCHED_MILLISECONDS;
}

function isAlive(pid: number): boolean {
  try {
    process.kill(pid, 0);
    return true;
  } catch (error) {
    return (error as NodeJS.ErrnoException).code === 'EPERM';
  }
}
