/** `navette report`: a month as a page for people, or a quarter: what was ordered against what was granted, by employer. */
import { resolve } from 'node:path';
import { type Command, Option } from 'commander';
import { readEnvironment } from '../config/environment.ts';
import { ConfigError } from '../errors.ts';
import { isIncomplete } from '../jobs/orders/watch-quarter.ts';
import { readMonthReport, writePage } from '../jobs/report/write-report.ts';
import { readQuarter } from '../load/orders/quarter-report.ts';
import type { Period } from '../model.ts';
import { isQuarter, monthsOfQuarter, quarterDueOn } from '../transform/orders/quarter.ts';
import { monthPage } from '../transform/report/month-page.ts';
import { isPeriod } from '../transform/values/calendar.ts';
import { type App, type CommonOptions, type ExitCode, withApp } from './app.ts';
import { jobContext } from './job-context.ts';
import { euros, none, table } from './print.ts';

interface ReportOptions extends CommonOptions {
  readonly quarter?: string;
  readonly period?: string;
  readonly output?: string;
}

export function declareReport(program: Command, done: (code: ExitCode) => void): void {
  program
    .command('report')
    .description('a month as a page for people, or a quarter: ordered against entitled')
    .addOption(new Option('--period <month>', 'as YYYY-MM, such as 2026-11').conflicts('quarter'))
    .addOption(new Option('--quarter <quarter>', 'as YYYY-Qn, such as 2026-Q4'))
    .option('-o, --output <file>', 'where the page of the month goes; report-<month>.html unless given')
    .option('--date <day>', 'today, as YYYY-MM-DD')
    .option('--json', 'print one JSON document')
    .action(async (options: ReportOptions) => done(await run(options)));
}

async function run(options: ReportOptions): Promise<ExitCode> {
  const { quarter, period, output } = options;
  if (period !== undefined) {
    if (!isPeriod(period)) throw new ConfigError(`--period is "${period}"; expected a month such as 2026-11.`);
    return withoutSecrets(options, (app) => reportMonth(app, period, output ?? null));
  }
  if (quarter === undefined) throw new ConfigError('Say which: --period YYYY-MM or --quarter YYYY-Qn.');
  if (output !== undefined) throw new ConfigError('-o belongs to --period; a quarter is printed.');
  if (!isQuarter(quarter)) {
    throw new ConfigError(`--quarter is "${quarter}"; expected a quarter such as 2026-Q4.`);
  }
  return withoutSecrets(options, (app) => reportQuarter(app, quarter));
}

/** Whoever writes reports reads the database alone: its account need not be able to read a drop's key or the mail password. */
function withoutSecrets(options: ReportOptions, work: (app: App) => Promise<ExitCode>): Promise<ExitCode> {
  return withApp(options, work, readEnvironment(), 'without-secrets');
}

/** Under --json the sums are the document, and a page is written only where -o says so. */
async function reportMonth(app: App, period: Period, output: string | null): Promise<ExitCode> {
  const report = await readMonthReport(jobContext(app), period);
  app.print(report);
  if (app.json && output === null) return 0;
  const path = resolve(output ?? `report-${period}.html`);
  await writePage(path, monthPage(report));
  app.say(`The report of ${period} is in ${path}`);
  return 0;
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
