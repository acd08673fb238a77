/** Real places for a drop, each with a local folder behind it where a test plays the sender. */
import { execFile } from 'node:child_process';
import { chown, mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { promisify } from 'node:util';
import type { DropPlace } from '../../src/ingest/drops/drop.ts';

export interface TestPlace {
  readonly drop: DropPlace;
  /** holds `in`, `out`, `archive` and `error` */
  readonly root: string;
  /** gives what the test wrote to the account that serves it */
  own(path: string): Promise<void>;
  stop(): Promise<void>;
}

export const FOLDERS = ['in', 'out', 'archive', 'error'] as const;

export async function makeFolders(root: string): Promise<void> {
  for (const folder of FOLDERS) await mkdir(join(root, folder));
}

/** The sender drops a file; answers its local path. */
export async function drop(place: TestPlace, name: string, bytes: string | Buffer): Promise<string> {
  const path = join(place.root, 'in', name);
  await writeFile(path, bytes);
  await place.own(path);
  return path;
}

export async function folderPlace(): Promise<TestPlace> {
  const root = await mkdtemp(join(tmpdir(), 'navette-drop-'));
  await makeFolders(root);
  const at = (folder: string) => join(root, folder);
  return {
    drop: {
      id: 'local',
      kind: 'folder',
      paths: { in: at('in'), out: at('out'), archive: at('archive'), error: at('error') },
    },
    root,
    own: async () => undefined,
    stop: () => rm(root, { recursive: true, force: true }),
  };
}

/** A pipe that nobody writes to: whoever opens it waits. */
export async function makePipe(path: string): Promise<void> {
  await promisify(execFile)('mkfifo', [path]);
}

/** Hands a file to the account of a server. */
export async function giveTo(path: string, account: { uid: number; gid: number }): Promise<void> {
  await chown(path, account.uid, account.gid);
}
