/** `navette run renewals`: cards that expire soon. */
import { runRenewals } from '../jobs/people/run-renewals.ts';
import type { App, ExitCode } from './app.ts';
import { orderContext } from './order-context.ts';

export async function runRenewalsJob(app: App): Promise<ExitCode> {
  const renewals = await runRenewals(orderContext(app));
  const { people, named, namedBefore, nextOrder } = renewals;
  app.print(renewals);
  app.say(`${people} cards expire soon: ${named + namedBefore} are on drafts, ${nextOrder} come with the next order.`);
  return 0;
}
