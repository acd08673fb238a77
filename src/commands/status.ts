/** `navette status`: one screen that says what came in, what is down or late, what waits for somebody, and what comes next. */
import type { Command } from 'commander';
import { readOutlook } from '../jobs/health/outlook.ts';
import { findSlotsAhead } from '../jobs/orders/find-due-orders.ts';
import { findQuarterSoonDue } from '../jobs/orders/watch-quarter.ts';
import { type App, type CommonOptions, type ExitCode, withApp } from './app.ts';
import { jobContext } from './job-context.ts';
import { statusLines } from './status-lines.ts';

export function declareStatus(program: Command, done: (code: ExitCode) => void): void {
  program
    .command('status')
    .description('health at a glance')
    .option('--date <day>', 'today, as YYYY-MM-DD')
    .option('--json', 'print one JSON document')
    .action(async (options: CommonOptions) => done(await withApp(options, status)));
}

async function status(app: App): Promise<ExitCode> {
  const outlook = await readOutlook(jobContext(app));
  const slots = await findSlotsAhead(app.database.db, app.today);
  const quarterDue = await findQuarterSoonDue(app.database.db, app.today);
  const enabledDrops = app.config.drops.filter((drop) => drop.enabled).map((drop) => drop.id);
  app.print({ ...outlook, slots, quarterDue, enabledDrops });
  for (const line of statusLines({ outlook, slots, quarterDue, now: app.now })) app.say(line);
  return 0;
}
