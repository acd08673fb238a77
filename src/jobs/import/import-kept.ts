/** Imports a file of the ledger from the store, as its drop says: by a visit, by the queue, or tried anew by a person. */
import { RefusedError } from '../../errors.ts';
import { getFile } from '../../load/files/ledger.ts';
import type { JobContext } from '../context.ts';
import { keptPath } from '../intake/keep-file.ts';
import { type ImportResult, importFile } from './import-file.ts';
import type { ImportInstruction } from './import-instruction.ts';
import { instructionOf } from './instruction-of.ts';

/** @throws RefusedError when there is no such file, or its bytes were never kept; else as `importFile` */
export async function importKept(
  context: JobContext,
  fileId: number,
  change: Partial<ImportInstruction> = {},
): Promise<ImportResult> {
  const file = await getFile(context.database.db, fileId);
  if (file === undefined) throw new RefusedError(`There is no file ${fileId}.`);
  if (file.sha256 === null) throw new RefusedError(`File ${fileId} was never fetched; there is nothing to read.`);
  const instruction = { ...(await instructionOf(context, file)), ...change };
  return importFile(context, fileId, keptPath(context.config.storage, file.sha256), instruction);
}
