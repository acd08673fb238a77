/** What a command hands to the jobs around orders. */
import type { OrderContext } from '../jobs/orders/order-context.ts';
import type { App } from './app.ts';

export function orderContext({ database, log, config, today, progress }: App): OrderContext {
  return { database, log, config: config.navette, today, progress };
}
