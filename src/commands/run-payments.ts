/** `navette run payments`: matches again what is open, reminds of what is unpaid, and tells what was paid and what waits. */
import { centsByStatus, countByStatus } from '../jobs/payments/match-open-payments.ts';
import { runPayments } from '../jobs/payments/run-payments.ts';
import type { App, ExitCode } from './app.ts';
import { jobContext } from './job-context.ts';
import { counted } from './print.ts';

/** Entries that wait for a person are no fault of the run. */
export async function runPaymentsJob(app: App): Promise<ExitCode> {
  const { entries, invoicesPaid, ordersPaid, money, reminders, expired } = await runPayments(jobContext(app));
  const byStatus = countByStatus(entries);
  app.print({
    entries: entries.length,
    byStatus,
    cents: centsByStatus(money),
    invoicesPaid: invoicesPaid.map(({ number }) => number),
    ordersPaid: ordersPaid.map(({ id }) => id),
    reminders,
    expired: expired.map(({ id }) => id),
  });
  const told = Object.entries(byStatus).map(([status, count]) => `${count} ${status}`);
  app.say(
    `${counted(entries.length, 'open bank entry', 'open bank entries')}${told.length === 0 ? '' : `: ${told.join(', ')}`}`,
  );
  app.say(`Paid now: ${counted(invoicesPaid.length, 'invoice')} and ${counted(ordersPaid.length, 'order')}.`);
  if (reminders > 0) app.say(`Queued: ${counted(reminders, 'reminder')}.`);
  if (expired.length > 0) {
    const { expireDays } = app.config.navette.issuer;
    const ids = expired.map(({ id }) => id).join(', ');
    app.say(`Unpaid ${expireDays} days after the invoice: ${counted(expired.length, 'order')} (${ids})`);
  }
  return 0;
}
