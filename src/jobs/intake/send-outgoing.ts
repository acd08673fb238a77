/** Puts queued receipts and rejects into a drop's `out` folder; one that cannot be put now is put by the next run. */
import { createHash } from 'node:crypto';
import { RetryableError } from '../../errors.ts';
import type { OpenDrop } from '../../ingest/drops/drop.ts';
import { getFile } from '../../load/files/ledger.ts';
import {
  listQueuedOutgoing,
  markOutgoingFailed,
  markOutgoingSent,
  markOutgoingTried,
} from '../../load/files/outgoing.ts';
import { listSecretariats } from '../../load/reference/secretariats.ts';
import type { Language } from '../../model.ts';
import type { JobContext } from '../context.ts';
import { buildRejects } from '../import/build-rejects.ts';
import { buildReceipt } from './receipt.ts';

/** @returns how many were put */
export async function sendOutgoing(context: JobContext, dropId: string, drop: OpenDrop): Promise<number> {
  const { db } = context.database;
  const languages = new Map((await listSecretariats(db)).map(({ code, language }) => [code, language]));
  let sent = 0;
  for (const outgoing of await listQueuedOutgoing(db, dropId)) {
    const file = await getFile(db, outgoing.fileId);
    if (file === undefined) continue;
    const language: Language = languages.get(file.secretariat_code) ?? 'en';
    const bytes =
      outgoing.kind === 'rejects'
        ? await buildRejects(db, file, context.config, language)
        : await buildReceipt(db, outgoing, file, context.config.messages, language);
    if (bytes === null) {
      await markOutgoingFailed(db, outgoing.id);
      context.log('file.rejects_lost', { fileId: outgoing.fileId, drop: dropId });
      continue;
    }
    try {
      await drop.put(outgoing.name, bytes);
    } catch (error) {
      if (!(error instanceof RetryableError)) throw error;
      await markOutgoingTried(db, outgoing.id);
      context.log('file.archive_failed', { fileId: outgoing.fileId, drop: dropId, reason: error.reason });
      continue;
    }
    await markOutgoingSent(db, outgoing.id, createHash('sha256').update(bytes).digest('hex'));
    sent += 1;
  }
  return sent;
}
