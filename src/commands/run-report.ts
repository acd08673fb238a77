/** `navette run report`: the page of the previous month under `out/reports`, as the schedule writes it. */
import { writeMonthReport } from '../jobs/report/write-report.ts';
import type { App, ExitCode } from './app.ts';
import { jobContext } from './job-context.ts';

export async function runReportJob(app: App): Promise<ExitCode> {
  const file = await writeMonthReport(jobContext(app));
  app.print({ file });
  app.say(`The report of the previous month is in ${file}`);
  return 0;
}
