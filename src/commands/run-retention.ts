/** `navette run retention`: removes what was kept long enough. */
import { runRetention } from '../jobs/people/run-retention.ts';
import type { App, ExitCode } from './app.ts';
import { jobContext } from './job-context.ts';
import { counted } from './print.ts';

export async function runRetentionJob(app: App): Promise<ExitCode> {
  const retained = await runRetention(jobContext(app));
  const { rawFiles, rejectsFiles, historyRows, people } = retained;
  app.print(retained);
  app.say(
    `Removed: ${counted(rawFiles, 'kept file')}, ${counted(rejectsFiles, 'rejects file')} and ${counted(historyRows, 'row')} of history.`,
  );
  app.say(`Stored without personal data now: ${counted(people, 'person', 'people')} who left long ago.`);
  return 0;
}
