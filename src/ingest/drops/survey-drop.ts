/** Looks at the folders of a drop of whatever kind, as far as looking goes. */
import { randomUUID } from 'node:crypto';
import { RetryableError } from '../../errors.ts';
import { DROP_LIMITS, type DropPlace } from './drop-shape.ts';
import { errorCode } from './error-code.ts';
import { openFolderDrop } from './folder-drop.ts';
import { type FolderFault, type FolderLook, type FolderNeed, localFault } from './folder-look.ts';
import { reachServer } from './sftp-drop.ts';
import { dropOver, type SftpLine } from './sftp-files.ts';

type Survey = (drop: DropPlace, needs: readonly FolderNeed[]) => Promise<FolderLook[]>;

const PERMISSION_DENIED = 3;
const SURVEYS: Record<DropPlace['kind'], Survey> = { folder: surveyFolders, sftp: surveyServer };

/** In the order of `needs`. Throws `RetryableError` as `openDrop` when a server cannot be reached or lets nobody in. */
export function surveyDrop(drop: DropPlace, needs: readonly FolderNeed[]): Promise<FolderLook[]> {
  return SURVEYS[drop.kind](drop, needs);
}

/** One after the other: a network mount that is dead takes a thread for each look at it. */
async function surveyFolders(drop: DropPlace, needs: readonly FolderNeed[]): Promise<FolderLook[]> {
  const looks: FolderLook[] = [];
  for (const need of needs) {
    const lists = need.folder === 'in';
    const fault = await localFault(drop.paths[need.folder], { lists, writes: need.writes });
    const files =
      lists && (fault === null || fault === 'read-only')
        ? (await (await openFolderDrop(drop, DROP_LIMITS)).list()).length
        : null;
    looks.push({ ...need, fault, files, writesKnown: true });
  }
  return looks;
}

async function surveyServer(drop: DropPlace, needs: readonly FolderNeed[]): Promise<FolderLook[]> {
  const line = await reachServer(drop, DROP_LIMITS);
  try {
    const looks: FolderLook[] = [];
    for (const need of needs) looks.push(await lookOver(line, drop, need));
    return looks;
  } finally {
    await line.close();
  }
}

async function lookOver(line: SftpLine, drop: DropPlace, need: FolderNeed): Promise<FolderLook> {
  const path = drop.paths[need.folder];
  const found = (fault: FolderFault | null, files: number | null = null) => ({
    ...need,
    fault,
    files,
    writesKnown: fault !== null || !need.writes,
  });
  try {
    const state = await line.examine(path);
    if (state === null) return found('missing');
    if (state.folder === false) return found('no-folder');
    const files = need.folder === 'in' ? (await dropOver(line, drop.paths, 0).list()).length : null;
    return found(need.writes && (await refusesChanges(line, path, need, state.mode)) ? 'read-only' : null, files);
  } catch (error) {
    const refused = error instanceof RetryableError ? error.reason === 'denied' : typeof errorCode(error) === 'number';
    if (refused) return found('closed');
    throw error;
  }
}

/**
 * True only for what is sure. No question of SFTP asks for a right: a folder that nobody may write in shows it in its mode, and
 * a server that lets nothing be changed refuses to remove even a name that is not there. Only the inbox is asked so: in the
 * others Navette removes nothing, and may well not be allowed to.
 */
async function refusesChanges(
  line: SftpLine,
  path: string,
  { folder }: FolderNeed,
  mode: number | null,
): Promise<boolean> {
  // Servers without rights of their own show none at all.
  if (mode !== null && (mode & 0o444) !== 0 && (mode & 0o222) === 0) return true;
  if (folder !== 'in') return false;
  return line.remove(`${path.replace(/\/+$/u, '')}/.navette-${randomUUID()}`).then(
    () => false,
    (error) => {
      if (error instanceof RetryableError) throw error;
      return errorCode(error) === PERMISSION_DENIED;
    },
  );
}
