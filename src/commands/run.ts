/** `navette run <job>`: one job, once, now. */
import { type Command, Option } from 'commander';
import { ConfigError } from '../errors.ts';
import { isPeriod } from '../transform/values/calendar.ts';
import { type App, type CommonOptions, type ExitCode, withApp } from './app.ts';
import { runLeaversJob } from './run-leavers.ts';
import { runNoticesJob } from './run-notices.ts';
import { runOrdersJob } from './run-orders.ts';
import { runPaymentsJob } from './run-payments.ts';
import { runPullJob } from './run-pull.ts';
import { runReleaseJob } from './run-release.ts';
import { runRenewalsJob } from './run-renewals.ts';
import { runReportJob } from './run-report.ts';
import { runRetentionJob } from './run-retention.ts';

interface RunOptions extends CommonOptions {
  readonly period?: string;
  readonly supplement?: boolean;
}

type RunJob = (app: App, options: Pick<RunOptions, 'period' | 'supplement'>) => Promise<ExitCode>;

const JOBS: Readonly<Record<string, RunJob>> = {
  pull: runPullJob,
  leavers: runLeaversJob,
  orders: runOrdersJob,
  notices: runNoticesJob,
  payments: runPaymentsJob,
  release: runReleaseJob,
  renewals: runRenewalsJob,
  retention: runRetentionJob,
  report: runReportJob,
};
const NAMES = Object.keys(JOBS).join(', ');

export function declareRun(program: Command, done: (code: ExitCode) => void): void {
  program
    .command('run')
    .description('run one job once, now')
    .argument('<job>', NAMES)
    .option('--period <month>', 'orders: the month worked, as YYYY-MM')
    .addOption(new Option('--supplement', 'orders: only what was added to months that were ordered before'))
    .option('--date <day>', 'today, as YYYY-MM-DD')
    .option('--json', 'print one JSON document')
    .action(async (name: string, options: RunOptions) => done(await run(name, options)));
}

async function run(name: string, { period, supplement, ...common }: RunOptions): Promise<ExitCode> {
  const faults: string[] = [];
  const job = Object.hasOwn(JOBS, name) ? JOBS[name] : undefined;
  if (job === undefined) faults.push(`There is no job "${name}"; allowed: ${NAMES}.`);
  if (period !== undefined && !isPeriod(period)) {
    faults.push(`--period is "${period}"; expected a month such as 2026-11.`);
  }
  if (period !== undefined && job !== undefined && name !== 'orders') {
    faults.push('--period belongs to the job orders.');
  }
  if (supplement === true && job !== undefined && name !== 'orders') {
    faults.push('--supplement belongs to the job orders.');
  }
  if (job === undefined || faults.length > 0) throw new ConfigError(faults);
  return withApp(common, (app) =>
    job(app, { ...(period !== undefined && { period }), ...(supplement !== undefined && { supplement }) }),
  );
}
