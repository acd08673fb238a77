/** `navette run release`: paid orders go to the card platform. */
import { releaseOrders } from '../jobs/payments/release-orders.ts';
import type { App, ExitCode } from './app.ts';
import { jobContext } from './job-context.ts';
import { counted } from './print.ts';

export async function runReleaseJob(app: App): Promise<ExitCode> {
  const { released, failed } = await releaseOrders(jobContext(app));
  app.print({ released });
  for (const { orderId, file, lines } of released) app.say(`Order ${orderId}: ${counted(lines, 'line')} in ${file}`);
  for (const { orderId, reason } of failed) app.say(`Order ${orderId} could not be released (${reason}).`);
  if (released.length + failed.length === 0) app.say('Nothing was to be released.');
  return failed.length === 0 ? 0 : 1;
}
