/** `navette carry`: what is granted and not ordered, and why. */
import type { Command } from 'commander';
import { readCarry } from '../load/carry.ts';
import { type App, type CommonOptions, type ExitCode, withApp } from './app.ts';
import { euros, table } from './print.ts';

export function declareCarry(program: Command, done: (code: ExitCode) => void): void {
  program
    .command('carry')
    .description('what is granted and not ordered, and why')
    .option('--employer <enterprise-number>', 'only this one')
    .option('--json', 'print one JSON document')
    .action(async (options: CommonOptions & { employer?: string }) =>
      done(await withApp(options, (app) => listCarry(app, options.employer ?? null))),
    );
}

async function listCarry(app: App, employer: string | null): Promise<ExitCode> {
  const carry = await readCarry(app.database.db, employer);
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
  for (const line of table(titles, rows)) app.say(line);
  return 0;
}
