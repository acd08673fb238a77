/** The job `notices`: what is queued about invoices is handed over, then their e-invoices are written. */
import { type NoticeContext, type SentNotices, sendNotices } from './send-notices.ts';
import { type WrittenEInvoices, writeEInvoices } from './write-e-invoices.ts';

/** A mail server that is down keeps no e-invoice back, nor the other way round; what could not be done stays queued. */
export async function runNotices(
  context: NoticeContext,
): Promise<SentNotices & { readonly eInvoices: WrittenEInvoices }> {
  const { sent, failed } = await sendNotices(context);
  return { sent, failed, eInvoices: await writeEInvoices(context) };
}
