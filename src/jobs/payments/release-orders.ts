/** The job `release`: paid orders whose validity start has come go to the card platform, each as one file. */
import { createHash } from 'node:crypto';
import { join } from 'node:path';
import { isoMoment } from '../../clock.ts';
import { RetryableError } from '../../errors.ts';
import { type Db, reasonOf } from '../../load/database.ts';
import type { OrderKey } from '../../load/orders/order-locks.ts';
import { writeRelease } from '../../load/payments/release-folder.ts';
import {
  findOrdersToRelease,
  findQueuedReleases,
  lockOrderToRelease,
  lockQueuedRelease,
  markReleased,
  markReleaseTried,
  markReleaseWritten,
  payOrdersWithoutInvoice,
  queueRelease,
  readCardsToRelease,
  readLinesToRelease,
} from '../../load/payments/releases.ts';
import type { Day } from '../../model.ts';
import { countTo } from '../../progress.ts';
import { validFrom, validTo } from '../../transform/orders/validity.ts';
import { releaseFile } from '../../transform/payments/release-lines.ts';
import { addMonthsToDay } from '../../transform/values/calendar.ts';
import { isAboutConnection } from '../connection-errors.ts';
import type { JobContext } from '../context.ts';

const CARD_LIFE_MONTHS = 60;

/** What of a job's context the release needs. */
export type ReleaseContext = Pick<JobContext, 'log' | 'today' | 'now' | 'home' | 'progress'> & {
  readonly database: Pick<JobContext['database'], 'db'>;
};

export interface ReleasedFile {
  readonly orderId: number;
  /** absolute path */
  readonly file: string;
  /** without the header */
  readonly lines: number;
}

export interface Releases {
  /** files written by this run, those included that an earlier run left unwritten */
  readonly released: readonly ReleasedFile[];
  /** orders that could not be released; they stay paid and the next run tries again */
  readonly failed: readonly { readonly orderId: number; readonly reason: string }[];
}

/**
 * Releases what is due; what is released already is left alone. One order that cannot be released stops no other.
 *
 * The release is decided first, in one transaction: order, cards and the very bytes of the file, queued. Only then is the
 * file written, and then noted as written. Whenever the run is killed, the next one finds the bytes in the queue and writes
 * the same file again, also on a later day, when the same order would be given another first day of validity.
 *
 * @throws RetryableError when files could not be written; they stay queued
 */
export async function releaseOrders(context: ReleaseContext): Promise<Releases> {
  const { database, today, log } = context;
  await payOrdersWithoutInvoice(database.db, today);
  const failed: { orderId: number; reason: string }[] = [];
  const due = await findOrdersToRelease(database.db, today);
  const decided = countTo(due.length, context.progress?.('orders', 'job.progress', { step: 'release' }));
  for (const order of due) {
    try {
      await database.db.transaction().execute((db) => decideRelease(db, order, today));
    } catch (error) {
      if (isAboutConnection(error)) throw error;
      const reason = reasonOf(error);
      failed.push({ orderId: order.id, reason });
      log('order.release_failed', { enterpriseNumber: order.enterpriseNumber, orderId: order.id, reason });
    }
    decided.more();
  }
  decided.end();
  return { released: await writeQueuedReleases(context), failed };
}

/** Takes an order out of `paid` and queues its file, in the caller's transaction. */
export async function decideRelease(db: Db, key: OrderKey, today: Day): Promise<void> {
  const order = await lockOrderToRelease(db, key);
  if (order === null) return;
  const from = validFrom(order.validityStart, today);
  const { text } = releaseFile({
    orderId: key.id,
    product: order.product,
    validFrom: from,
    validTo: validTo(from, order.validity),
    lines: await readLinesToRelease(db, key),
    cards: await readCardsToRelease(db, key),
  });
  await markReleased(db, key, { releasedOn: today, expiresOn: addMonthsToDay(today, CARD_LIFE_MONTHS) });
  const sha256 = createHash('sha256').update(text).digest('hex');
  await queueRelease(db, { orderId: key.id, name: `release-${key.id}.csv`, content: text, sha256 });
}

async function writeQueuedReleases({ database, home, log, now, progress }: ReleaseContext): Promise<ReleasedFile[]> {
  const folder = join(home, 'out', 'card-platform');
  const written: ReleasedFile[] = [];
  const reasons: string[] = [];
  const queuedIds = await findQueuedReleases(database.db);
  const telling = countTo(queuedIds.length, progress?.('files', 'job.progress', { step: 'release-files' }));
  for (const id of queuedIds) {
    const reason = await database.db.transaction().execute(async (db) => {
      const queued = await lockQueuedRelease(db, id);
      if (queued === null) return null;
      const { orderId, enterpriseNumber, name, content } = queued;
      try {
        const file = await writeRelease(folder, name, content);
        await markReleaseWritten(db, id, isoMoment(now));
        const lines = content.split('\n').length - 2;
        log('order.released', { enterpriseNumber, orderId, lines, file: name });
        written.push({ orderId, file, lines });
        return null;
      } catch (error) {
        if (!isFileSystemError(error)) throw error;
        await markReleaseTried(db, id);
        log('order.release_failed', { enterpriseNumber, orderId, file: name, reason: error.code });
        return error.code;
      }
    });
    if (reason !== null) reasons.push(reason);
    telling.more();
  }
  telling.end();
  if (reasons.length > 0) {
    const codes = [...new Set(reasons)].join(', ');
    const count = `${reasons.length} release file${reasons.length === 1 ? '' : 's'}`;
    throw new RetryableError(
      'release_folder',
      `${count} could not be written to ${folder} (${codes}); run release again.`,
    );
  }
  return written;
}

function isFileSystemError(error: unknown): error is Error & { code: string } {
  return (
    error instanceof Error && 'syscall' in error && 'code' in error && typeof error.code === 'string' && 'path' in error
  );
}
