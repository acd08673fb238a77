/** A file whose import did not come to an end: left for later, given back, or parked for operations. */
import { existsSync } from 'node:fs';
import { ConfigError, RefusedError, RetryableError } from '../../errors.ts';
import { reasonOf } from '../../load/database.ts';
import { countFailure, giveBack, postponeFile, requireFence } from '../../load/files/claims.ts';
import { markOutcome } from '../../load/files/ledger.ts';
import { queueReceipt } from '../../load/files/outgoing.ts';
import type { DropFile } from '../../load/tables.ts';
import { fileNameForLog } from '../../log.ts';
import { isAboutConnection } from '../connection-errors.ts';
import type { JobContext } from '../context.ts';
import { metAnother } from '../retry-transaction.ts';
import { keptPath } from './keep-file.ts';

/** Only a failure nobody foresaw counts; what may pass by itself is tried again as often as it takes. */
export async function leaveFile(context: JobContext, file: DropFile, error: unknown): Promise<void> {
  const { db } = context.database;
  const facts = { fileId: file.id, drop: file.drop_id, file: fileNameForLog(file.name) };
  const reason = reasonOf(error);
  try {
    if (reason === 'claim_lost') return;
    if (error instanceof RefusedError) {
      await giveBack(db, file);
    } else if (isLost(context, file, reason)) {
      if (await postponeFile(db, file, 'waiting')) context.log('file.bytes_lost', facts);
    } else if (reason === 'incomplete') {
      if (await postponeFile(db, file, 'waiting')) context.log('file.incomplete', { ...facts, reason });
    } else if (error instanceof ConfigError) {
      // The file is not to blame, and is tried again until its drop is configured as it should be.
      if (await postponeFile(db, file)) context.log('file.failed', { ...facts, reason: 'configuration' });
    } else if (passes(error) || metAnother(error)) {
      if (await postponeFile(db, file)) context.log('file.postponed', { ...facts, reason });
    } else {
      context.log('file.failed', { ...facts, reason });
      if ((await countFailure(db, file)) === 'worn-out') await parkFile(context, file);
    }
  } catch (second) {
    // The database is away: the claim ended with its connection, and the file is found as it was.
    if (!passes(second)) throw second;
    context.log('file.postponed', { ...facts, reason });
  }
}

/** A claim that was lost, a disk that is full, a drop or a database that is away: the file is not to blame. */
function passes(error: unknown): boolean {
  return error instanceof RetryableError || isAboutConnection(error);
}

/** Its kept bytes are not there, and those of its sender may be: a person's own file and what was moved out are not fetched. */
function isLost(context: JobContext, file: DropFile, reason: string): boolean {
  if (reason !== 'store_failed' || file.sha256 === null || file.by_hand || file.archived_as !== null) return false;
  return !existsSync(keptPath(context.config.storage, file.sha256));
}

/** It waits for operations: `navette file retry`. */
export async function parkFile(context: JobContext, file: DropFile): Promise<void> {
  await context.database.db.transaction().execute(async (trx) => {
    await requireFence(trx, file);
    await markOutcome(trx, file.id, 'parked');
    if (file.sha256 !== null) await queueReceipt(trx, { ...file, sha256: file.sha256 });
  });
  context.log('file.parked', { fileId: file.id, drop: file.drop_id, file: fileNameForLog(file.name) });
}
