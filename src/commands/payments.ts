/** `navette payments`: bank entries and what they pay, and what a person decides about the open ones. */
import { type Command, Option } from 'commander';
import { ConfigError } from '../errors.ts';
import { acceptPayment } from '../jobs/payments/accept-payment.ts';
import { closeWithoutInvoice } from '../jobs/payments/close-entry.ts';
import { ENTRY_STATUSES, type EntryStatus, readPayments } from '../load/payments/payments.ts';
import { type App, type CommonOptions, type ExitCode, withApp } from './app.ts';
import { jobContext } from './job-context.ts';
import { positiveInteger } from './options.ts';
import { euros, none, table } from './print.ts';

interface AcceptOptions extends CommonOptions {
  readonly invoice?: string;
  readonly by: string;
  readonly why: string;
}

export function declarePayments(program: Command, done: (code: ExitCode) => void): void {
  const payments = program.command('payments').description('bank entries: what they pay, and which wait for a person');
  payments
    .command('list', { isDefault: true })
    .description('list bank entries')
    .addOption(new Option('--status <status>', 'only these').choices(ENTRY_STATUSES))
    .option('--json', 'print one JSON document')
    .action(async (options: CommonOptions & { status?: EntryStatus }) =>
      done(await withApp(options, (app) => listPayments(app, options.status ?? null))),
    );
  payments
    .command('accept')
    .description(
      'accept an open bank entry as the payment of an invoice, a debit as the refund of a credit note, or a reversal as what takes a payment back; without an invoice it is closed and pays nothing',
    )
    .argument('<id>', 'bank entry', positiveInteger)
    .option(
      '--invoice <number>',
      'invoice that counts as paid or whose payment went back, or credit note that was paid back or whose refund came back, such as 2026-000123',
    )
    .requiredOption('--by <name>', 'who accepts')
    .requiredOption('--why <reason>', 'why')
    .option('--date <day>', 'today, as YYYY-MM-DD')
    .option('--json', 'print one JSON document')
    .action(async (id: number, options: AcceptOptions) => done(await accept(id, options)));
}

async function listPayments(app: App, status: EntryStatus | null): Promise<ExitCode> {
  const payments = await readPayments(app.database.db, status);
  app.print(payments);
  const rows = payments.map((payment) => [
    String(payment.id),
    payment.bookedOn,
    euros(payment.amount),
    payment.currency,
    payment.structuredCommunication ?? '',
    payment.invoiceNumber ?? '',
    payment.status,
  ]);
  if (rows.length === 0) app.say(none('bank entries'));
  else
    for (const line of table(['entry', 'booked', 'amount', '', 'communication', 'invoice', 'status'], rows))
      app.say(line);
  return 0;
}

async function accept(id: number, options: AcceptOptions): Promise<ExitCode> {
  const blank = (['by', 'why'] as const).filter((name) => options[name].trim() === '');
  if (blank.length > 0)
    throw new ConfigError(blank.map((name) => `--${name} is blank; say ${name === 'by' ? 'who' : 'why'}.`));
  const { invoice, by, why } = options;
  return withApp(options, async (app) => {
    if (invoice === undefined) {
      app.print(await closeWithoutInvoice(jobContext(app), id, { by, why }));
      app.say(`Bank entry ${id} is closed; it pays no invoice.`);
      return 0;
    }
    const accepted = await acceptPayment(jobContext(app), id, { invoice, by, why });
    app.print(accepted);
    if (accepted.status === 'reversed')
      app.say(`Bank entry ${id} takes the payment of invoice ${accepted.invoiceNumber} back.`);
    else if (accepted.amount < 0)
      app.say(`Bank entry ${id} pays ${euros(-accepted.amount)} back, as ${accepted.invoiceNumber} says.`);
    else if (accepted.refundDue > 0)
      app.say(
        `Bank entry ${id} brings a refund back; order ${accepted.orderId} has ${euros(accepted.refundDue)} to be paid back.`,
      );
    else app.say(`Bank entry ${id} pays invoice ${accepted.invoiceNumber} with ${euros(accepted.amount)}.`);
    if (accepted.orderPaid) app.say(`Order ${accepted.orderId} is paid.`);
    return 0;
  });
}
