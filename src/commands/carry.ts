/** `navette carry`: what is granted and not ordered, and why; `carry order` and `carry write-off` settle it. */
import { type Command, Option } from 'commander';
import { ConfigError } from '../errors.ts';
import { orderRestsOfLeavers, writeOffCarry } from '../jobs/orders/settle-carry.ts';
import { summariseOrder } from '../jobs/orders/summarise-order.ts';
import { readCarry } from '../load/orders/carry.ts';
import type { RestsChosen } from '../load/orders/settle-carry.ts';
import { CARRY_REASONS, type CarryReason } from '../model.ts';
import { isPeriod } from '../transform/values/calendar.ts';
import { parseEnterpriseNumber } from '../transform/values/enterprise-number.ts';
import { parseNationalRegisterNumber } from '../transform/values/national-register-number.ts';
import { type App, type CommonOptions, type ExitCode, withApp } from './app.ts';
import { employerOf } from './options.ts';
import { orderContext } from './order-context.ts';
import { printSummary } from './order-summary.ts';
import { euros, none, table } from './print.ts';

/** What is written off unless a reason is given: rests of people who are gone, which no later run takes up. */
const OF_LEAVERS: readonly CarryReason[] = ['leaver.residue', 'leaver.unordered', 'no-card'];

export function declareCarry(program: Command, done: (code: ExitCode) => void): void {
  const carry = program.command('carry').description('what is granted and not ordered, and why; settle it');
  carry
    .command('list', { isDefault: true })
    .description('the list')
    .option('--employer <enterprise-number>', 'only this one')
    .option('--json', 'print one JSON document')
    .action(async (options: CommonOptions & { employer?: string }) =>
      done(await withApp(options, (app) => listCarry(app, options.employer))),
    );
  settling(carry.command('order').description('order what leavers still earned, as a draft'))
    .option('--reference <text>', 'name of the order', 'Leavers')
    .action(async (options: SettleOptions & { reference: string }) =>
      done(await withApp(options, (app) => order(app, options))),
    );
  settling(carry.command('write-off').description('close what is left: what leavers earned, owe, or cannot get'))
    .addOption(new Option('--reason <reason>', 'close rests of this reason instead').choices(CARRY_REASONS))
    .action(async (options: SettleOptions & { reason?: CarryReason }) =>
      done(await withApp(options, (app) => writeOff(app, options))),
    );
}

interface SettleOptions extends CommonOptions {
  readonly employer: string;
  readonly beneficiary?: string;
  readonly product?: string;
  readonly period?: string;
  readonly by: string;
  readonly why: string;
}

function settling(command: Command): Command {
  return command
    .requiredOption('--employer <enterprise-number>', 'whose leavers')
    .option('--beneficiary <national-register-number>', 'only this person')
    .option('--product <code>', 'only this product')
    .option('--period <month>', 'only this month worked, as YYYY-MM')
    .requiredOption('--by <name>', 'who decides')
    .requiredOption('--why <reason>', 'why')
    .option('--date <day>', 'today, as YYYY-MM-DD')
    .option('--json', 'print one JSON document');
}

function chosenBy(app: App, { employer, beneficiary, product, period }: SettleOptions): RestsChosen {
  const enterpriseNumber = parseEnterpriseNumber(employer);
  const nationalRegisterNumber =
    beneficiary === undefined ? null : parseNationalRegisterNumber(beneficiary, app.today)?.number;
  const faults: string[] = [];
  if (enterpriseNumber === null) faults.push('--employer is no enterprise number.');
  if (nationalRegisterNumber === undefined) faults.push('--beneficiary is no national register number.');
  if (period !== undefined && !isPeriod(period))
    faults.push(`--period is "${period}"; expected a month such as 2026-11.`);
  if (enterpriseNumber === null || nationalRegisterNumber === undefined || faults.length > 0) {
    throw new ConfigError(faults);
  }
  return { enterpriseNumber, nationalRegisterNumber, productCode: product ?? null, period: period ?? null };
}

async function order(app: App, options: SettleOptions & { reference: string }): Promise<ExitCode> {
  const context = orderContext(app);
  const { reference } = options;
  const { orderId, left } = await orderRestsOfLeavers(context, { ...chosenBy(app, options), reference }, options);
  printSummary(app, await summariseOrder(context, orderId));
  if (left === 0) return 0;
  app.say(`${left} more were not ordered, without a valid card or above a yearly limit: navette carry`);
  return 1;
}

async function writeOff(app: App, options: SettleOptions & { reason?: CarryReason }): Promise<ExitCode> {
  const reasons = options.reason === undefined ? OF_LEAVERS : [options.reason];
  const closed = await writeOffCarry(orderContext(app), chosenBy(app, options), reasons, options);
  app.print(closed);
  const rows = closed.map((rest) => [
    String(rest.beneficiaryId),
    rest.productCode,
    rest.period,
    String(rest.quantity),
    euros(rest.faceValue),
    rest.reason,
  ]);
  for (const line of table(['beneficiary', 'product', 'month', 'quantity', 'value', 'was'], rows)) app.say(line);
  return 0;
}

async function listCarry(app: App, employer: string | undefined): Promise<ExitCode> {
  const carry = await readCarry(app.database.db, employer === undefined ? null : employerOf(employer));
  app.print(carry);
  const rows = carry.map((row) => [
    row.enterpriseNumber,
    `${row.lastName} ${row.firstName}`,
    row.personnelNumber ?? '',
    row.productCode,
    row.period,
    String(row.quantity),
    euros(row.faceValue),
    row.reason,
    String(row.orderId ?? ''),
  ]);
  const titles = ['employer', 'beneficiary', 'number', 'product', 'month', 'quantity', 'value', 'why', 'order'];
  if (rows.length === 0) app.say(none('carried differences'));
  else for (const line of table(titles, rows)) app.say(line);
  return 0;
}
