/** Looks at every place that the configuration names, and says what is wrong there and what to do. Changes nothing. */
import { statfs } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import type { Config, Drop } from '../config.ts';
import { type FolderFault, type FolderLook, type FolderNeed, localFault } from '../ingest/drops/folder-look.ts';
import { surveyDrop } from '../ingest/drops/survey-drop.ts';
import { reasonOf } from '../load/database.ts';
import { openMailPool } from '../load/notices/mail-pool.ts';
import { dropPlace } from './intake/drop-place.ts';
import { type Check, type CheckedPlace, type Look, openLooks } from './look-in-turn.ts';

/** What Navette does in each folder, for those who have to give it the right. */
const USES: Readonly<Record<FolderNeed['folder'], string>> = {
  in: 'list, read, move and remove files',
  out: 'write receipts and rejects',
  archive: 'move files to',
  error: 'move files to',
};

export interface CheckedPlaces {
  /** in the order of the configuration */
  readonly places: CheckedPlace[];
  /** whether a look was given up that still goes on: a system call that never ends keeps a process from ending, too */
  readonly unanswered: boolean;
}

const MOUNT_TODO = 'Look whether the file system it lies on answers, such as a network mount.';

/**
 * Gives each look `milliseconds` to answer. Own folders come first and folders of drops last, one after the other: one that does
 * not answer holds a thread that also asks for names of servers. Servers are asked side by side; drops on one server
 * one after the other, as servers refuse many logins at once.
 */
export async function checkPlaces(
  config: Pick<Config, 'drops' | 'smtp' | 'storage' | 'navette'>,
  home: string,
  lookAtDatabase: Look,
  milliseconds: number,
): Promise<CheckedPlaces> {
  const { smtp } = config;
  const drops = config.drops.filter((drop) => drop.enabled);
  const todo = 'Check DATABASE_URL and the way to the server.';
  const database: Check = { look: lookAtDatabase, place: 'database', todo, folderOf: null };
  const own = [ownFolder('storage', config.storage), ownFolder('out', join(home, 'out'))];
  const checks = new Map(drops.map((drop) => [drop, drop.sftp === null ? foldersOf(drop) : [serverOf(drop)]]));
  const servers = Map.groupBy(
    drops.filter(({ sftp }) => sftp !== null),
    ({ sftp }) => `${sftp?.host}:${sftp?.port}`,
  );
  const mail = config.navette.notices.channel === 'smtp' && smtp !== null ? [mailServer(smtp)] : [];
  const { inTurn, found, unanswered } = openLooks(milliseconds);
  const checksOf = (some: readonly Drop[]): Check[] => some.flatMap((drop) => checks.get(drop) ?? []);
  await inTurn(own);
  await Promise.all([[database], mail, ...[...servers.values()].map(checksOf)].map(inTurn));
  await inTurn(checksOf(drops.filter(({ sftp }) => sftp === null)));
  const places = [database, ...own, ...checksOf(drops), ...mail].flatMap((check) => found.get(check) ?? []);
  return { places, unanswered: unanswered() };
}

function ownFolder(place: 'storage' | 'out', folder: string): Check {
  return { place, todo: MOUNT_TODO, look: async () => [await checkOwnFolder(place, folder)], folderOf: place };
}

/** Each folder by itself, so that the one that does not answer is known by name. */
function foldersOf(drop: Drop): Check[] {
  return needsOf(drop).map((need) => ({
    place: `drop ${drop.id}: ${need.folder}`,
    todo: MOUNT_TODO,
    look: () => checkDrop(drop, [need]),
    folderOf: `drop ${drop.id}`,
  }));
}

function serverOf(drop: Drop): Check {
  return { place: `drop ${drop.id}`, todo: UNREACHED_TODO, look: () => checkDrop(drop, needsOf(drop)), folderOf: null };
}

function mailServer(smtp: NonNullable<Config['smtp']>): Check {
  return { place: 'mail server', todo: MAIL_TODO, look: async () => [await greet(smtp)], folderOf: null };
}

/** The server first, when there is one, then each folder that the drop's settings make Navette use. */
async function checkDrop(drop: Drop, needs: readonly FolderNeed[]): Promise<CheckedPlace[]> {
  const place = `drop ${drop.id}`;
  try {
    const looks = await surveyDrop(dropPlace(drop), needs);
    const server =
      drop.sftp === null
        ? []
        : [fine(place, `${drop.sftp.host}:${drop.sftp.port} has the expected host key and takes the login`)];
    return [...server, ...looks.map((look) => tellFolder(drop, look))];
  } catch (error) {
    const { reason } = error as { reason?: unknown };
    return [
      {
        place,
        ok: false,
        found: wordsOf(error),
        todo: SERVER_TODO[String(reason)] ?? UNREACHED_TODO,
      },
    ];
  }
}

/** A drop that is only read keeps its files where they are; it gets its receipts all the same. */
function needsOf(drop: Drop): FolderNeed[] {
  const moves = drop.archive !== 'none';
  return [
    { folder: 'in', writes: moves },
    { folder: 'out', writes: true },
    ...(moves
      ? ([
          { folder: 'archive', writes: true },
          { folder: 'error', writes: true },
        ] as const)
      : []),
  ];
}

const UNREACHED_TODO =
  'Check host and port of the drop and the way to it (name, firewall); ask the secretariat whether the server runs.';

const MAIL_TODO = 'Check host, port, security, authorityFile and the login under notices.smtp.';

const SERVER_TODO: Readonly<Record<string, string>> = {
  host_key:
    'Ask the secretariat by another way whether that key is theirs; only then put it under hostKeys of the drop.',
  login: 'Check username and the key or password of the drop, and ask the secretariat whether the account is open.',
};

function tellFolder(drop: Drop, { folder, writes, fault, files, writesKnown }: FolderLook): CheckedPlace {
  const place = `drop ${drop.id}: ${folder}`;
  const path = drop.paths[folder];
  if (fault === null) {
    const held = files === null ? `${path} is there` : `${files} ${files === 1 ? 'file' : 'files'} in ${path}`;
    return fine(place, writesKnown ? held : `${held}; whether it may be written in shows with the first file`);
  }
  const account = drop.sftp === null ? 'the user that Navette runs as' : `the account ${drop.sftp.username}`;
  const use = writes ? USES[folder] : 'list and read files';
  const onlyRead = folder === 'in' ? '; or set archive: none, and its files stay where they are' : '';
  return {
    place,
    ok: false,
    found: `${path} ${FAULTS[fault]}`,
    todo: {
      missing: `Make it, or correct paths.${folder} of the drop; Navette makes no folder of a drop.`,
      'no-folder': `Correct paths.${folder} of the drop, or put a folder in its place.`,
      closed: `Let ${account} ${use} there.`,
      'read-only': `Let ${account} ${use} there${onlyRead}.`,
    }[fault],
  };
}

const FAULTS: Readonly<Record<FolderFault, string>> = {
  missing: 'is not there',
  'no-folder': 'is a file, not a folder',
  closed: 'may not be looked into',
  'read-only': 'may not be changed',
};

async function greet(smtp: Parameters<typeof openMailPool>[0]): Promise<CheckedPlace> {
  const place = 'mail server';
  const where = `${smtp.host}:${smtp.port}`;
  const pool = openMailPool(smtp);
  try {
    await pool.check();
    return fine(place, `${where} answers over TLS${smtp.user === null ? '' : ' and takes the login'}`);
  } catch (error) {
    return { place, ok: false, found: `${where}: ${wordsOf(error)}`, todo: MAIL_TODO };
  } finally {
    pool.close();
  }
}

/** What is not there yet is made by the first file; then the nearest folder above it must let it be made. */
async function checkOwnFolder(place: 'storage' | 'out', folder: string): Promise<CheckedPlace> {
  let there = folder;
  let fault = await localFault(there, { lists: true, writes: true });
  while (fault === 'missing' && dirname(there) !== there) {
    there = dirname(there);
    fault = await localFault(there, { lists: false, writes: true });
  }
  if (fault !== null) {
    const todo =
      'Give the user that Navette runs as a folder to read and write in, or correct storage.folder or NAVETTE_HOME.';
    return { place, ok: false, found: `${there} ${FAULTS[fault]}`, todo };
  }
  const { bavail, bsize } = await statfs(there);
  const free = `${Math.floor((bavail * bsize) / 1e9)} GB free`;
  return fine(
    place,
    there === folder ? `${folder} has ${free}` : `${folder} is not there yet and can be made; ${free}`,
  );
}

function fine(place: string, found: string): CheckedPlace {
  return { place, ok: true, found, todo: null };
}

function wordsOf(error: unknown): string {
  const { reason, message } = error as { reason?: unknown; message?: unknown };
  // Only Navette's own errors are made for readers; others may quote what they were given.
  return typeof reason === 'string' ? String(message) : `It answers ${reasonOf(error)}.`;
}
