/** Puts queued receipts and rejects into a drop's `out` folder; one that cannot be put now is put by the next visit. */
import { createHash } from 'node:crypto';
import { RefusedError, RetryableError } from '../../errors.ts';
import type { OpenDrop } from '../../ingest/drops/drop.ts';
import { listIssues } from '../../load/files/ledger.ts';
import {
  listFilesById,
  markOutgoingFailed,
  markOutgoingSent,
  markOutgoingTried,
  type OutgoingFile,
} from '../../load/files/outgoing.ts';
import { listSecretariats } from '../../load/reference/secretariats.ts';
import type { Language } from '../../model.ts';
import type { JobContext } from '../context.ts';
import { buildRejects } from '../import/build-rejects.ts';
import { buildReceipt } from './receipt.ts';

/**
 * `failed` takes the ids of those that could not be put. The ledger is told of the others at once: put twice, they are the same bytes.
 * @returns how many were put
 */
export async function sendFiles(
  context: JobContext,
  dropId: string,
  drop: OpenDrop,
  queued: readonly OutgoingFile[],
  failed: Set<number> = new Set(),
): Promise<number> {
  if (queued.length === 0) return 0;
  const { prepared: db } = context.database;
  const { messages } = context.config;
  const languages = new Map((await listSecretariats(db)).map(({ code, language }) => [code, language]));
  const files = new Map(
    (
      await listFilesById(
        db,
        queued.map(({ fileId }) => fileId),
      )
    ).map((file) => [file.id, file]),
  );
  const sent: { id: number; sha256: string }[] = [];
  try {
    for (const outgoing of queued) {
      const file = files.get(outgoing.fileId);
      if (file === undefined) continue;
      const language: Language = languages.get(file.secretariat_code) ?? 'en';
      const bytes =
        outgoing.kind === 'rejects'
          ? await buildRejects(db, file, context.config, language)
          : buildReceipt(outgoing, file, outgoing.hasIssues ? await listIssues(db, file.id) : [], messages, language);
      if (bytes === null) {
        await markOutgoingFailed(db, outgoing.id);
        context.log('file.rejects_lost', { fileId: outgoing.fileId, drop: dropId });
        continue;
      }
      try {
        await drop.put(outgoing.name, bytes);
      } catch (error) {
        if (error instanceof RefusedError) {
          // A name that cannot be used today cannot be used tomorrow.
          await markOutgoingFailed(db, outgoing.id);
          context.log('file.archive_failed', { fileId: outgoing.fileId, drop: dropId, reason: 'name' });
          continue;
        }
        if (!(error instanceof RetryableError)) throw error;
        failed.add(outgoing.id);
        await markOutgoingTried(db, outgoing.id);
        context.log('file.archive_failed', { fileId: outgoing.fileId, drop: dropId, reason: error.reason });
        continue;
      }
      sent.push({ id: outgoing.id, sha256: createHash('sha256').update(bytes).digest('hex') });
    }
  } finally {
    if (sent.length > 0) await markOutgoingSent(db, sent);
  }
  return sent.length;
}
