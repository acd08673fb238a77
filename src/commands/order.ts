/** `navette orders` and `navette order`: the list, the summary of one, and what a person does with it. */
import { type Command, Option } from 'commander';
import { ConfigError } from '../errors.ts';
import { cancelOrder } from '../jobs/orders/cancel-order.ts';
import { confirmOrder } from '../jobs/orders/confirm-orders.ts';
import { newOrder } from '../jobs/orders/new-order.ts';
import { summariseOrder } from '../jobs/orders/summarise-order.ts';
import { readOrders } from '../load/orders/orders.ts';
import { ORDER_STATUSES, type OrderStatus } from '../model.ts';
import { HOLDING_WARNINGS, INFORMATIONAL_WARNINGS } from '../transform/orders/order-warnings.ts';
import { isDay } from '../transform/values/calendar.ts';
import { type App, type CommonOptions, type ExitCode, withApp } from './app.ts';
import { employerOf, positiveInteger } from './options.ts';
import { orderContext } from './order-context.ts';
import { printSummary } from './order-summary.ts';
import { orderTable } from './order-table.ts';
import { counted, euros } from './print.ts';

export function declareOrders(program: Command, done: (code: ExitCode) => void): void {
  program
    .command('orders')
    .description('list orders')
    .addOption(new Option('--status <status>', 'only these').choices(ORDER_STATUSES))
    .option('--json', 'print one JSON document')
    .action(async (options: CommonOptions & { status?: OrderStatus }) =>
      done(await withApp(options, (app) => listOrders(app, options.status))),
    );
}

export function declareOrder(program: Command, done: (code: ExitCode) => void): void {
  const order = program.command('order').description('one order: its summary, and what a person does with it');
  common(
    order.command('show', { isDefault: true }).argument('<id>', 'order', positiveInteger).description('the summary'),
  ).action(async (id: number, options: CommonOptions) => done(await withApp(options, (app) => show(app, id))));
  common(
    order.command('confirm').argument('<id>', 'order', positiveInteger).description('confirm a draft and invoice it'),
  )
    .requiredOption('--by <name>', 'who confirms')
    .option('--acknowledge <codes>', 'warnings that were looked at: all, or codes with commas', '')
    .action(async (id: number, options: ConfirmOptions) =>
      done(await withApp(options, (app) => confirm(app, id, options))),
    );
  common(
    order
      .command('cancel')
      .argument('<id>', 'order', positiveInteger)
      .description('cancel an order that is not released'),
  )
    .requiredOption('--by <name>', 'who cancels')
    .requiredOption('--why <reason>', 'why')
    .action(async (id: number, options: CommonOptions & { by: string; why: string }) =>
      done(await withApp(options, (app) => cancel(app, id, options))),
    );
  common(order.command('new').description('make a draft by hand'))
    .requiredOption('--employer <enterprise-number>', 'who orders')
    .requiredOption('--product <code>', 'kind of voucher')
    .requiredOption('--reference <text>', 'name of the order')
    .requiredOption('--validity-start <day>', 'first day of validity, as YYYY-MM-DD')
    .option('--face-value <cents>', 'cents per voucher, in place of the value of each person', positiveInteger)
    .option(
      '--quantity <n>',
      'vouchers for everybody who has the product; without it, what is open is ordered',
      positiveInteger,
    )
    .action(async (options: NewOptions) => done(await withApp(options, (app) => make(app, options))));
}

function common(command: Command): Command {
  return command.option('--date <day>', 'today, as YYYY-MM-DD').option('--json', 'print one JSON document');
}

interface ConfirmOptions extends CommonOptions {
  readonly by: string;
  readonly acknowledge: string;
}

interface NewOptions extends CommonOptions {
  readonly employer: string;
  readonly product: string;
  readonly reference: string;
  readonly validityStart: string;
  readonly faceValue?: number;
  readonly quantity?: number;
}

async function listOrders(app: App, status: OrderStatus | undefined): Promise<ExitCode> {
  const orders = await readOrders(app.database.db, status === undefined ? {} : { status });
  app.print(orders);
  for (const line of orderTable(orders)) app.say(line);
  return 0;
}

async function show(app: App, id: number): Promise<ExitCode> {
  printSummary(app, await summariseOrder(orderContext(app), id));
  return 0;
}

async function confirm(app: App, id: number, { by, acknowledge }: ConfirmOptions): Promise<ExitCode> {
  const { emptied } = await confirmOrder(orderContext(app), id, { by, acknowledge: codesOf(acknowledge) });
  await show(app, id);
  if (emptied.length === 0) return 0;
  app.say('Nobody on this order may be ordered for any more, so it was cancelled.');
  return 1;
}

function codesOf(given: string): 'all' | string[] {
  const codes = given.split(',').map((code) => code.trim());
  if (codes.includes('all')) return 'all';
  const known: readonly string[] = [...HOLDING_WARNINGS, ...INFORMATIONAL_WARNINGS];
  const wanted = codes.filter((code) => code !== '');
  const unknown = wanted.find((code) => !known.includes(code));
  if (unknown !== undefined) {
    throw new ConfigError(`--acknowledge names "${unknown}"; allowed: all, ${known.join(', ')}.`);
  }
  return wanted;
}

async function cancel(app: App, id: number, how: { readonly by: string; readonly why: string }): Promise<ExitCode> {
  const { creditNotes, refundDue } = await cancelOrder(orderContext(app), id, how);
  await show(app, id);
  if (creditNotes > 0) app.say(`  Made: ${counted(creditNotes, 'credit note')}.`);
  if (refundDue > 0) app.say(`  To be paid back: ${euros(refundDue)}`);
  return 0;
}

async function make(app: App, options: NewOptions): Promise<ExitCode> {
  const { validityStart, quantity = null, faceValue = null } = options;
  if (!isDay(validityStart)) {
    throw new ConfigError(`--validity-start is "${validityStart}"; expected a day such as 2026-12-05.`);
  }
  if (faceValue !== null && quantity === null) throw new ConfigError('--face-value needs --quantity.');
  const { id, refusedPeople } = await newOrder(orderContext(app), {
    enterpriseNumber: employerOf(options.employer),
    productCode: options.product,
    reference: options.reference,
    validityStart,
    quantity,
    faceValue,
  });
  await show(app, id);
  if (refusedPeople > 0) {
    app.say(
      `  Not for ${counted(refusedPeople, 'beneficiary', 'beneficiaries')}: the face value is above the limit of the month.`,
    );
  }
  return 0;
}
