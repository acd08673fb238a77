/** Three workers on three hosts, one PostgreSQL: one host is cut off for a while, one worker is killed; all is done, and once. */
import { appendFile, mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as wait } from 'node:timers/promises';
import { sql } from 'kysely';
import { afterAll, expect, test } from 'vitest';
import { openDatabase } from '../../src/load/database.ts';
import { openEmbeddedPostgres } from '../../src/load/embedded-postgres.ts';
import { migrateSchema } from '../../src/load/migrate.ts';
import { makeNetwork, networkMissing } from '../support/network.ts';
import { inventBeneficiary, inventEmployer } from '../support/small-world.ts';
import { openWorkerHome, until, type WorkerChild } from '../support/worker-home.ts';

const FILES = Number(process.env['WORKER_FILES'] ?? 60);
/** A minute in the long run; in the short one no connection is given up. */
const CUT_SECONDS = Number(process.env['CUT_SECONDS'] ?? 4);
/** The server misses a silent client after 25 s, and a turn runs out after 20. */
const IS_MISSED = CUT_SECONDS > 40;
const EMPLOYERS = 20;
const FAST = ['fsync=off', 'synchronous_commit=off', 'full_page_writes=off', 'max_connections=200'];

const missing = await networkMissing();

if (missing !== null) {
  test('three hosts', () => {
    if (process.env['CI']) throw new Error(missing);
    console.log(missing);
  });
} else {
  const place = await openPlace();
  test(
    `three workers on three hosts, ${FILES} files and a monthly run, one cut off and one killed: everything once`,
    () => threeHosts(place),
    120_000 + (FILES + CUT_SECONDS) * 1000,
  );
}

/** Made before the test: what cleans up belongs to the file, and is done in the opposite order. */
async function openPlace() {
  const network = await makeNetwork(3);
  afterAll(() => network.remove());
  const folder = await mkdtemp(join(tmpdir(), 'navette-many-'));
  afterAll(() => rm(folder, { recursive: true, force: true }));
  const server = await openEmbeddedPostgres(folder, [...FAST, `listen_addresses=127.0.0.1,${network.address}`]);
  afterAll(() => server.release());
  await appendFile(join(folder, 'postgres/pg_hba.conf'), `host all all ${network.subnet} scram-sha-256\n`);
  const own = await openDatabase(server.url, () => undefined);
  await migrateSchema(own.db);
  await sql`select pg_reload_conf()`.execute(own.db);
  await own.close();
  const home = await openWorkerHome({ url: server.url, schedule: { orders: '* * * * *' } });
  return { network, home, url: server.url.replace('127.0.0.1', network.address) };
}

async function threeHosts({ network, home, url }: Awaited<ReturnType<typeof openPlace>>): Promise<void> {
  const { db } = home;
  const employers = await inventMonthly();
  for (let sequence = 1; sequence <= FILES; sequence += 1) await home.grantOne(sequence);
  const workers = network.hosts.map(({ within }) => home.start({ DATABASE_URL: url }, within));
  const [toKill, toCut, third] = workers as [WorkerChild, WorkerChild, WorkerChild];
  await until(
    () => workers.filter((worker) => told(worker, 'worker.started').length > 0).length,
    (started) => started === 3,
  );

  await network.hosts[1]?.cutOff();
  const lost = await killInTheMiddle(toKill, network.hosts[0]?.address ?? '');
  await wait(CUT_SECONDS * 1000);
  await network.hosts[1]?.join();
  if (!IS_MISSED) await until(home.statuses, ({ archived = 0 }) => archived > FILES / 3, 60);
  await until(home.statuses, ({ archived = 0 }) => archived === FILES, 120 + FILES);
  await until(home.jobsLeft, (jobs) => jobs === 0, 90);
  await until(orderedMonths, (months) => months.length > 0 && months.every(({ orders }) => orders === 1), 90);

  // Each file once: every file grants one voucher more.
  expect(await home.granted()).toBe(FILES);
  expect(await home.statuses()).toEqual({ archived: FILES });
  expect([await home.names('in'), (await home.names('archive')).length]).toEqual([[], FILES]);
  const applied = workers.flatMap((worker) => told(worker, 'file.applied').map(({ fileId }) => fileId));
  expect(new Set(applied).size).toBe(applied.length);

  // Each slot once: of the jobs, and of the standing orders.
  const slots = workers.flatMap((worker) => told(worker, 'job.done').map(({ step, period }) => `${step} ${period}`));
  expect(new Set(slots).size).toBe(slots.length);
  const months = await orderedMonths();
  expect(months.every(({ orders }) => orders === 1)).toBe(true);
  expect(new Set(months.map(({ employer }) => employer)).size).toBe(EMPLOYERS);

  // Who took over what: from the killed one by its name, and from the one cut off as soon as it was missed.
  const takenFrom = () =>
    [toCut, third].flatMap((worker) =>
      told(worker, 'file.taken_over', 'drop.taken_over', 'job.taken_over').map(({ worker: from }) => String(from)),
    );
  await until(takenFrom, (owners) => owners.some((from) => from.startsWith(lost)));
  if (IS_MISSED) {
    // The others may be done before it is back.
    await until(
      () => told(toCut, 'database.recovered').length,
      (recovered) => recovered > 0,
      60,
    );
    expect(told(toCut, 'database.down').length).toBeGreaterThan(0);
  }
  // The one that was cut off is back at work: it works what comes next.
  third.child.kill('SIGTERM');
  expect(await third.ended).toBe(0);
  await home.grantOne(FILES + 1);
  await until(home.granted, (granted) => granted === FILES + 1, 60);
  toCut.child.kill('SIGTERM');
  expect(await toCut.ended).toBe(0);
  expect(workers.flatMap((worker) => told(worker, 'stderr'))).toEqual([]);

  /** Employers with a fixed order for every month from November on, due at once. */
  async function inventMonthly(): Promise<readonly string[]> {
    const made: string[] = [];
    for (let index = 0; index < EMPLOYERS; index += 1) {
      const employer = await inventEmployer(db, {
        standingOrders: [{ worked: 'this-month', dayOfMonth: 1, quantityFrom: 'fixed', quantity: 10 }],
      });
      await inventBeneficiary(db, employer, { products: [{ code: 'meal', faceValue: 800 }] });
      made.push(employer);
    }
    return made;
  }

  async function orderedMonths() {
    const found = await sql<{ employer: string; period: string; orders: number }>`
      select enterprise_number as employer, run_period as period, count(*)::int as orders from voucher_order
       where enterprise_number = any(${employers}) and kind = 'recurring' group by 1, 2`.execute(db);
    return found.rows;
  }

  /**
   * Stopped while it holds a file or a turn, then killed: what it held is there to be taken over. What it sent before it was
   * stopped, a commit for one, the server still does: so it is killed only once its sessions rest and it holds the same.
   * Returns its name in claims.
   */
  async function killInTheMiddle(worker: WorkerChild, address: string): Promise<string> {
    const pid = worker.child.pid ?? 0;
    const held = async () => {
      const found = await sql<{ claim: string; owner: string }>`
        select 'file ' || id as claim, claimed_by as owner from drop_file
         where claimed_by like ${`%:${pid}:%`} and status = 'fetched'
         union all select job || ' ' || slot, claimed_by from job_slot
         where claimed_by like ${`%:${pid}:%`} and done_at is null`.execute(db);
      return found.rows;
    };
    const atRest = async () => {
      const found = await sql`
        select from pg_stat_activity where client_addr = ${address}::inet and state = 'active'`.execute(db);
      return found.rows.length === 0;
    };
    const owner = await until(
      async () => {
        worker.child.kill('SIGSTOP');
        const first = await held();
        if (first.length > 0) await wait(50);
        const rests = await atRest();
        const still = (await held()).find(({ claim }) => first.some((one) => one.claim === claim));
        if (rests && still) return still.owner;
        worker.child.kill('SIGCONT');
        return undefined;
      },
      (holding) => holding !== undefined,
    );
    worker.child.kill('SIGKILL');
    await worker.ended;
    return String(owner).split(':').slice(0, 3).join(':');
  }
}

function told(worker: WorkerChild, ...events: string[]) {
  return worker.lines().filter(({ event }) => events.includes(event));
}
