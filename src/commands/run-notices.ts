/** `navette run notices`: hands over what is queued about invoices. */
import { sendNotices } from '../jobs/send-notices.ts';
import type { App, ExitCode } from './app.ts';
import { jobContext } from './job-context.ts';

/** Exit 1 when a notice must be mended by a person, 3 when it only waits for its folder. */
export async function runNoticesJob(app: App): Promise<ExitCode> {
  const { sent, failed } = await sendNotices(jobContext(app));
  app.print({ sent, failed });
  for (const { invoice, kind, file } of sent) app.say(`${invoice} ${kind}: ${file}`);
  for (const { invoice, kind, reason, retried } of failed) {
    app.say(`${invoice} ${kind}: not handed over (${reason})${retried ? '; it stays queued' : ''}`);
  }
  app.say(`${sent.length} notices handed over, ${failed.length} not.`);
  if (failed.length === 0) return 0;
  return failed.every(({ retried }) => retried) ? 3 : 1;
}
