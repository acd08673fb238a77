/** `navette run payments`: matches again what is open, and tells what was paid and what waits. */
import { countByStatus, matchOpenPayments } from '../jobs/match-open-payments.ts';
import type { App, ExitCode } from './app.ts';
import { jobContext } from './job-context.ts';

/** Entries that wait for a person are no fault of the run. */
export async function runPaymentsJob(app: App): Promise<ExitCode> {
  const { entries, invoicesPaid, ordersPaid } = await matchOpenPayments(jobContext(app));
  const byStatus = countByStatus(entries);
  app.print({
    entries: entries.length,
    byStatus,
    invoicesPaid: invoicesPaid.map(({ number }) => number),
    ordersPaid: ordersPaid.map(({ id }) => id),
  });
  const told = Object.entries(byStatus).map(([status, count]) => `${count} ${status}`);
  app.say(`${entries.length} open bank entries${told.length === 0 ? '' : `: ${told.join(', ')}`}`);
  app.say(`${invoicesPaid.length} invoices and ${ordersPaid.length} orders are paid now.`);
  return 0;
}
