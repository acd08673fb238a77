/** First half of the job `notices`: what is queued about invoices is handed over, each notice once. */
import { dirname, join } from 'node:path';
import { now as clock, isoMoment } from '../../clock.ts';
import { reasonOf } from '../../load/database.ts';
import { clearPassing } from '../../load/files/passing-files.ts';
import type { Delivery, NoticeChannel } from '../../load/notices/notice-channel.ts';
import { openChannel } from '../../load/notices/notice-channels.ts';
import { buildNoticeMail } from '../../load/notices/notice-mail.ts';
import {
  countQueuedNotices,
  lockQueuedNotices,
  type NoticeKey,
  type NoticeOutcome,
  type QueuedNotice,
  writeNoticeOutcomes,
} from '../../load/notices/notice-queue.ts';
import { qrImage } from '../../load/notices/qr-image.ts';
import type { Language } from '../../model.ts';
import { countTo } from '../../progress.ts';
import { type NoticeFacts, noticeContent } from '../../transform/notices/notice-content.ts';
import { retryAfter } from '../../transform/notices/notice-retries.ts';
import { QR_CONTENT_ID } from '../../transform/notices/notice-view.ts';
import type { JobContext } from '../context.ts';
import { vatPercentOn } from '../orders/price-orders.ts';

/** What of a job's context the notices need. */
export type NoticeContext = Pick<JobContext, 'config' | 'log' | 'now' | 'home' | 'progress'> & {
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
  /** `file` is null when the notice went to a mail server */
  readonly sent: readonly (ToldNotice & { readonly file: string | null })[];
  /** `retried`: it stays queued; otherwise a person must mend the notice */
  readonly failed: readonly (ToldNotice & { readonly reason: string; readonly retried: boolean })[];
}

interface HandedOver {
  readonly notice: QueuedNotice;
  readonly result: Delivery;
}

/**
 * Hands over each queued notice whose time has come, to the channel of the configuration. A notice is noted as sent once the
 * channel has it; killed in between, the next run hands over the same message again, under the same Message-ID. One that fails
 * stops no other; a channel that takes nothing ends the run.
 */
export async function sendNotices(context: NoticeContext): Promise<SentNotices> {
  const { config, home } = context;
  const folder = join(home, 'out', 'notices');
  await clearPassing(dirname(folder), clock());
  const channel = openChannel(config.navette.notices.channel, {
    folder,
    smtp: config.smtp,
  });
  try {
    return await sendBatches(context, channel);
  } finally {
    channel.close();
  }
}

async function sendBatches(context: NoticeContext, channel: NoticeChannel): Promise<SentNotices> {
  const { database, now } = context;
  const sent: (ToldNotice & { file: string | null })[] = [];
  const failed: (ToldNotice & { reason: string; retried: boolean })[] = [];
  let batch: readonly HandedOver[] = [];
  const due = await countQueuedNotices(database.db, isoMoment(now));
  const tried = countTo(due, context.progress?.('notices', 'job.progress', { step: 'notices' }));
  do {
    const after: NoticeKey | null = batch.at(-1)?.notice ?? null;
    batch = await database.db.transaction().execute(async (db) => {
      const notices = await lockQueuedNotices(db, { after, count: channel.atOnce, now: isoMoment(now) });
      const handed = await Promise.all(
        notices.map(async (notice) => ({ notice, result: await handOver(context, channel, notice) })),
      );
      await writeNoticeOutcomes(
        db,
        handed.map((each) => outcomeOf(each, now)),
        isoMoment(now),
      );
      return handed;
    });
    for (const { notice, result } of batch) {
      const { enterpriseNumber, invoiceNumber: invoice, kind, language } = notice;
      const told = { enterpriseNumber, invoice, kind, language };
      if (result.kind === 'accepted') sent.push({ ...told, file: result.file });
      else failed.push({ ...told, reason: result.reason, retried: isRetried(notice, result) });
    }
    noteBatch(context, batch);
    tried.more(batch.length);
  } while (batch.length === channel.atOnce && !takesNothing(batch));
  tried.end();
  return { sent, failed };
}

/** One that breaks off every message of a batch would only use up the attempts of all the others. */
function takesNothing(batch: readonly HandedOver[]): boolean {
  const isUnanswered = ({ kind, ...rest }: Delivery) =>
    kind === 'down' || (kind === 'later' && 'reason' in rest && !/\d{3}$/.test(rest.reason));
  return batch.some(({ result }) => result.kind === 'down') || batch.every(({ result }) => isUnanswered(result));
}

async function handOver({ config }: NoticeContext, channel: NoticeChannel, notice: QueuedNotice): Promise<Delivery> {
  const { issuer } = config.navette;
  const sender = channel.sender ?? issuer.email;
  try {
    const { qrText, ...content } = noticeContent(noticeFacts(notice, config.navette), config.messages);
    const eml = buildNoticeMail({
      ...content,
      image: qrText === null ? null : { contentId: QR_CONTENT_ID, name: 'payment-qr.png', png: qrImage(qrText) },
      messageKey: notice.messageKey,
      from: { name: issuer.name, address: sender },
      replyTo: sender === issuer.email ? null : { name: issuer.name, address: issuer.email },
      to: { name: notice.employerName, address: notice.recipient },
      date: notice.queuedAt,
      domain: issuer.email.slice(issuer.email.lastIndexOf('@') + 1),
    });
    const envelope = { from: sender, to: notice.recipient };
    return await channel.deliver({ messageKey: notice.messageKey, envelope, eml });
  } catch (error) {
    // What cannot be worded or addressed will not become so by waiting.
    return { kind: 'refused', reason: error instanceof RangeError ? 'notice.invalid' : reasonOf(error) };
  }
}

function isRetried(notice: QueuedNotice, { kind }: Delivery): boolean {
  return kind === 'down' || (kind === 'later' && retryAfter(notice.attempts + 1) !== null);
}

/** A channel that is down says nothing about a notice: no attempt is counted, and it is due again at once. */
function outcomeOf({ notice, result }: HandedOver, now: number): NoticeOutcome {
  const { enterpriseNumber, invoiceId, kind } = notice;
  const attempts = notice.attempts + (result.kind === 'down' ? 0 : 1);
  const key = { enterpriseNumber, invoiceId, kind, attempts, notBefore: null };
  if (result.kind === 'accepted') return { ...key, status: 'sent', failure: null };
  if (!isRetried(notice, result)) return { ...key, status: 'failed', failure: result.reason };
  const wait = result.kind === 'later' ? retryAfter(attempts) : null;
  return {
    ...key,
    status: 'queued',
    failure: result.reason,
    notBefore: wait === null ? null : isoMoment(now + wait),
  };
}

function noteBatch({ config, log }: NoticeContext, batch: readonly HandedOver[]): void {
  const { channel } = config.navette.notices;
  for (const { notice, result } of batch) {
    const { enterpriseNumber, invoiceNumber: invoice, kind, language } = notice;
    const facts = { enterpriseNumber, invoice, kind, language, channel };
    if (result.kind === 'accepted') log('notice.sent', facts);
    else if (result.kind === 'down') continue;
    else if (isRetried(notice, result)) log('notice.postponed', { ...facts, reason: result.reason });
    else log('notice.failed', { ...facts, reason: result.reason });
  }
  const down = batch.find(({ result }) => result.kind === 'down')?.result;
  if (down?.kind === 'down') log('notice.channel_down', { channel, reason: down.reason });
}

function noticeFacts(notice: QueuedNotice, { issuer, vat }: NoticeContext['config']['navette']): NoticeFacts {
  const { lines, reference, creditedNumbers, structuredCommunication } = notice;
  const labels = [...new Set(lines.map((line) => line.kind))];
  return {
    ...notice,
    issuer,
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
