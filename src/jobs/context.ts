/** What every job is given: configuration, database, log, and the moment it works at. */
import type { Config } from '../config.ts';
import type { Database } from '../load/database.ts';
import type { Log } from '../log.ts';
import type { Day } from '../model.ts';
import type { OpenProgress } from '../progress.ts';

export interface JobContext {
  readonly config: Config;
  readonly database: Database;
  readonly log: Log;
  /** today in Belgium, for everything that is decided */
  readonly today: Day;
  /** milliseconds since 1970 UTC; within `today` */
  readonly now: number;
  /** NAVETTE_HOME */
  readonly home: string;
  /** tells how far long work is; left out where nobody asks */
  readonly progress?: OpenProgress;
}
