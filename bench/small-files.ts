/** Ten thousand small files over loopback SFTP: one worker, a transaction a file, `fsync` on; beside it OpenSSH's own `sftp -b`. */
import { execFile } from 'node:child_process';
import { mkdir, mkdtemp, readdir, rename, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as wait } from 'node:timers/promises';
import { promisify } from 'node:util';
import { sql } from 'kysely';
import { brusselsDay, now } from '../src/clock.ts';
import { readEnvironment } from '../src/config/environment.ts';
import { type Config, type Drop, loadConfig } from '../src/config.ts';
import { openDrop, type RemoteFile } from '../src/ingest/drops/drop.ts';
import { importKept } from '../src/jobs/import/import-kept.ts';
import { archiveFiles } from '../src/jobs/intake/archive-files.ts';
import { dropPlace } from '../src/jobs/intake/drop-place.ts';
import { newLooks } from '../src/jobs/intake/looks.ts';
import { pullDrop } from '../src/jobs/intake/pull-drop.ts';
import { createReturns } from '../src/jobs/intake/returns.ts';
import { sendFiles } from '../src/jobs/intake/send-outgoing.ts';
import { startWorker } from '../src/jobs/worker.ts';
import { type Database, openDatabase } from '../src/load/database.ts';
import { openEmbeddedPostgres } from '../src/load/embedded-postgres.ts';
import { listToArchive } from '../src/load/files/arrivals.ts';
import { listQueuedOutgoing } from '../src/load/files/outgoing.ts';
import { migrateSchema } from '../src/load/migrate.ts';
import { migrateQueue, openQueue } from '../src/load/queue.ts';
import { syncReference } from '../src/load/reference/reference.ts';
import { sshdPlace } from '../test/support/sshd.ts';
import { type BenchResult, peakMegabytes, ratioOf, secondsOf } from './bench.ts';
import { inventPeople, writePayrollFile } from './payroll-files.ts';

const ROWS = 20;
const GOAL = 8;
/** Each step is first taken alone with so many files more, for what it costs; they are in no figure of the result. */
const STEP_SAMPLE = 100;
/** Of the worker to its database. */
const CONNECTIONS = 6;
const OTHER_CONNECTIONS = 'its queue has 3 of its own, and 2 lead to the SFTP server';

export async function bench(size: number): Promise<BenchResult> {
  const files = Math.round(10_000 * size);
  const home = await mkdtemp(join(tmpdir(), 'navette-bench-small-'));
  const place = await sshdPlace();
  const server = await openEmbeddedPostgres(home);
  try {
    const database = await openDatabase(server.url, () => undefined, CONNECTIONS);
    const shipped = loadConfig(
      readEnvironment({ NAVETTE_HOME: home, NAVETTE_CONFIG: join(import.meta.dirname, '../config') }),
    );
    await migrateSchema(database.db);
    await migrateQueue(server.url);
    await syncReference(database.db, shipped);
    const people = await inventPeople(database, ROWS);
    const { sftp } = place.drop;
    if (sftp === undefined) throw new Error('no SFTP place');
    const drop: Drop = {
      id: 'small',
      enabled: true,
      secretariat: 'alpha',
      kind: 'sftp',
      sftp: { ...sftp, password: null, privateKey: sftp.privateKey ?? null },
      paths: place.drop.paths,
      settled: 'rename',
      layouts: ['payroll-generic'],
      limits: shipped.navette.limits,
      scope: null,
      mode: 'upsert',
      set: {},
      hash: 'small',
    };
    const config: Config = { ...shipped, drops: [drop], navette: { ...shipped.navette, schedule: {} } };
    const inbox = join(place.root, 'in');
    for (let index = 0; index < STEP_SAMPLE; index += 1) await writePayrollFile(inbox, files + index, people);
    console.error(await stepCosts(database, config, server.url, home, STEP_SAMPLE));
    for (const name of await readdir(join(place.root, 'archive'))) await rm(join(place.root, 'archive', name));

    for (let index = 0; index < files; index += 1) await writePayrollFile(inbox, index, people);
    const referenceSeconds = await secondsOf(() => fetchAndRename(home, place));
    await putBack(place.root);
    const seconds = await secondsOf(() => workAll(database, config, server.url, home, STEP_SAMPLE + files));
    await database.close();
    const ratio = ratioOf(seconds, referenceSeconds);
    return {
      name: 'small-files',
      size: files,
      seconds,
      referenceSeconds,
      ratio,
      peakMegabytes: peakMegabytes(),
      goal: `at most ${GOAL} times sftp -b (one worker with ${CONNECTIONS} connections to PostgreSQL; ${OTHER_CONNECTIONS})`,
      met: ratio <= GOAL,
    };
  } finally {
    await server.release();
    await place.stop();
    await rm(home, { recursive: true, force: true });
  }
}

async function fetchAndRename(home: string, place: Awaited<ReturnType<typeof sshdPlace>>): Promise<void> {
  const { sftp } = place.drop;
  if (sftp === undefined) throw new Error('no SFTP place');
  const key = join(home, 'key');
  const to = join(home, 'fetched');
  await writeFile(key, sftp.privateKey ?? '', { mode: 0o600 });
  await mkdir(to);
  const names = await readdir(join(place.root, 'in'));
  const batch = names.flatMap((name) => [`get /in/${name} ${to}/${name}`, `rename /in/${name} /archive/${name}`]);
  await writeFile(join(home, 'batch'), `${batch.join('\n')}\n`);
  const options = ['StrictHostKeyChecking=no', 'UserKnownHostsFile=/dev/null', 'LogLevel=ERROR'].flatMap((one) => [
    '-o',
    one,
  ]);
  const address = `${sftp.username}@${sftp.host}`;
  const words = ['-q', '-b', join(home, 'batch'), '-i', key, '-P', String(sftp.port), ...options, address];
  await promisify(execFile)('sftp', words, { maxBuffer: 64 * 1024 * 1024 });
}

async function putBack(root: string): Promise<void> {
  for (const name of await readdir(join(root, 'archive')))
    await rename(join(root, 'archive', name), join(root, 'in', name));
}

/** Milliseconds a file for each step, one file and one step at a time; what the worker does overlaps. */
async function stepCosts(
  database: Database,
  config: Config,
  url: string,
  home: string,
  files: number,
): Promise<string> {
  const [drop] = config.drops;
  if (drop === undefined) throw new Error('no drop');
  const { db } = database;
  const queue = await openQueue(url, () => undefined);
  const context = { config, database, log: () => undefined, today: brusselsDay(now()), now: now(), home };
  const opened = await openDrop(dropPlace(drop), { maxBytes: drop.limits.maxBytes });
  const costs: string[] = [];
  const step = async (name: string, work: () => Promise<unknown>) =>
    costs.push(`${name} ${Math.round(((await secondsOf(work)) / files) * 100_000) / 100}`);
  try {
    let listing: RemoteFile[] = [];
    await step('list', async () => {
      listing = await opened.list();
    });
    const some = listing.toSorted((a, b) => (a.name < b.name ? -1 : 1)).slice(0, files);
    await step('fetch', async () => {
      for (const file of some) await opened.fetch(file, join(home, 'step'));
    });
    await step('visit: list, fetch, ledger and enqueue', () =>
      pullDrop(context, drop, { looks: newLooks(), pause: null, enqueue: queue.enqueue, most: files }),
    );
    const fetched = await sql<{ id: number }>`select id from drop_file order by id`.execute(db);
    await step('stage and apply', async () => {
      for (const { id } of fetched.rows) await importKept(context, id);
    });
    await step('receipt', async () =>
      sendFiles(context, drop.id, opened, await listQueuedOutgoing(db, drop.id, files, [])),
    );
    await step('archive', async () =>
      archiveFiles(
        context,
        createReturns(drop, async () => opened),
        opened,
        await listToArchive(db, drop.id, files, []),
      ),
    );
  } finally {
    await opened.close();
    await queue.stop(1000);
  }
  return `small-files: milliseconds a file, each step alone: ${costs.join('; ')}`;
}

/** Until so many are applied and moved out of the inbox, since the database is there. */
async function workAll(database: Database, config: Config, url: string, home: string, files: number): Promise<void> {
  const queue = await openQueue(url, () => undefined);
  const log = () => undefined;
  const worker = await startWorker(() => {
    const moment = now();
    return { config, database, log, today: brusselsDay(moment), now: moment, home };
  }, queue);
  for (;;) {
    const found = await sql<{ archived: number; told: number }>`
      select (select count(*)::int from drop_file where status = 'archived') as archived,
             (select count(*)::int from outgoing_file where status = 'sent') as told`.execute(database.db);
    if ((found.rows[0]?.archived ?? 0) >= files && (found.rows[0]?.told ?? 0) >= files) break;
    await wait(200);
  }
  await worker.stop();
}
