/** `navette run retention`: removes what was kept long enough. */
import { runRetention } from '../jobs/people/run-retention.ts';
import type { App, ExitCode } from './app.ts';
import { jobContext } from './job-context.ts';

export async function runRetentionJob(app: App): Promise<ExitCode> {
  const retained = await runRetention(jobContext(app));
  const { rawFiles, rejectsFiles, historyRows, people } = retained;
  app.print(retained);
  app.say(`${rawFiles} kept files, ${rejectsFiles} rejects files and ${historyRows} rows of history were removed;`);
  app.say(`${people} people who left long ago are stored without personal data now.`);
  return 0;
}
