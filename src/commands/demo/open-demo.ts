/** What the demo stands on: a home of its own under NAVETTE_HOME, its own database, a log file, and its SFTP server. */
import { closeSync, mkdirSync, openSync, writeSync } from 'node:fs';
import { join } from 'node:path';
import { readEnvironment } from '../../config/environment.ts';
import { openLog } from '../../log.ts';
import { type App, type ExitCode, withApp } from '../app.ts';
import { openServedWorld, type ServedWorld } from './served-world.ts';

/** Whatever DATABASE_URL says: the demo mixes with nobody's work. `fixtures` are the shipped ones unless given. */
export async function withDemo(
  options: { readonly json?: boolean },
  work: (app: App, world: ServedWorld) => Promise<ExitCode>,
  environment = readEnvironment(),
  fixtures?: string,
): Promise<ExitCode> {
  const home = join(environment.home, 'demo');
  mkdirSync(home, { recursive: true, mode: 0o700 });
  const logFile = openSync(join(home, 'demo.log'), 'a', 0o600);
  const log = openLog({
    level: environment.logLevel,
    format: 'json',
    to: { write: (line) => void writeSync(logFile, line) },
    terminal: false,
  });
  try {
    return await withApp(
      options,
      async (app) => {
        const world = await openServedWorld(home, app.config, fixtures);
        try {
          return await work({ ...app, log }, world);
        } finally {
          await world.close();
        }
      },
      // The screen is for the story; what the log says stands in its file.
      { ...environment, databaseUrl: null, home, logLevel: 'silent' },
    );
  } finally {
    closeSync(logFile);
  }
}
