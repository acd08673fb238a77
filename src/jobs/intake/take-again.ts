/** A person has a delivery taken again: a parked one tried anew, an applied one applied anew as a delivery of its own. */
import { existsSync } from 'node:fs';
import { brusselsDay, endOfBrusselsDay, isoMoment } from '../../clock.ts';
import { RefusedError } from '../../errors.ts';
import { insertAgain, reopenFile } from '../../load/files/claims.ts';
import { getFile } from '../../load/files/ledger.ts';
import type { DropFile } from '../../load/tables.ts';
import type { JobContext } from '../context.ts';
import type { ImportResult } from '../import/import-file.ts';
import { importKept } from '../import/import-kept.ts';
import { dropOf } from '../import/instruction-of.ts';
import { keptPath } from './keep-file.ts';
import { returnReceipts } from './return-receipts.ts';

/** @throws RefusedError when the file is neither parked nor stuck as fetched, or its bytes are gone */
export async function retryFile(context: JobContext, id: number): Promise<ImportResult> {
  const file = await requireKept(context, id);
  if (file.status !== 'parked' && file.status !== 'fetched') {
    throw new RefusedError(`File ${id} is ${file.status}; only a parked or fetched file can be tried anew.`);
  }
  if (!(await reopenFile(context.database.db, id))) throw new RefusedError(`File ${id} has been decided meanwhile.`);
  const result = await importKept(context, id);
  await returnReceipts(context, dropOf(context, file));
  return result;
}

/** @throws RefusedError when the file is not applied, adds to what was granted, or its bytes are gone */
export async function applyAgain(context: JobContext, id: number): Promise<ImportResult> {
  const file = await requireKept(context, id);
  if (file.status !== 'applied' && file.status !== 'archived') {
    throw new RefusedError(`File ${id} is ${file.status}; only an applied file can be applied anew.`);
  }
  const layout = context.config.layouts.get(file.layout_id ?? '')?.layout;
  if (layout?.counts === 'signed') {
    throw new RefusedError(
      `File ${id} has the layout "${layout.id}", whose rows add to what was granted before: applied anew, they would count twice.`,
    );
  }
  const latest = endOfBrusselsDay(context.today);
  const received = brusselsDay(context.now) === context.today ? context.now : latest;
  const made = await insertAgain(context.database.db, id, isoMoment(received), context.today);
  const result = await importKept(context, made, { again: true });
  await returnReceipts(context, dropOf(context, file));
  return result;
}

async function requireKept(context: JobContext, id: number): Promise<DropFile> {
  const file = await getFile(context.database.db, id);
  if (file === undefined) throw new RefusedError(`There is no file ${id}.`);
  if (file.sha256 === null || !existsSync(keptPath(context.config.storage, file.sha256))) {
    throw new RefusedError(`The bytes of file ${id} are not kept (any more); its sender must send it again.`);
  }
  return file;
}
