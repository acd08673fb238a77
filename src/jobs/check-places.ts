/** Asks every place that the configuration names whether it can be reached now: drops, mail server, store. Changes nothing. */
import { constants } from 'node:fs';
import { access, mkdir, statfs } from 'node:fs/promises';
import type { Config, Drop } from '../config.ts';
import { openDrop } from '../ingest/drops/drop.ts';
import { reasonOf } from '../load/database.ts';
import { openMailPool } from '../load/notices/mail-pool.ts';
import { dropPlace } from './intake/drop-place.ts';

export interface CheckedPlace {
  /** such as `drop alpha`, `mail server`, `storage` */
  readonly place: string;
  readonly reached: boolean;
  /** what was found there, or why it was not reached */
  readonly found: string;
}

/** All places side by side, in the order of the configuration. */
export function checkPlaces(config: Pick<Config, 'drops' | 'smtp' | 'storage' | 'navette'>): Promise<CheckedPlace[]> {
  const drops = config.drops.filter((drop) => drop.enabled);
  const { smtp } = config;
  const asked = [
    ask('storage', () => lookAtStorage(config.storage)),
    ...drops.map((drop) => ask(`drop ${drop.id}`, () => listDrop(drop))),
    ...(config.navette.notices.channel === 'smtp' && smtp !== null
      ? [ask('mail server', () => greet(smtp), `${smtp.host}:${smtp.port}`)]
      : []),
  ];
  return Promise.all(asked);
}

async function ask(place: string, work: () => Promise<string>, where = ''): Promise<CheckedPlace> {
  try {
    return { place, reached: true, found: await work() };
  } catch (error) {
    const { reason, message } = error as { reason?: unknown; message?: unknown };
    // Only Navette's own errors are made for readers; others may quote what they were given.
    const why = typeof reason === 'string' ? String(message) : `It answers ${reasonOf(error)}.`;
    return { place, reached: false, found: [where, why].filter((part) => part !== '').join(': ') };
  }
}

async function listDrop(drop: Drop): Promise<string> {
  const opened = await openDrop(dropPlace(drop));
  try {
    const files = await opened.list();
    return `${files.length} ${files.length === 1 ? 'file' : 'files'} in ${drop.paths.in}`;
  } finally {
    await opened.close();
  }
}

async function greet(smtp: Parameters<typeof openMailPool>[0]): Promise<string> {
  const pool = openMailPool(smtp);
  try {
    await pool.check();
    return `${smtp.host}:${smtp.port} answers over TLS${smtp.user === null ? '' : ' and takes the login'}`;
  } finally {
    pool.close();
  }
}

async function lookAtStorage(folder: string): Promise<string> {
  await mkdir(folder, { recursive: true, mode: 0o700 });
  await access(folder, constants.W_OK);
  const { bavail, bsize } = await statfs(folder);
  return `${folder} has ${Math.floor((bavail * bsize) / 1e9)} GB free`;
}
