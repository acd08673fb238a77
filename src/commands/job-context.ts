/** What a command hands to a job. */
import type { JobContext } from '../jobs/context.ts';
import type { App } from './app.ts';

export function jobContext(app: App): JobContext {
  const { config, database, log, today, now, environment, progress } = app;
  return { config, database, log, today, now, home: environment.home, progress };
}
