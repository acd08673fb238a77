/** The statements of one bank file, each stored as it is read, in the file's own transaction. */
import { readCamtFile } from '../../ingest/statements/read-camt.ts';
import { readCodaFile } from '../../ingest/statements/read-coda.ts';
import type { Db } from '../../load/database.ts';
import type { Delivery } from '../../load/files/found-issues.ts';
import type { BankStatement, FileCounts } from '../../model.ts';
import type { JobContext } from '../context.ts';
import type { FittedFile } from './fit-layout.ts';
import { applyBankStatements, logStatements } from './match-statement.ts';

/** @returns the counts of the entries, or `duplicate` when the bank says that it sent all of this before */
export async function applyStatementFile(
  { config, log, today }: JobContext,
  db: Db,
  delivery: Delivery,
  fitted: FittedFile,
  storedAt: string,
): Promise<FileCounts | 'duplicate'> {
  const read = () => readStatements(fitted, storedAt);
  const applied = await applyBankStatements(db, delivery, read, config.navette.issuer.iban, today);
  if (applied === 'duplicate') return applied;
  logStatements(log, delivery.fileId, applied);
  return applied.counts;
}

function readStatements({ format }: FittedFile, storedAt: string): AsyncIterable<BankStatement> {
  return format === 'camt053' ? readCamtFile(storedAt) : readCodaFile(storedAt);
}
