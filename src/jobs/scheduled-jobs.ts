/** The jobs that run by the clock, one line each. Each may be run again after half of it was done, and then does the rest. */
import { deactivateLeavers } from '../load/people/leavers.ts';
import type { JobContext } from './context.ts';
import { runNotices } from './notices/run-notices.ts';
import type { OrderContext } from './orders/order-context.ts';
import { runOrders } from './orders/run-orders.ts';
import { releaseOrders } from './payments/release-orders.ts';
import { runPayments } from './payments/run-payments.ts';
import { runRenewals } from './people/run-renewals.ts';
import { runRetention } from './people/run-retention.ts';
import { writeMonthReport } from './report/write-report.ts';

export type ScheduledJob = (context: JobContext) => Promise<unknown>;

/**
 * After downtime the latest slot of each is made up for, as of today; the earlier ones would find nothing more to do. `orders`
 * takes every month that was missed, oldest first, from the rows of the orders themselves.
 */
export const SCHEDULED_JOBS: Readonly<Record<string, ScheduledJob>> = {
  leavers: async ({ database, today, log }) => {
    const employers = await deactivateLeavers(database.db, today);
    log('leavers.done', { people: employers.reduce((sum, { people }) => sum + people, 0) });
  },
  orders: (context) => runOrders(orderContext(context), {}),
  notices: (context) => runNotices(context),
  payments: (context) => runPayments(context),
  release: (context) => releaseOrders(context),
  renewals: (context) => runRenewals(orderContext(context)),
  retention: (context) => runRetention(context),
  report: (context) => writeMonthReport(context),
};

function orderContext({ database, log, config, today, progress }: JobContext): OrderContext {
  return { database, log, config: config.navette, today, ...(progress === undefined ? {} : { progress }) };
}
