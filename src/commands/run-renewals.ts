/** `navette run renewals`: cards that expire soon. */
import { runRenewals } from '../jobs/people/run-renewals.ts';
import type { App, ExitCode } from './app.ts';
import { orderContext } from './order-context.ts';
import { counted } from './print.ts';

export async function runRenewalsJob(app: App): Promise<ExitCode> {
  const renewals = await runRenewals(orderContext(app));
  const { people, named, namedBefore, nextOrder } = renewals;
  app.print(renewals);
  app.say(
    `Expiring soon: ${counted(people, 'card')}; ${named + namedBefore} on drafts, ${nextOrder} with the next order.`,
  );
  return 0;
}
