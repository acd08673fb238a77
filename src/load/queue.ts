/** The queue of files to import: pg-boss in the same database. It carries work; what is done is told by the ledger. */
import { sql } from 'kysely';
import { fromKysely, PgBoss } from 'pg-boss';
import { ConfigError } from '../errors.ts';
import { onlyRow } from './answers.ts';
import { type Db, KEPT_ALIVE } from './database.ts';

/** What became of one job: `again` gives it back, to be taken soon by whoever is free. */
export type Worked = 'done' | 'again';

export interface Queue {
  /** In the transaction of `db`; `startAfter` is an ISO moment, null for at once. */
  readonly enqueue: (db: Db, fileId: number, startAfter?: string | null) => Promise<void>;
  /** Takes jobs a few at a time and works on them one after the other. */
  readonly work: (work: (fileId: number) => Promise<Worked>) => Promise<void>;
  /** Takes no more jobs, waits for those in hand, and lets go; what is not done by then is taken over by others. */
  readonly stop: (milliseconds: number) => Promise<void>;
}

const OLD_SCHEMA = /^pg-boss (?:is not installed|database requires migrations)/;
const IMPORT = 'import';
const SCHEMA = 'pgboss';
const BATCH = 20;
const AT_ONCE = 2;
const CONNECTIONS = 3;
/** A lost worker's jobs come back within half a minute: it is missed after 10 s, and looked for every 10 s. */
const HEARTBEAT_SECONDS = 10;
/** The ledger counts what went wrong, and parks; the queue itself never gives up on a file. */
const QUEUE = {
  policy: 'standard',
  heartbeatSeconds: HEARTBEAT_SECONDS,
  retryLimit: 10_000,
  retryDelay: 1,
  expireInSeconds: 6 * 3600,
  deleteAfterSeconds: 24 * 3600,
} as const;

/** `works`: whether it looks after the queue and stands in its list of workers; one that only looks writes nothing. */
function bossOf(url: string, migrate: boolean, onError: () => void, works = true): PgBoss {
  const boss = new PgBoss({
    connectionString: url,
    application_name: 'navette queue',
    schema: SCHEMA,
    max: CONNECTIONS,
    migrate,
    createSchema: migrate,
    schedule: false,
    supervise: works,
    registerInstance: works,
    superviseIntervalSeconds: HEARTBEAT_SECONDS,
    monitorIntervalSeconds: HEARTBEAT_SECONDS,
    connectionTimeoutMillis: 10_000,
    ...KEPT_ALIVE,
  });
  boss.on('error', onError);
  return boss;
}

/** Creates or updates the queue's own schema. */
export async function migrateQueue(url: string): Promise<void> {
  const boss = bossOf(url, true, () => undefined);
  try {
    await boss.start();
    if ((await boss.getQueue(IMPORT)) === null) await boss.createQueue(IMPORT, QUEUE);
    else await boss.updateQueue(IMPORT, withoutPolicy());
  } finally {
    await boss.stop({ graceful: false });
  }
}

function withoutPolicy(): Omit<typeof QUEUE, 'policy'> {
  const { policy: _, ...rest } = QUEUE;
  return rest;
}

/**
 * `onError` is told when the queue's database is away; it goes on trying.
 * @throws ConfigError when the schema of the queue is not there or not up to date
 */
export async function openQueue(url: string, onError: () => void): Promise<Queue> {
  const boss = bossOf(url, false, onError);
  if (!(await startsQueue(boss))) {
    throw new ConfigError('The schema of the queue is not up to date. Run: navette migrate');
  }
  return {
    enqueue: async (db, fileId, startAfter = null) => {
      await boss.send(
        IMPORT,
        { fileId },
        { db: fromKysely(db), ...(startAfter === null ? {} : { startAfter: startAfter }) },
      );
    },
    work: async (work) => {
      const options = {
        batchSize: BATCH,
        localConcurrency: AT_ONCE,
        pollingIntervalSeconds: 0.5,
        burstWhenBatchFull: true,
        perJobResults: true,
      } as const;
      await boss.work<{ fileId: number }, unknown, typeof options>(IMPORT, options, async (jobs) => {
        const results = [];
        for (const job of jobs) {
          const done = (await work(job.data.fileId)) === 'done';
          results.push({ id: job.id, status: done ? ('completed' as const) : ('failed' as const) });
        }
        return results;
      });
    },
    stop: (milliseconds) => boss.stop({ graceful: true, timeout: milliseconds }),
  };
}

async function startsQueue(boss: PgBoss): Promise<boolean> {
  let failure: unknown;
  try {
    await boss.start();
    if ((await boss.getQueue(IMPORT)) !== null) return true;
  } catch (error) {
    failure = error;
  }
  // Half started it would keep the process alive.
  await boss.stop({ graceful: false }).catch(() => undefined);
  // A connection that ends has no code: what pg-boss says of its schema is known by its words alone.
  if (failure !== undefined && !(failure instanceof Error && OLD_SCHEMA.test(failure.message))) throw failure;
  return false;
}

/**
 * Fetched files of these drops, and files given by hand, that no living worker has a job about, such as those of one that was lost
 * at the wrong moment.
 */
export async function listWithoutJob(db: Db, dropIds: readonly string[]): Promise<number[]> {
  const found = await sql<{ id: number }>`
    select f.id from drop_file f
     where f.status = 'fetched' and (f.drop_id = any(${dropIds}::text[]) or f.by_hand)
       and (f.not_before is null or f.not_before <= now())
       and f.received_at < now() - interval '10 seconds'
       and not exists (
         select from pgboss.job j
          where j.name = ${IMPORT} and (j.data->>'fileId')::bigint = f.id
            and (j.state in ('created', 'retry') or j.state = 'active' and j.heartbeat_on > now() - interval '20 seconds'))
     order by f.id limit 1000`.execute(db);
  return found.rows.map((row) => row.id);
}

/**
 * Whether a worker of this version could begin with the queue. Writes nothing.
 * @throws what PostgreSQL or the network says
 */
export async function isQueueReady(url: string): Promise<boolean> {
  const boss = bossOf(url, false, () => undefined, false);
  try {
    return await startsQueue(boss);
  } finally {
    await boss.stop({ graceful: false }).catch(() => undefined);
  }
}

async function isQueueMade(db: Db): Promise<boolean> {
  const made = await sql<{ made: boolean }>`select to_regclass('pgboss.job') is not null as made`.execute(db);
  return onlyRow(made).made;
}

/** Jobs of the queue by what becomes of them; nothing waits where the queue's schema was never made. */
export async function countJobs(db: Db): Promise<{ waiting: number; active: number }> {
  if (!(await isQueueMade(db))) return { waiting: 0, active: 0 };
  const found = await sql<{ waiting: number; active: number }>`
    select (count(*) filter (where state in ('created', 'retry')))::int as waiting,
           (count(*) filter (where state = 'active'))::int as active
      from pgboss.job where name = ${IMPORT} and state in ('created', 'retry', 'active')`.execute(db);
  return onlyRow(found);
}
