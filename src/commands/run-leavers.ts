/** `navette run leavers`: closes the employments that have ended. */
import { deactivateLeavers } from '../load/people/leavers.ts';
import type { App, ExitCode } from './app.ts';
import { counted } from './print.ts';

export async function runLeaversJob(app: App): Promise<ExitCode> {
  const employers = await deactivateLeavers(app.database.db, app.today);
  const people = employers.reduce((sum, employer) => sum + employer.people, 0);
  app.log('leavers.done', { people });
  app.print({ deactivated: employers });
  app.say(`Left before ${app.today} and inactive now: ${counted(people, 'person', 'people')}.`);
  return 0;
}
