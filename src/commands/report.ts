/** `navette report`: what was ordered against what was granted over a quarter, employer by employer. */
import { type Command, Option } from 'commander';
import { ConfigError } from '../errors.ts';
import { isIncomplete } from '../jobs/orders/watch-quarter.ts';
import { readQuarter } from '../load/orders/quarter-report.ts';
import { isQuarter, monthsOfQuarter, quarterDueOn } from '../transform/orders/quarter.ts';
import { type App, type CommonOptions, type ExitCode, withApp } from './app.ts';
import { euros, none, table } from './print.ts';

interface ReportOptions extends CommonOptions {
  readonly quarter: string;
}

export function declareReport(program: Command, done: (code: ExitCode) => void): void {
  program
    .command('report')
    .description('ordered against entitled, by employer')
    .addOption(new Option('--quarter <quarter>', 'as YYYY-Qn, such as 2026-Q4').makeOptionMandatory())
    .option('--date <day>', 'today, as YYYY-MM-DD')
    .option('--json', 'print one JSON document')
    .action(async (options: ReportOptions) => done(await run(options)));
}

async function run(options: ReportOptions): Promise<ExitCode> {
  const { quarter } = options;
  if (!isQuarter(quarter)) {
    throw new ConfigError(`--quarter is "${quarter}"; expected a quarter such as 2026-Q4.`);
  }
  return withApp(options, (app) => reportQuarter(app, quarter));
}

async function reportQuarter(app: App, quarter: string): Promise<ExitCode> {
  const { first, last } = monthsOfQuarter(quarter);
  const dueOn = quarterDueOn(quarter);
  const rows = await readQuarter(app.database.db, first, last);
  const complete = rows.filter((row) => !isIncomplete(row));
  app.print({
    quarter,
    dueOn,
    employers: rows.map((row) => ({ ...row, open: row.entitled - row.ordered, complete: !isIncomplete(row) })),
  });
  app.say(`Quarter ${quarter}, to be complete by ${dueOn}: ${complete.length} of ${rows.length} are`);
  const cells = rows.map((row) => [
    row.enterpriseNumber,
    row.employerName,
    row.productCode,
    String(row.entitledVouchers),
    String(row.orderedVouchers),
    String(row.missingVouchers),
    String(row.excessVouchers),
    euros(row.entitled),
    euros(row.ordered),
    euros(row.entitled - row.ordered),
  ]);
  const titles = [
    'employer',
    'name',
    'product',
    'entitled',
    'ordered',
    'missing',
    'too many',
    'EUR',
    'ordered',
    'open',
  ];
  if (rows.length === 0) app.say(none('orders or grants in this quarter'));
  else for (const line of table(titles, cells)) app.say(line);
  return 0;
}
