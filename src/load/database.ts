/** The door to PostgreSQL: pool, type parsers, timeouts, error listeners, and single sessions for COPY and transactions. */
import { Kysely, PostgresDialect, type PostgresPool, type PostgresPoolClient, sql } from 'kysely';
import pg from 'pg';
import { RetryableError } from '../errors.ts';
import { refusedWay } from './refused-way.ts';
import type { Tables } from './tables.ts';

export type Db = Kysely<Tables>;

/** One connection of its own: `client` for COPY, `db` and `prepared` for everything else, all on the same server session. */
export interface Session {
  readonly db: Db;
  readonly prepared: Db;
  readonly client: pg.PoolClient;
}

/**
 * What is asked of `prepared` the server plans once on each connection, and of `db` each time: many small files spent half of
 * their time on planning, and a plan made for one of them would keep a large one busy for days.
 */
export interface Database {
  readonly db: Db;
  readonly prepared: Db;
  /** Runs `work` on one connection. After an error the connection is thrown away: a broken COPY must not return to the pool. */
  readonly withSession: <T>(work: (session: Session) => Promise<T>) => Promise<T>;
  readonly close: () => Promise<void>;
}

/** Longer than any statement may take: who has not answered by then stands behind a connection that is dead on one side. */
const ANSWER_MILLISECONDS = 660_000;

/** A server that is gone without a word is missed after twenty seconds; by the system's own default, after two hours. */
export const KEPT_ALIVE = { keepAlive: true, keepAliveInitialDelayMillis: 10_000 } as const;

const DATE = 1082;
const INT8 = 20;
const TIMESTAMPTZ = 1184;

/** Days stay ISO text, `bigint` becomes a number (ids and cents stay far below 2^53), moments become ISO text in UTC. */
const types: pg.CustomTypesConfig = {
  getTypeParser(oid: number, format?: 'text' | 'binary') {
    if (oid === DATE) return (text: string) => text;
    if (oid === INT8) return Number;
    if (oid === TIMESTAMPTZ)
      return (text: string) => `${text.replace(' ', 'T').replace(/([+-]\d\d)$/, '$1:00')}`.replace(/\+00:00$/, 'Z');
    return pg.types.getTypeParser(oid, format);
  },
};

/**
 * Opens the pool and makes sure that the server answers.
 * `onLost` is told when an idle or a checked-out connection breaks; without listeners on both, a restart of PostgreSQL ends the process.
 * @throws RetryableError `database_down` when the server cannot be reached, `database_unverified` when TLS does not hold
 */
export async function openDatabase(
  url: string,
  onLost: () => void,
  size = 6,
  answerMilliseconds = ANSWER_MILLISECONDS,
): Promise<Database> {
  const pool = new pg.Pool({
    connectionString: url,
    application_name: 'navette',
    max: size,
    // Plans that were made while a table was small are made anew before long, and what was prepared does not pile up.
    maxLifetimeSeconds: 300,
    connectionTimeoutMillis: 10_000,
    ...KEPT_ALIVE,
    statement_timeout: 600_000,
    query_timeout: answerMilliseconds,
    lock_timeout: 120_000,
    idle_in_transaction_session_timeout: 600_000,
    // A machine that is lost holds its locks until the server misses it: by default that takes two hours.
    options:
      '-c TimeZone=UTC -c DateStyle=ISO -c tcp_keepalives_idle=10 -c tcp_keepalives_interval=5 -c tcp_keepalives_count=3',
    types,
  });
  pool.on('error', onLost);
  pool.on('connect', (client) => client.on('error', onLost));
  try {
    const first = await pool.connect();
    first.release();
  } catch (error) {
    await pool.end();
    const refused = refusedWay(error, reasonOf(error));
    if (refused !== null) throw new RetryableError('database_unverified', refused, { cause: error });
    throw new RetryableError('database_down', `The database cannot be reached (${reasonOf(error)}).`, { cause: error });
  }
  return {
    db: kyselyOn(droppingMute(pool)),
    prepared: kyselyOn(droppingMute(pool, true)),
    withSession: (work) => withSession(pool, work),
    close: () => pool.end(),
  };
}

/** Whether a question is answered now; false for anything else, whatever it is. */
export async function isReachable(db: Db): Promise<boolean> {
  return sql`select 1`.execute(db).then(
    () => true,
    () => false,
  );
}

async function withSession<T>(pool: pg.Pool, work: (session: Session) => Promise<T>): Promise<T> {
  const client = await pool.connect();
  // Kysely gives its connection back after every statement; this one is given back only at the end.
  const only = {
    query: client.query.bind(client),
    processID: undefined,
    release: () => undefined,
  } as unknown as PostgresPoolClient;
  const naming = { ...only, query: queryPrepared(client) } as unknown as PostgresPoolClient;
  const end = async () => undefined;
  const db = kyselyOn({ connect: async () => only, end, options: pool.options });
  const prepared = kyselyOn({ connect: async () => naming, end, options: pool.options });
  let failure: unknown;
  try {
    return await work({ db, prepared, client });
  } catch (error) {
    failure = error;
    throw error;
  } finally {
    client.release(failure === undefined ? undefined : true);
  }
}

/** The server keeps what was prepared as long as the connection lives: no more texts than there are statements in this house. */
const MOST_PREPARED = 500;
const names = new Map<string, string>();
let generation = 0;

function queryPrepared(client: pg.PoolClient) {
  return async (text: string, values: unknown[]) => {
    try {
      return await client.query({ ...nameOf(text), text, values });
    } catch (error) {
      if (isOutdatedPlan(error)) {
        names.clear();
        generation += 1;
      }
      throw error;
    }
  };
}

/** What the server says when a table has other columns than at the time of the plan: the name is then good for nothing more. */
export function isOutdatedPlan(error: unknown): boolean {
  return (error as { routine?: unknown }).routine === 'RevalidateCachedQuery';
}

function nameOf(text: string): { name?: string } {
  const known = names.get(text);
  if (known !== undefined) return { name: known };
  if (names.size >= MOST_PREPARED) return {};
  const name = `navette_${generation}_${names.size}`;
  names.set(text, name);
  return { name };
}

function kyselyOn(pool: PostgresPool): Db {
  return new Kysely<Tables>({ dialect: new PostgresDialect({ pool }) });
}

/** A connection that did not answer in time is thrown away: whoever came next would wait behind the same question. */
function droppingMute(pool: pg.Pool, prepared = false): PostgresPool {
  return {
    options: pool.options,
    end: () => pool.end(),
    async connect() {
      const client = await pool.connect();
      let mute = false;
      const query = prepared ? queryPrepared(client) : client.query.bind(client);
      const watched = {
        processID: undefined,
        query: async (text: string, values: unknown[]) => {
          try {
            return await query(text, values);
          } catch (error) {
            mute ||= isUnanswered(error);
            throw error;
          }
        },
        release: () => client.release(mute),
      };
      return watched as unknown as PostgresPoolClient;
    },
  };
}

function isUnanswered(error: unknown): boolean {
  return error instanceof Error && error.message === 'Query read timeout';
}

/** What PostgreSQL, the network or Navette itself says, without any value of a row: its code, or the name of the system error. */
export function reasonOf(error: unknown): string {
  if (error instanceof RetryableError) return error.reason;
  const { code, errors } = error as { code?: unknown; errors?: unknown[] };
  if (typeof code === 'string') return code;
  if (Array.isArray(errors) && errors.length > 0) return reasonOf(errors[0]);
  if (isUnanswered(error)) return 'ETIMEDOUT';
  return error instanceof Error ? error.name : 'unknown';
}
