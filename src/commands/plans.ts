/** `navette plans`, `approve` and `discard`: what is held, why, and a person's word about it. */
import type { Command } from 'commander';
import { brusselsTime } from '../clock.ts';
import { approvePlan, discardPlan } from '../jobs/import/decide-held-plan.ts';
import type { ImportResult } from '../jobs/import/import-file.ts';
import { type HeldDeparture, type HeldPlan, listHeldDepartures, listHeldPlans } from '../load/files/held-plans.ts';
import { getFile } from '../load/files/ledger.ts';
import { type App, type CommonOptions, type ExitCode, withApp } from './app.ts';
import { jobContext } from './job-context.ts';
import { counted, countsLine, issueLine, none } from './print.ts';

interface WordOptions extends CommonOptions {
  readonly by: string;
  readonly why: string;
  readonly upsertsOnly?: boolean;
}

export function declarePlans(program: Command, done: (code: ExitCode) => void): void {
  program
    .command('plans')
    .description('list the held plans, why they are held, and who would be deactivated')
    .option('--json', 'print one JSON document')
    .action(async (options: CommonOptions) => done(await withApp(options, plans)));
  program
    .command('approve')
    .description('apply a held plan')
    .argument('<plan-hash>', 'the hash, or its first 12 characters')
    .requiredOption('--by <name>', 'who approves')
    .requiredOption('--why <reason>', 'why')
    .option('--upserts-only', 'apply everything but the deactivations')
    .option('--date <day>', 'today, as YYYY-MM-DD')
    .option('--json', 'print one JSON document')
    .action(async (hash: string, options: WordOptions) =>
      done(await withApp(options, (app) => approve(app, hash, options))),
    );
  program
    .command('discard')
    .description('set the file of a held plan aside')
    .argument('<plan-hash>', 'the hash, or its first 12 characters')
    .requiredOption('--by <name>', 'who discards')
    .requiredOption('--why <reason>', 'why')
    .option('--date <day>', 'today, as YYYY-MM-DD')
    .option('--json', 'print one JSON document')
    .action(async (hash: string, options: WordOptions) =>
      done(await withApp(options, (app) => discard(app, hash, options))),
    );
}

async function plans(app: App): Promise<ExitCode> {
  const { db } = app.database;
  const held = [];
  for (const plan of await listHeldPlans(db)) held.push({ ...plan, departures: await listHeldDepartures(db, plan.id) });
  app.print(held);
  if (held.length === 0) app.say(none('held plans'));
  for (const plan of held) {
    const file = await getFile(db, plan.fileId);
    app.say(
      `${plan.planHash.slice(0, 12)}  ${file?.name ?? ''} (file ${plan.fileId}), until ${brusselsTime(plan.expiresAt)}`,
    );
    app.say(`  ${countsLine(plan.counts)}`);
    for (const line of reasonLines(plan)) app.say(`  held: ${line}`);
    for (const line of departureLines(plan.departures, file?.kind === 'payroll')) app.say(`  ${line}`);
  }
  return 0;
}

/** So many are printed for a person to look at; all of them stand in the document. */
const SHOWN_EMPLOYERS = 50;
const SHOWN_PEOPLE = 20;
const CAUSES = { explicit: 'said to leave', absent: 'absent from the file' } as const;

/** By employer and cause, people by the number of their record: nothing else about them is printed. */
function departureLines(departures: readonly HeldDeparture[], ofPayroll: boolean): string[] {
  if (departures.length === 0) return [];
  const groups = Map.groupBy(departures, ({ enterpriseNumber, cause }) => `${CAUSES[cause]} at ${enterpriseNumber}`);
  const lines = [...groups].slice(0, SHOWN_EMPLOYERS).map(([where, people]) => {
    const ids = people.slice(0, SHOWN_PEOPLE).map(({ beneficiaryId }) => beneficiaryId);
    const rest = people.length > SHOWN_PEOPLE ? ', …' : '';
    return `  ${counted(people.length, 'person', 'people')} ${where}: beneficiary ${ids.join(', ')}${rest}`;
  });
  const head = ofPayroll ? 'would be deactivated, or have nothing left:' : 'would be deactivated:';
  const more = groups.size > SHOWN_EMPLOYERS ? ['  and at more employers: navette plans --json tells all of them'] : [];
  return [head, ...lines, ...more];
}

const GATES: Readonly<Record<string, string>> = {
  'absence.unproven': 'people are absent, and nothing proves that the file is whole',
  'absence.majority': 'more than half of the people are absent',
  'deactivations.ratio': 'too large a share would be deactivated',
  'deactivations.count': 'too many would be deactivated',
  'rejected.ratio': 'too many rows are rejected',
  'sensitive.changes': 'names, birth dates, addresses or cost centers change in bulk',
  'configuration.changed': 'the layout or the drop has changed, and people would be deactivated',
  'payroll.two-sources': 'totals and increments for the same employer and product',
};

function reasonLines(plan: Pick<HeldPlan, 'reasons'>): string[] {
  if (plan.reasons.length === 0) return ['it is not what was approved before; no gate would hold it as it is now'];
  return plan.reasons.map(({ gate, enterpriseNumber, count, of }) => {
    const where = enterpriseNumber === null ? 'in total' : `at ${enterpriseNumber}`;
    return `${GATES[gate] ?? gate} (${count} of ${of} ${where})`;
  });
}

async function approve(app: App, hash: string, options: WordOptions): Promise<ExitCode> {
  const { by, why, upsertsOnly = false } = options;
  const result = await approvePlan(jobContext(app), hash, { by, why, upsertsOnly });
  app.print(result);
  if (result.status === 'held') {
    app.say(
      `The data has changed since this plan was held. The new plan is ${result.planHash?.slice(0, 12)}; nothing was changed.`,
    );
    return 1;
  }
  if (result.status !== 'applied') {
    for (const line of refusalLines(result)) app.say(line);
    return 1;
  }
  app.say(`applied: ${countsLine(result.counts)}`);
  return result.counts.rejected > 0 ? 1 : 0;
}

/** Why a plan that was approved could not be carried out, and that it is settled all the same. */
function refusalLines({ fileId, status, counts, issues }: ImportResult): string[] {
  const settled = `The plan is closed and nothing was changed; file ${fileId} is ${status}`;
  if (status === 'superseded') return [`${settled}: newer full files of all of its employers were applied.`];
  const ofFile = issues.filter(({ row, severity }) => row === null && severity === 'error');
  if (ofFile.length > 0) return [`${settled}:`, ...ofFile.map((issue) => `  ${issueLine(issue)}`)];
  return [`${settled}: ${countsLine(counts)}. See: navette file ${fileId}`];
}

async function discard(app: App, hash: string, options: WordOptions): Promise<ExitCode> {
  const plan = await discardPlan(jobContext(app), hash, options);
  app.print({ planHash: plan.planHash, fileId: plan.fileId, status: 'rejected' });
  app.say(`Plan ${plan.planHash.slice(0, 12)} is discarded; file ${plan.fileId} is rejected and may come again.`);
  return 0;
}
