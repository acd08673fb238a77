/** Imports a file of the ledger from the store, as its drop says: by a visit, by the queue, or tried anew by a person. */
import { RefusedError } from '../../errors.ts';
import { getFile } from '../../load/files/ledger.ts';
import type { DropFile } from '../../load/tables.ts';
import type { JobContext } from '../context.ts';
import { keptPath } from '../intake/keep-file.ts';
import { isManual } from '../intake/manual-drop.ts';
import { returnReceipts } from '../intake/return-receipts.ts';
import { OWNER } from '../owner.ts';
import { type ImportResult, importUntold, resultOf } from './import-file.ts';
import type { ImportInstruction } from './import-instruction.ts';
import { takeInHand } from './in-hand.ts';
import { dropOf, instructionOf } from './instruction-of.ts';

/** @throws RefusedError when there is no such file, or its bytes were never kept; else as `importFile` */
export async function importKept(
  context: JobContext,
  fileId: number,
  change: Partial<ImportInstruction> = {},
): Promise<ImportResult> {
  const file = await getFile(context.database.prepared, fileId);
  if (file === undefined) throw new RefusedError(`There is no file ${fileId}.`);
  await importFound(context, file, change);
  return resultOf(context, context.database.prepared, fileId);
}

/** The same, for a row of the ledger that was just read, where nobody reads what came of it. */
export async function importFound(
  context: JobContext,
  file: DropFile,
  change: Partial<ImportInstruction> = {},
): Promise<void> {
  if (file.sha256 === null) throw new RefusedError(`File ${file.id} was never fetched; there is nothing to read.`);
  const instruction = { ...instructionOf(context, file), ...change };
  const storedAt = keptPath(context.config.storage, file.sha256);
  const suspect = file.crashes > 0 || (file.claimed_by !== null && file.claimed_by !== OWNER);
  await takeInHand(suspect, () => importUntold(context, file.id, storedAt, instruction));
  // Nobody visits this drop: its receipt goes now or never.
  if (isManual(file.drop_id)) await returnReceipts(context, dropOf(context, file));
}
