/** `navette migrate`: brings the schema up to date, and products and secretariats from configuration into it. */
import type { Command } from 'commander';
import { ConfigError } from '../errors.ts';
import { openDatabase } from '../load/database.ts';
import { openEmbeddedPostgres } from '../load/embedded-postgres.ts';
import { migrateSchema, pendingMigrations } from '../load/migrate.ts';
import { migrateQueue } from '../load/queue.ts';
import { syncReference } from '../load/reference/reference.ts';
import { type CommonOptions, type ExitCode, openDesk } from './app.ts';

export function declareMigrate(program: Command, done: (code: ExitCode) => void): void {
  program
    .command('migrate')
    .description('bring the database schema up to date')
    .option('--json', 'print one JSON document')
    .action(async (options: CommonOptions) => done(await migrate(options)));
}

async function migrate(options: CommonOptions): Promise<ExitCode> {
  const desk = openDesk(options);
  const embedded = desk.environment.databaseUrl === null ? await openEmbeddedPostgres(desk.environment.home) : null;
  try {
    const url = desk.environment.databaseUrl ?? embedded?.url;
    if (url === undefined) throw new ConfigError('There is no database.');
    const database = await openDatabase(url, () => desk.log('database.connection_lost'));
    try {
      const pending = await pendingMigrations(database.db);
      desk.say(pending.length === 0 ? 'The schema is up to date.' : `To be run: ${pending.join(', ')}`);
      const migrations = await migrateSchema(database.db);
      await migrateQueue(url);
      await syncReference(database.db, desk.config);
      desk.log('database.migrated', { schema: migrations.at(-1) ?? 'unchanged' });
      desk.print({ migrations });
      return 0;
    } finally {
      await database.close();
    }
  } finally {
    await embedded?.release();
  }
}
