/** `navette config check`: reads the whole configuration and says what is wrong with it. */
import type { Command } from 'commander';
import { isUnverifiedWay, UNVERIFIED_WAY } from '../config/database-tls.ts';
import { ConfigError, RetryableError } from '../errors.ts';
import { checkPlaces } from '../jobs/check-places.ts';
import { isAboutConnection } from '../jobs/connection-errors.ts';
import type { CheckedPlace } from '../jobs/look-in-turn.ts';
import { scheduleFaults } from '../jobs/schedule.ts';
import { openDatabase } from '../load/database.ts';
import { pendingMigrations } from '../load/migrate.ts';
import { isQueueReady } from '../load/queue.ts';
import { type CommonOptions, type ExitCode, openDesk } from './app.ts';
import { endNow } from './end-now.ts';
import { sentencesOf } from './failures.ts';
import { counted, table } from './print.ts';

interface CheckOptions extends CommonOptions {
  readonly online?: boolean;
}

const DATABASE_TODO =
  'Check DATABASE_URL and the way to the server; docs/security.md says how its certificate is verified.';

const SCHEMA_TODO = 'docs/operations.md says how versions and roles go together, under Upgrade and Roles.';

/** For each place; longer than a connection to it may take by itself, so that its own reason is heard first. */
const ANSWER_MILLISECONDS = 30_000;

type Desk = ReturnType<typeof openDesk>;

export function declareConfig(program: Command, done: (code: ExitCode) => void): void {
  program
    .command('config')
    .description('look at the configuration')
    .command('check')
    .description('check every file of the configuration')
    .option('--online', 'also ask the database, each enabled drop and the mail server')
    .option('--json', 'print one JSON document')
    .action(async (options: CheckOptions) => done(await check(options)));
}

/** A faulty configuration never gets here: opening it throws all of its faults. */
async function check(options: CheckOptions): Promise<ExitCode> {
  const desk = openDesk(options);
  const { drops, layouts, products, navette } = desk.config;
  const faults = scheduleFaults(navette.schedule);
  if (faults.length > 0) throw new ConfigError(faults);
  const { places, unanswered } =
    options.online === true
      ? await checkPlaces(desk.config, desk.environment.home, () => askDatabase(desk), ANSWER_MILLISECONDS)
      : { places: [], unanswered: false };
  const warnings = isUnverifiedWay(desk.environment.databaseUrl) ? [UNVERIFIED_WAY] : [];
  const enabled = drops.filter((drop) => drop.enabled);
  desk.print({
    ok: true,
    drops: enabled.map((drop) => drop.id),
    layouts: [...layouts.keys()],
    products: products.map((product) => product.code),
    secretariats: navette.secretariats.map((secretariat) => secretariat.code),
    warnings,
    ...(options.online === true && { places }),
  });
  desk.say(`The configuration in ${desk.environment.config} is sound:`);
  desk.say(
    `  ${enabled.length} of ${drops.length} drops enabled: ${enabled.map((drop) => drop.id).join(', ') || 'none'}`,
  );
  desk.say(`  ${counted(layouts.size, 'layout')}: ${[...layouts.keys()].join(', ')}`);
  desk.say(`  ${counted(products.length, 'product')}, ${counted(navette.secretariats.length, 'secretariat')}`);
  for (const warning of warnings) desk.say(`  Warning: ${warning}`);
  for (const line of places.length === 0 ? [] : table(['place', '', 'found', 'what to do'], places.map(rowOf)))
    desk.say(`  ${line}`);
  const code = places.every(({ ok }) => ok) ? 0 : 3;
  if (unanswered) await endNow(code);
  return code;
}

function rowOf({ place, ok, found, todo }: CheckedPlace): string[] {
  return [place, ok ? 'fine' : 'WRONG', found, todo ?? ''];
}

async function askDatabase({ environment: { databaseUrl, home } }: Desk): Promise<CheckedPlace[]> {
  const place = 'database';
  if (databaseUrl === null) return [{ place, ok: true, found: `embedded, under ${home}`, todo: null }];
  try {
    const database = await openDatabase(databaseUrl, () => undefined);
    try {
      const pending = await pendingMigrations(database.db);
      if (!(await isQueueReady(databaseUrl))) pending.push('the queue of this version');
      return pending.length === 0
        ? [{ place, ok: true, found: 'its schema is up to date', todo: null }]
        : [{ place, ok: false, found: `${pending.join(', ')} pending`, todo: 'Run: navette migrate' }];
    } finally {
      await database.close();
    }
  } catch (error) {
    // A missing right or a newer schema must not take the other places with it.
    const todo = error instanceof RetryableError || isAboutConnection(error) ? DATABASE_TODO : SCHEMA_TODO;
    return [{ place, ok: false, found: sentencesOf(error).join(' '), todo }];
  }
}
