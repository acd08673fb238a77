/** A file that is refused before anything of it was read: it still gets its row, its receipt and its place in `error`. */
import type { FileError } from '../../errors.ts';
import { requireUnfetched } from '../../load/files/claims.ts';
import { insertFileIssues, markOutcome } from '../../load/files/ledger.ts';
import { queueReceipt } from '../../load/files/outgoing.ts';
import type { DropFile } from '../../load/tables.ts';
import { fileNameForLog } from '../../log.ts';
import type { JobContext } from '../context.ts';

/** @throws RetryableError `claim_lost` when another visitor has fetched or decided it since */
export async function refuseFile(context: JobContext, file: DropFile, error: FileError): Promise<void> {
  await context.database.db.transaction().execute(async (trx) => {
    await requireUnfetched(trx, file.id);
    await insertFileIssues(trx, file.id, [
      { rowNumber: null, columnName: error.column, code: error.code, severity: 'error', params: error.params },
    ]);
    await markOutcome(trx, file.id, 'rejected');
    await queueReceipt(trx, { ...file, sha256: file.sha256 ?? 'unread' });
  });
  const facts = { fileId: file.id, drop: file.drop_id, file: fileNameForLog(file.name) };
  context.log('file.rejected', { ...facts, code: error.code });
}
