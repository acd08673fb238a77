/** `navette card lost <number>`: blocks a lost card and drafts its replacement. */
import type { Command } from 'commander';
import { replaceLostCard } from '../jobs/people/replace-lost-card.ts';
import { type App, type CommonOptions, type ExitCode, withApp } from './app.ts';
import { orderContext } from './order-context.ts';

export function declareCard(program: Command, done: (code: ExitCode) => void): void {
  const card = program.command('card').description('cards of beneficiaries');
  card
    .command('lost')
    .description('block the active card and draft a replacement')
    .argument('<national-register-number>', 'the person')
    .requiredOption('--by <name>', 'who says so')
    .option('--date <day>', 'today, as YYYY-MM-DD')
    .option('--json', 'print one JSON document')
    .action(async (number: string, options: CommonOptions & { by: string }) =>
      done(await withApp(options, (app) => lost(app, number, options.by))),
    );
}

async function lost(app: App, number: string, by: string): Promise<ExitCode> {
  const { order, without } = await replaceLostCard(orderContext(app), number, by);
  app.print({ blocked: true, orderId: order?.id ?? null, enterpriseNumber: order?.enterpriseNumber ?? null, without });
  app.say('The card is blocked.');
  if (order !== null) {
    app.say(`Order ${order.id} of ${order.enterpriseNumber} makes another one: navette order confirm ${order.id}`);
  } else if (without === 'ordered') app.say('Another one is on order already.');
  else app.say('No employer can order another one now; the next order of the person makes it.');
  return 0;
}
