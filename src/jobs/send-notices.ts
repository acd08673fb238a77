/** The job `notices`: what is queued about invoices is handed over, each notice once. */
import { join } from 'node:path';
import { isoMoment } from '../clock.ts';
import { reasonOf } from '../load/database.ts';
import { writeNotice } from '../load/notice-folder.ts';
import { buildNoticeMail } from '../load/notice-mail.ts';
import {
  lockQueuedNotices,
  type NoticeKey,
  type NoticeOutcome,
  type QueuedNotice,
  writeNoticeOutcomes,
} from '../load/notice-queue.ts';
import type { Language } from '../model.ts';
import { type NoticeFacts, noticeContent } from '../transform/notice-content.ts';
import type { JobContext } from './context.ts';
import { vatPercentOn } from './price-orders.ts';

/** Notices in one transaction: what a killed run hands over a second time at most, as the same file. */
const NOTICES_AT_ONCE = 100;

/** What of a job's context the notices need. */
export type NoticeContext = Pick<JobContext, 'config' | 'log' | 'now' | 'home'> & {
  readonly database: Pick<JobContext['database'], 'db'>;
};

export interface ToldNotice {
  readonly enterpriseNumber: string;
  /** its number */
  readonly invoice: string;
  readonly kind: NoticeKey['kind'];
  readonly language: Language;
}

export interface SentNotices {
  readonly sent: readonly (ToldNotice & { readonly file: string })[];
  /** `retried`: the folder refused it, it stays queued; otherwise a person must mend the notice */
  readonly failed: readonly (ToldNotice & { readonly reason: string; readonly retried: boolean })[];
}

/**
 * Writes each queued notice as a file named after its message key. A notice is noted as sent once its file is there; killed
 * in between, the next run finds the file and leaves it as it is. One that fails stops no other.
 */
export async function sendNotices(context: NoticeContext): Promise<SentNotices> {
  const { database, log, now } = context;
  const sent: (ToldNotice & { file: string })[] = [];
  const failed: (ToldNotice & { reason: string; retried: boolean })[] = [];
  let after: NoticeKey | null = null;
  let count: number;
  do {
    const from: NoticeKey | null = after;
    const handed = await database.db.transaction().execute(async (db) => {
      const batch: { notice: QueuedNotice; result: HandedOver }[] = [];
      for (const notice of await lockQueuedNotices(db, from, NOTICES_AT_ONCE)) {
        batch.push({ notice, result: await handOver(context, notice) });
      }
      await writeNoticeOutcomes(db, batch.map(outcomeOf), isoMoment(now));
      return batch;
    });
    for (const { notice, result } of handed) {
      const { enterpriseNumber, invoiceNumber: invoice, kind, language } = notice;
      const told = { enterpriseNumber, invoice, kind, language };
      if ('file' in result) sent.push({ ...told, ...result });
      else failed.push({ ...told, ...result });
      if ('file' in result) log('notice.sent', { ...told, channel: 'folder' });
      else log('notice.failed', { ...told, channel: 'folder', reason: result.reason });
    }
    after = handed.at(-1)?.notice ?? null;
    count = handed.length;
  } while (count === NOTICES_AT_ONCE);
  return { sent, failed };
}

type HandedOver = { readonly file: string } | { readonly reason: string; readonly retried: boolean };

async function handOver({ config, home }: NoticeContext, notice: QueuedNotice): Promise<HandedOver> {
  const { issuer } = config.navette;
  try {
    const facts = noticeFacts(notice, config.navette);
    const eml = await buildNoticeMail({
      ...noticeContent(facts, config.messages),
      messageKey: notice.messageKey,
      from: { name: issuer.name, address: issuer.email },
      to: { name: notice.employerName, address: notice.recipient },
      date: notice.queuedAt,
      domain: issuer.email.slice(issuer.email.lastIndexOf('@') + 1),
    });
    return { file: await writeNotice(join(home, 'out', 'notices'), notice.messageKey, eml) };
  } catch (error) {
    // What cannot be worded or addressed will not become so by waiting; a folder may.
    const retried = error instanceof Error && 'syscall' in error;
    return { reason: error instanceof RangeError ? 'notice.invalid' : reasonOf(error), retried };
  }
}

function outcomeOf({ notice, result }: { notice: QueuedNotice; result: HandedOver }): NoticeOutcome {
  const { enterpriseNumber, invoiceId, kind } = notice;
  const key = { enterpriseNumber, invoiceId, kind };
  if ('file' in result) return { ...key, status: 'sent', failure: null };
  return { ...key, status: result.retried ? 'queued' : 'failed', failure: result.reason };
}

function noticeFacts(notice: QueuedNotice, { issuer, vat }: NoticeContext['config']['navette']): NoticeFacts {
  const { kind, lines, reference, creditedNumbers, structuredCommunication } = notice;
  const labels = [...new Set(lines.map((line) => line.kind))];
  return {
    ...notice,
    issuer,
    kind: kind === 'reminder-1' || kind === 'reminder-2' ? 'reminder' : kind,
    creditedInvoiceNumber: creditedNumbers,
    orderReference: reference,
    feeLines: labels.map((label) => ({
      label,
      amount: lines.filter((line) => line.kind === label).reduce((sum, line) => sum + line.amount, 0),
    })),
    vatPercent: vatPercentOn(vat, notice.issuedOn),
    structuredCommunication: structuredCommunication ?? '',
  };
}
