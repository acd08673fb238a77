/** `navette run notices`: hands over what is queued about invoices, and writes their e-invoices. */
import { runNotices } from '../jobs/notices/run-notices.ts';
import type { App, ExitCode } from './app.ts';
import { jobContext } from './job-context.ts';
import { counted } from './print.ts';

/** Exit 1 when a notice or an e-invoice must be mended by a person, 3 when they only wait for a server or a folder. */
export async function runNoticesJob(app: App): Promise<ExitCode> {
  const { sent, failed, eInvoices } = await runNotices(jobContext(app));
  app.print({ sent, failed, eInvoices });
  for (const { invoice, kind, file } of sent) app.say(`${invoice} ${kind}: ${file ?? 'sent'}`);
  for (const { invoice, kind, reason, retried } of failed) {
    app.say(`${invoice} ${kind}: not handed over (${reason})${retried ? '; it stays queued' : ''}`);
  }
  for (const { invoice, reason } of eInvoices.failed) app.say(`${invoice}: no e-invoice (${reason})`);
  if (eInvoices.down !== null) app.say(`E-invoices could not be written (${eInvoices.down}); they stay queued.`);
  app.say(
    `${counted(sent.length, 'notice')} handed over, ${failed.length} not; ${counted(eInvoices.written.length, 'e-invoice file')} written.`,
  );
  if (eInvoices.failed.length > 0 || failed.some(({ retried }) => !retried)) return 1;
  return failed.length > 0 || eInvoices.down !== null ? 3 : 0;
}
