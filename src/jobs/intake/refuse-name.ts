/** A file whose name cannot be used: one line in the ledger, and it stays where it is. */
import type { Drop } from '../../config.ts';
import type { RemoteFile } from '../../ingest/drops/drop.ts';
import { findOpenArrivals } from '../../load/files/arrivals.ts';
import { insertFileIssues, insertSeenFile, markOutcome } from '../../load/files/ledger.ts';
import type { JobContext } from '../context.ts';
import { pathOf, seenFile } from './fetch-file.ts';

/** The name as the ledger may hold it: what is unsafe in it replaced, its length cut. */
function tamed(name: string): string {
  return name.replace(/[/\\\p{Cc}\p{Cf}\u2028\u2029\uFFFD]/gu, '?').slice(0, 200);
}

export async function refuseName(context: JobContext, drop: Drop, file: RemoteFile): Promise<void> {
  const { db } = context.database;
  const name = tamed(file.name);
  const path = pathOf(drop, { name });
  if ((await findOpenArrivals(db, drop.id, [{ ...file, path }])).has(path)) return;
  await db.transaction().execute(async (trx) => {
    const id = await insertSeenFile(trx, seenFile(context, drop, file, name));
    await insertFileIssues(trx, id, [
      { rowNumber: null, columnName: null, code: 'file.name', severity: 'error', params: {} },
    ]);
    await markOutcome(trx, id, 'rejected');
    context.log('file.refused_name', { fileId: id, drop: drop.id, code: 'file.name' });
  });
}
