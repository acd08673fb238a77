/** The job `retention`: removes what was kept long enough, a batch at a time; running it again removes nothing twice. */
import { rm, stat } from 'node:fs/promises';
import { join } from 'node:path';
import {
  countOld,
  findOldRawFiles,
  findOldRejects,
  markRawRemoved,
  markRejectsRemoved,
  removeOldHistory,
  removeOldWords,
} from '../../load/files/retention.ts';
import {
  countPeopleToForget,
  findPeopleToForget,
  forgetPeople,
  removeOrphanedNumbers,
} from '../../load/people/forget-people.ts';
import { listSecretariats } from '../../load/reference/secretariats.ts';
import type { Day } from '../../model.ts';
import { type Counting, countTo } from '../../progress.ts';
import { dayBefore } from '../../transform/values/time-span.ts';
import type { JobContext } from '../context.ts';
import { keptPath } from '../intake/keep-file.ts';

export interface Retained {
  /** kept files that were removed */
  readonly rawFiles: number;
  /** rejects files that were removed from local `out` folders */
  readonly rejectsFiles: number;
  /** rows of history that were removed, or that lost the words somebody typed */
  readonly historyRows: number;
  /** records of people who left long ago, now without personal data */
  readonly people: number;
}

const FILES_AT_ONCE = 500;
const ROWS_AT_ONCE = 5000;
const PEOPLE_AT_ONCE = 1000;
/** A content that has come again just now stands in the store before it stands in the ledger. */
const JUST_ARRIVED_MS = 24 * 3_600_000;

export async function runRetention(context: JobContext): Promise<Retained> {
  const { today, database, log } = context;
  const { raw, rejects, history, inactive } = context.config.navette.retention;
  const old = await countOld(database.db, dayBefore(today, raw), dayBefore(today, history));
  const rawFiles = await removeRawFiles(context, dayBefore(today, raw), tell(context, 'kept files', old.rawFiles));
  const rejectsFiles = await removeRejects(context, dayBefore(today, rejects));
  let historyRows = 0;
  const removed = tell(context, 'rows of history', old.historyRows);
  for (let count = -1; count !== 0; historyRows += count) {
    count = await removeOldHistory(database.db, dayBefore(today, history), ROWS_AT_ONCE);
    removed.more(count);
  }
  removed.end();
  historyRows += await removeOldWords(database.db, dayBefore(today, history));
  const people = await forgetLongInactive(context, dayBefore(today, inactive));
  await removeOrphanedNumbers(database.db, today);
  log('retention.done', { people, entries: historyRows });
  return { rawFiles, rejectsFiles, historyRows, people };
}

function tell({ progress }: JobContext, unit: string, whole: number): Counting {
  return countTo(whole, progress?.(unit, 'job.progress', { step: 'retention' }));
}

/** The file goes before its mark: killed in between, the next run finds nothing to remove and marks it. */
async function removeRawFiles(context: JobContext, before: Day, looked: Counting): Promise<number> {
  const { database, config, today, now } = context;
  let removed = 0;
  for (;;) {
    const hashes = await findOldRawFiles(database.db, before, FILES_AT_ONCE);
    const gone: string[] = [];
    for (const hash of hashes) {
      const path = keptPath(config.storage, hash);
      looked.more();
      if (await hasJustArrived(path, now)) continue;
      await rm(path, { force: true });
      gone.push(hash);
    }
    await markRawRemoved(database.db, gone, before, today);
    removed += gone.length;
    if (hashes.length < FILES_AT_ONCE || gone.length === 0) break;
  }
  looked.end();
  return removed;
}

async function hasJustArrived(path: string, now: number): Promise<boolean> {
  try {
    return now - (await stat(path)).mtimeMs < JUST_ARRIVED_MS;
  } catch {
    return false;
  }
}

/** Only from folders of our own machines: what lies on a secretariat's server is the secretariat's. */
async function removeRejects(context: JobContext, before: Day): Promise<number> {
  const { db } = context.database;
  const places = await localFolders(context);
  const old = await findOldRejects(db, before, [...places.keys()]);
  const removed = tell(context, 'rejects files', old.length);
  for (const { id, dropId, name } of old) {
    await rm(join(places.get(dropId) ?? '', name), { force: true });
    await markRejectsRemoved(db, id, context.today);
    removed.more();
  }
  removed.end();
  return old.length;
}

/** The `out` folders of drops that are local, those of files given by hand included. */
async function localFolders({ config, database, home }: JobContext): Promise<ReadonlyMap<string, string>> {
  const codes = (await listSecretariats(database.db)).map(({ code }) => code);
  const byHand = [...codes, 'issuer', 'bank'].map((code) => [`manual:${code}`, join(home, 'out', code)] as const);
  const drops = config.drops.filter(({ kind }) => kind === 'folder');
  return new Map([...drops.map(({ id, paths }) => [id, paths.out] as const), ...byHand]);
}

async function forgetLongInactive(context: JobContext, before: Day): Promise<number> {
  const { db } = context.database;
  const forgotten = tell(context, 'people', await countPeopleToForget(db, before));
  let people = 0;
  for (;;) {
    const some = await findPeopleToForget(db, before, PEOPLE_AT_ONCE);
    if (some.length === 0) break;
    people += await db.transaction().execute((trx) => forgetPeople(trx, some, before));
    forgotten.more(some.length);
  }
  forgotten.end();
  return people;
}
