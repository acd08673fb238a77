/** One process at a time does something in a folder; a lock left by a process that is no more does not count. */
import { open, readFile, rm } from 'node:fs/promises';
import { setTimeout as pause } from 'node:timers/promises';
import { RetryableError } from '../errors.ts';
import { isStillThere, markOfThisProcess } from './processes.ts';

const LOOK_MILLISECONDS = 50;
/** A lock is written right after it is made; one that is empty for longer was cut off, as by a loss of power. */
const EMPTY_MILLISECONDS = 5_000;

export interface LockWaits {
  /** how long another process may have it */
  readonly patienceMilliseconds: number;
  readonly emptyMilliseconds?: number;
}

/** @throws RetryableError `folder_locked` when another process keeps the lock for longer than `patienceMilliseconds` */
export async function locked<T>(path: string, waits: LockWaits, work: () => Promise<T>): Promise<T> {
  const { patienceMilliseconds, emptyMilliseconds = EMPTY_MILLISECONDS } = waits;
  let empty = 0;
  // Looks are counted, so that neither the machine's clock nor the file's can set a lock free.
  for (let waited = 0; !(await take(path)); waited += LOOK_MILLISECONDS) {
    if (waited >= patienceMilliseconds) throw heldTooLong(path, patienceMilliseconds);
    const mark = await readFile(path, 'utf8').catch(() => null);
    empty = mark?.trim() === '' ? empty + LOOK_MILLISECONDS : 0;
    const isLeft = empty > 0 ? empty > emptyMilliseconds : mark !== null && !isStillThere(mark);
    if (isLeft) await rm(path, { force: true });
    else await pause(LOOK_MILLISECONDS);
  }
  try {
    return await work();
  } finally {
    await rm(path, { force: true });
  }
}

async function take(path: string): Promise<boolean> {
  try {
    const file = await open(path, 'wx', 0o600);
    await file.writeFile(markOfThisProcess());
    await file.close();
    return true;
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'EEXIST') return false;
    throw error;
  }
}

function heldTooLong(path: string, milliseconds: number): RetryableError {
  const seconds = Math.round(milliseconds / 1_000);
  return new RetryableError(
    'folder_locked',
    `Another command has held ${path} for more than ${seconds} seconds. Wait until it has ended; when no command of Navette runs, remove that file and try again.`,
  );
}
