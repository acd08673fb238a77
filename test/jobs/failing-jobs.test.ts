/** Jobs of the schedule that are killed, locked out, taken over or failing, and what a worker says of it. */
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdir, readdir } from 'node:fs/promises';
import { join } from 'node:path';
import { sql } from 'kysely';
import pg from 'pg';
import { expect, onTestFinished, test } from 'vitest';
import { RetryableError } from '../../src/errors.ts';
import { openSchedule } from '../../src/jobs/schedule.ts';
import { startWorker } from '../../src/jobs/worker.ts';
import { openDatabase } from '../../src/load/database.ts';
import { claimSlot } from '../../src/load/job-slots.ts';
import { migrateQueue, openQueue } from '../../src/load/queue.ts';
import { ROOT, runNavette } from '../support/command.ts';
import { closeGate } from '../support/gate.ts';
import { events, ORDERS, openScheduleDesks, ordered, orderFirst } from '../support/schedule-desk.ts';
import { grant, inventBeneficiary, inventEmployer } from '../support/small-world.ts';
import { until } from '../support/worker-home.ts';

const openDesk = await openScheduleDesks(6);

test('fault 50: killed between order and notice: no order without its notice, and the notice goes out once', async () => {
  const { place, db, employer, person, at } = await openDesk({ confirm: 'without-warnings' });
  await orderFirst(person, at);
  await grant(db, person, '2026-11', 20, 800);
  const environment = { DATABASE_URL: place.url, NAVETTE_HOME: place.home, NAVETTE_CONFIG: join(place.home, 'config') };
  const killedAt = async (step: string, job: string) => {
    const gate = await closeGate(place.url, step);
    const child = spawn(join(ROOT, 'bin/navette'), ['run', job, '--date', '2026-12-05'], {
      env: { ...process.env, ...environment },
      stdio: 'ignore',
    });
    await gate.reached();
    child.kill('SIGKILL');
    await once(child, 'exit');
    await gate.open();
    await sql.raw(`drop trigger gate on ${step.split(' on ')[1]}`).execute(db);
  };
  await killedAt('before insert on invoice_notice', 'orders');
  expect(await ordered(db, employer)).toHaveLength(1);
  expect((await runNavette(environment, 'run', 'orders', '--date', '2026-12-05')).code).toBe(0);
  await killedAt('before update of status on invoice_notice', 'notices');
  for (let time = 0; time < 2; time += 1) {
    expect((await runNavette(environment, 'run', 'notices', '--date', '2026-12-05')).code).toBe(0);
  }
  expect(await readdir(join(place.home, 'out', 'notices'))).toHaveLength(2);
  const sent = await sql<{ n: number }>`select count(*)::int as n from invoice_notice where status = 'sent'`.execute(
    db,
  );
  expect(sent.rows[0]?.n).toBe(2);
}, 90_000);

test('fault 52: a lock that is not obtained: the employer is parked, the others are ordered, and the next run makes up for it', async () => {
  const { place, db, employer, person, at } = await openDesk({});
  const other = await inventEmployer(db, { standingOrders: [{}] });
  const colleague = await inventBeneficiary(db, other);
  for (const one of [person, colleague]) await grant(db, one, '2026-11', 20, 800);
  const impatient = await openDatabase(`${place.url}?lock_timeout=200`, () => undefined);
  onTestFinished(() => impatient.close());
  const holder = new pg.Client({ connectionString: place.url });
  await holder.connect();
  onTestFinished(() => holder.end());
  await holder.query('begin');
  await holder.query('select from employer where enterprise_number = $1 for update', [employer]);
  const look = openSchedule(ORDERS);
  await look({ ...at('2026-12-05T04:00:00Z'), database: impatient });
  await look({ ...at('2026-12-05T05:00:00Z'), database: impatient });
  expect(events(place, 'order.parked')).toMatchObject([{ enterpriseNumber: employer, reason: '55P03' }]);
  expect([await ordered(db, employer), (await ordered(db, other)).length]).toEqual([[], 1]);
  await holder.query('rollback');
  await look({ ...at('2026-12-06T05:00:00Z'), database: impatient });
  expect([(await ordered(db, employer)).length, (await ordered(db, other)).length]).toEqual([1, 1]);
});

test('fault 52: a job that another worker runs is looked at again every minute, and taken over when that one is lost', async () => {
  const { place, db, person, at } = await openDesk({});
  await grant(db, person, '2026-11', 20, 800);
  await claimSlot(db, 'orders', 'turn', 'lost-host:1', 3600);
  const look = openSchedule(ORDERS);
  await look(at('2026-12-05T04:00:00Z'));
  await look(at('2026-12-05T05:00:00Z'));
  expect(events(place, 'job.elsewhere')).toHaveLength(1);
  expect(events(place, 'job.done')).toEqual([]);
  await sql`update job_slot set claimed_until = now() - interval '1 second' where job = 'orders'`.execute(db);
  await look(at('2026-12-05T05:01:00Z'));
  expect(events(place, 'job.taken_over')).toMatchObject([{ step: 'orders', worker: 'lost-host:1' }]);
  expect(events(place, 'job.done')).toHaveLength(1);
});

test('a job that fails is tried again after a minute, later after longer, and its failures are told', async () => {
  const { place, at } = await openDesk({});
  let tried = 0;
  const look = openSchedule(ORDERS, {
    orders: async () => {
      tried += 1;
      if (tried < 4) throw new Error('not today');
    },
  });
  for (let minute = 0; minute < 10; minute += 1) await look(at(`2026-12-05T04:5${minute}:00Z`));
  for (let minute = 0; minute < 10; minute += 1) await look(at(`2026-12-05T05:0${minute}:00Z`));
  expect(events(place, 'job.failed', 'job.done').map(({ event }) => event)).toEqual([
    'job.failed',
    'job.failed',
    'job.failed',
    'job.done',
  ]);
  expect(tried).toBe(4);
});

test('a folder that takes nothing is no outage of the database: each failure is told with its reason, after a longer wait each time', async () => {
  const { place, at } = await openDesk({});
  let tried = 0;
  const look = openSchedule(ORDERS, {
    orders: async () => {
      tried += 1;
      throw new RetryableError('release_folder', 'The folder cannot be written to.');
    },
  });
  for (const minute of ['04:59', '05:00', '05:01', '05:02', '05:03', '05:04', '05:05', '05:06', '05:07', '05:08']) {
    await look(at(`2026-12-05T${minute}:00Z`));
  }
  expect(events(place, 'job.failed').map(({ reason }) => reason)).toEqual(Array(tried).fill('release_folder'));
  // After 1, 1, 2 and 5 minutes, as any job that fails.
  expect(tried).toBe(4);
});

test('fault 60: a worker tells a drop that is overdue, and two workers tell it once; what was missed is run at its start', async () => {
  const { place, db, employer, person, at } = await openDesk({});
  await migrateQueue(place.url);
  await grant(db, person, '2026-11', 20, 800);
  const look = openSchedule(ORDERS);
  await look(at('2026-12-04T04:00:00Z'));
  await look(at('2026-12-04T05:00:00Z'));
  const inbox = join(place.home, 'in');
  await mkdir(inbox);
  const moment = at('2026-12-08T10:00:00Z');
  const drop = {
    id: 'late',
    enabled: true,
    secretariat: 'alpha',
    kind: 'folder' as const,
    sftp: null,
    paths: { in: inbox, out: join(place.home, 'out'), archive: 'archive', error: 'error' },
    settled: 'rename' as const,
    layouts: ['payroll-generic'],
    limits: moment.config.navette.limits,
    scope: null,
    mode: 'upsert' as const,
    set: {},
    hash: 'late',
    expectedBy: 5,
  };
  const config = {
    ...moment.config,
    drops: [drop],
    navette: { ...moment.config.navette, schedule: ORDERS },
  };
  const queues = [await openQueue(place.url, () => undefined), await openQueue(place.url, () => undefined)];
  const workers = [];
  for (const queue of queues) {
    workers.push(await startWorker(() => ({ ...moment, config }), queue));
    // Two workers of one process have one owner, who may claim again what it holds: the second comes when it was told.
    await until(
      () => events(place, 'drop.overdue'),
      (told) => told.length > 0,
    );
  }
  await until(
    () => events(place, 'worker.heartbeat'),
    (beats) => beats.length >= 2,
  );
  await until(
    () => events(place, 'job.done'),
    (done) => done.length >= 2,
  );
  expect(await Promise.all(workers.map((worker) => worker.stop()))).toEqual([true, true]);
  expect(events(place, 'drop.overdue')).toMatchObject([{ drop: 'late', period: '2026-12' }]);
  expect(events(place, 'job.caught_up')).toMatchObject([{ step: 'orders', period: '2026-12-08T06:00' }]);
  expect(await ordered(db, employer)).toEqual(['2026-11 recurring draft 2026-12-08 first-order']);
}, 60_000);
