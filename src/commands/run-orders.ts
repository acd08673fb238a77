/** `navette run orders`: makes what is due, and tells what was made and what needs a person. */
import { ConfigError } from '../errors.ts';
import { runOrders } from '../jobs/orders/run-orders.ts';
import { isPeriod } from '../transform/values/calendar.ts';
import type { App, ExitCode } from './app.ts';
import { orderContext } from './order-context.ts';
import { orderTable } from './order-table.ts';

export interface RunOrdersCommand {
  readonly period?: string;
  readonly supplement?: boolean;
}

/** Exit 1 when an order was parked; drafts that wait for a person are no fault. */
export async function runOrdersJob(app: App, { period, supplement = false }: RunOrdersCommand): Promise<ExitCode> {
  if (period !== undefined && !isPeriod(period)) {
    throw new ConfigError(`--period is "${period}"; expected a month such as 2026-11.`);
  }
  const { orders, parked } = await runOrders(orderContext(app), {
    supplement,
    ...(period !== undefined && { period }),
  });
  app.print({ orders, parked });
  if (orders.length === 0) app.say('Nothing was to be ordered.');
  else {
    for (const line of orderTable(orders)) app.say(line);
    const drafts = orders.filter((order) => order.status === 'draft').length;
    if (drafts > 0)
      app.say(`${drafts} of ${orders.length} wait for a person: navette order <id>, navette order confirm <id>`);
  }
  for (const { enterpriseNumber, standingOrder, period: month, reason } of parked) {
    app.say(`Not ordered: ${enterpriseNumber} ${standingOrder ?? ''} ${month} (${reason})`);
  }
  return parked.length === 0 ? 0 : 1;
}
