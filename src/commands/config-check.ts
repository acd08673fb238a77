/** `navette config check`: reads the whole configuration and says what is wrong with it. */
import type { Command } from 'commander';
import { ConfigError } from '../errors.ts';
import { scheduleFaults } from '../jobs/schedule.ts';
import { type CommonOptions, type ExitCode, openDesk } from './app.ts';
import { counted } from './print.ts';

export function declareConfig(program: Command, done: (code: ExitCode) => void): void {
  program
    .command('config')
    .description('look at the configuration')
    .command('check')
    .description('check every file of the configuration')
    .option('--json', 'print one JSON document')
    .action((options: CommonOptions) => done(check(options)));
}

/** A faulty configuration never gets here: opening it throws all of its faults. */
function check(options: CommonOptions): ExitCode {
  const desk = openDesk(options);
  const { drops, layouts, products, navette } = desk.config;
  const faults = scheduleFaults(navette.schedule);
  if (faults.length > 0) throw new ConfigError(faults);
  const enabled = drops.filter((drop) => drop.enabled);
  desk.print({
    ok: true,
    drops: enabled.map((drop) => drop.id),
    layouts: [...layouts.keys()],
    products: products.map((product) => product.code),
    secretariats: navette.secretariats.map((secretariat) => secretariat.code),
  });
  desk.say(`The configuration in ${desk.environment.config} is sound:`);
  desk.say(
    `  ${enabled.length} of ${drops.length} drops enabled: ${enabled.map((drop) => drop.id).join(', ') || 'none'}`,
  );
  desk.say(`  ${counted(layouts.size, 'layout')}: ${[...layouts.keys()].join(', ')}`);
  desk.say(`  ${counted(products.length, 'product')}, ${counted(navette.secretariats.length, 'secretariat')}`);
  return 0;
}
