/** Files that live only as long as the process that makes them: how they are called, and what is left of processes that were killed. */
import { randomUUID } from 'node:crypto';
import { readdir, rm, stat } from 'node:fs/promises';
import { hostname } from 'node:os';
import { join } from 'node:path';

/** Another process may have the number of one that died, in a container even always. */
const THIS_RUN = randomUUID();
/** Nothing passes for so long, whatever machine it is on. */
const UNTOUCHED_MILLISECONDS = 24 * 3_600_000;
const NAME = /^\.([^~]+)~(\d+)~([0-9a-f-]{36})~[0-9a-f-]{36}\b/;

/** A name of its own; it begins with a dot, as names do that nobody reads yet. */
export function passingName(): string {
  return `.${hostname()}~${process.pid}~${THIS_RUN}~${randomUUID()}`;
}

/**
 * Removes what is left in a folder: at once that of dead processes of this machine and of those that are known to be `lost`
 * (`host:process`), after a day that of others. `now` is that of the real clock, as the times of files are, and not the day that a
 * command was given.
 */
export async function clearPassing(folder: string, now: number, lost: ReadonlySet<string> = new Set()): Promise<void> {
  for (const name of await readdir(folder).catch(() => [])) {
    const [, host, pid, run] = NAME.exec(name) ?? [];
    if (host === undefined) continue;
    const path = join(folder, name);
    const isLeft = host === hostname() ? isDead(Number(pid), run) : lost.has(`${host}:${pid}`);
    const left = isLeft || (host !== hostname() && (await isUntouched(path, now)));
    if (left) await rm(path, { force: true });
  }
}

/** Removes what this process has made there and still holds: it is about to end. */
export async function clearOwnPassing(folder: string): Promise<void> {
  for (const name of await readdir(folder).catch(() => [])) {
    if (NAME.exec(name)?.[3] === THIS_RUN) await rm(join(folder, name), { force: true });
  }
}

function isDead(pid: number, run: string | undefined): boolean {
  if (pid === process.pid) return run !== THIS_RUN;
  try {
    process.kill(pid, 0);
    return false;
  } catch (error) {
    return (error as NodeJS.ErrnoException).code !== 'EPERM';
  }
}

async function isUntouched(path: string, now: number): Promise<boolean> {
  const found = await stat(path).catch(() => null);
  return found !== null && now - found.mtimeMs > UNTOUCHED_MILLISECONDS;
}
