/** A real file system of a few pages, which fills up in a moment. */
import { execFile } from 'node:child_process';
import { mkdtemp, rmdir } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { promisify } from 'node:util';

const run = promisify(execFile);

export interface SmallDisk {
  readonly path: string;
  /** from now on nothing can be written */
  makeReadOnly(): Promise<void>;
  unmount(): Promise<void>;
}

/** 64 KiB of memory; a sentence instead where mounting is not allowed. */
export async function mountSmallDisk(): Promise<SmallDisk | string> {
  const path = await mkdtemp(join(tmpdir(), 'navette-disk-'));
  try {
    await run('mount', ['-t', 'tmpfs', '-o', 'size=64k', 'tmpfs', path]);
  } catch {
    await rmdir(path);
    return 'a full disk is not tried: mounting one needs root';
  }
  return {
    path,
    async makeReadOnly() {
      await run('mount', ['-o', 'remount,ro', path]);
    },
    async unmount() {
      await run('umount', [path]);
      await rmdir(path);
    },
  };
}
