/** The schedule over real orders: twice at once, after downtime, at midnight in Belgium, behind a lock, and what a worker says of it. */
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdir, readdir } from 'node:fs/promises';
import { join } from 'node:path';
import { sql } from 'kysely';
import pg from 'pg';
import { expect, onTestFinished, test } from 'vitest';
import { brusselsDay } from '../../src/clock.ts';
import { RetryableError } from '../../src/errors.ts';
import type { JobContext } from '../../src/jobs/context.ts';
import { confirmOrder } from '../../src/jobs/orders/confirm-orders.ts';
import { runOrders } from '../../src/jobs/orders/run-orders.ts';
import { openSchedule, scheduleFaults } from '../../src/jobs/schedule.ts';
import { SCHEDULED_JOBS } from '../../src/jobs/scheduled-jobs.ts';
import { startWorker } from '../../src/jobs/worker.ts';
import { openDatabase } from '../../src/load/database.ts';
import { claimSlot } from '../../src/load/job-slots.ts';
import { migrateQueue, openQueue } from '../../src/load/queue.ts';
import { ROOT, runNavette } from '../support/command.ts';
import { closeGate } from '../support/gate.ts';
import { openWorkplace, type Workplace } from '../support/job-context.ts';
import {
  deactivate,
  grant,
  type Invented,
  inventBeneficiary,
  inventEmployer,
  liveLines,
  orderDay,
  type StandingOrderOf,
  warningsOf,
} from '../support/small-world.ts';
import { until } from '../support/worker-home.ts';

const meal = { code: 'meal', faceValue: 800 };
const ORDERS = { orders: '0 6 * * *' };

// Made before the tests: what cleans up belongs to the file.
const places = await Promise.all(Array.from({ length: 14 }, openWorkplace));

/** A workplace with one employer, and its context at any moment. */
async function openDesk(order: Partial<StandingOrderOf>) {
  const place = places.pop();
  if (place === undefined) throw new Error('no workplace is left');
  const { db } = place.on('2026-12-01').database;
  const employer = await inventEmployer(db, { standingOrders: [{ from: '2026-10', ...order }] });
  const person = await inventBeneficiary(db, employer, { products: [meal] });
  const at = (moment: string): JobContext => ({
    ...place.on(brusselsDay(Date.parse(moment))),
    now: Date.parse(moment),
  });
  return { place, db, employer, person, at };
}

function events(place: Workplace, ...wanted: string[]): Record<string, unknown>[] {
  return place.logLines().flatMap((line) => {
    const told = JSON.parse(line) as Record<string, unknown>;
    return wanted.includes(String(told['event'])) ? [told] : [];
  });
}

/** The month worked and the status of each order, and its holding warnings. */
async function ordered(db: JobContext['database']['db'], employer: string): Promise<string[]> {
  const orders = await sql<{ id: number; line: string }>`
    select id, run_period || ' ' || kind || ' ' || status || ' ' || ordered_on as line from voucher_order
     where enterprise_number = ${employer} order by id`.execute(db);
  return Promise.all(orders.rows.map(async ({ id, line }) => [line, ...(await warningsOf(db, id))].join(' ')));
}

/** One order that a person has confirmed: after it, orders confirm themselves. */
async function orderFirst(person: Invented, at: (moment: string) => JobContext): Promise<void> {
  const { database, today } = at('2026-11-05T05:00:00Z');
  await grant(database.db, person, '2026-10', 20, 800);
  const { orders } = await runOrders(orderDay(database.db, today));
  const given = { by: 'ops', acknowledge: 'all' } as const;
  await confirmOrder(orderDay(database.db, today), orders[0]?.id ?? 0, given);
}

test('fault 45: the schedule looked at twice, and by two workers at once: the slot is run once', async () => {
  const { place, db, employer, person, at } = await openDesk({});
  await grant(db, person, '2026-11', 20, 800);
  let runs = 0;
  const counted = {
    orders: async (moment: JobContext) => {
      runs += 1;
      await SCHEDULED_JOBS['orders']?.(moment);
    },
  };
  const workers = [openSchedule(ORDERS, counted), openSchedule(ORDERS, counted), openSchedule(ORDERS, counted)];
  for (const look of workers) await look(at('2026-12-05T04:59:00Z'));
  await Promise.all(workers.map((look) => look(at('2026-12-05T05:00:00Z'))));
  for (const minute of ['01', '02']) {
    for (const look of workers) await look(at(`2026-12-05T05:${minute}:00Z`));
  }
  const slot = { step: 'orders', period: '2026-12-05T06:00' };
  expect(events(place, 'job.done')).toMatchObject([slot]);
  expect(events(place, 'job.already_done')).toMatchObject([slot, slot]);
  expect(runs).toBe(1);
  expect(await ordered(db, employer)).toHaveLength(1);
});

test('fault 46: down over the slot of one month: it is ordered on return, told as caught up, and confirms itself', async () => {
  const { place, db, employer, person, at } = await openDesk({ confirm: 'without-warnings' });
  await orderFirst(person, at);
  await openSchedule(ORDERS)(at('2026-12-03T05:00:00Z'));
  const before = openSchedule(ORDERS);
  await before(at('2026-12-03T04:00:00Z'));
  await before(at('2026-12-03T05:01:00Z'));
  await grant(db, person, '2026-11', 20, 800);
  await openSchedule(ORDERS)(at('2026-12-07T10:00:00Z'));
  expect(events(place, 'job.caught_up')).toMatchObject([{ step: 'orders', period: '2026-12-07T06:00' }]);
  expect((await ordered(db, employer)).slice(1)).toEqual(['2026-11 recurring invoiced 2026-12-07']);
});

test('fault 46: down for three months: every month is ordered, oldest first, and each waits for a person as slot.late', async () => {
  const { place, db, employer, person, at } = await openDesk({ confirm: 'without-warnings' });
  await orderFirst(person, at);
  await grant(db, person, '2026-11', 20, 800);
  const before = openSchedule(ORDERS);
  await before(at('2026-12-05T04:00:00Z'));
  await before(at('2026-12-05T05:00:00Z'));
  for (const period of ['2026-12', '2027-01', '2027-02']) await grant(db, person, period, 20, 800);
  await openSchedule(ORDERS)(at('2027-03-20T05:30:00Z'));
  expect(await ordered(db, employer)).toEqual([
    '2026-10 recurring invoiced 2026-11-05 first-order',
    '2026-11 recurring invoiced 2026-12-05',
    '2026-12 recurring draft 2027-03-20 slot.late',
    '2027-01 recurring draft 2027-03-20 slot.late',
    '2027-02 recurring draft 2027-03-20 slot.late',
  ]);
  expect(events(place, 'slot.caught_up').map(({ period }) => period)).toEqual(['2026-12', '2027-01', '2027-02']);
  expect(events(place, 'job.done').map(({ period }) => period)).toEqual(['2026-12-05T06:00', '2027-03-20T06:00']);
});

test('fault 46: of an order of fixed quantities, the slot older than a month waits for a person, the later one does not', async () => {
  const { db, employer, at } = await openDesk({
    confirm: 'without-warnings',
    quantityFrom: 'fixed',
    quantity: 18,
    from: '2026-12',
  });
  await openSchedule(ORDERS)(at('2027-02-06T05:30:00Z'));
  const before = openSchedule(ORDERS);
  await before(at('2026-12-31T04:00:00Z'));
  await before(at('2026-12-31T05:00:00Z'));
  await openSchedule(ORDERS)(at('2027-02-06T05:30:00Z'));
  expect(await ordered(db, employer)).toEqual([
    '2026-12 recurring draft 2027-02-06 first-order slot.late',
    '2027-01 recurring draft 2027-02-06 first-order',
  ]);
});

test('fault 48: due on the 31st: on the last day of a shorter month, and on the 31st again after it', async () => {
  const { db, employer, at } = await openDesk({
    worked: 'this-month',
    dayOfMonth: 31,
    quantityFrom: 'fixed',
    quantity: 1,
    from: '2028-01',
  });
  const look = openSchedule(ORDERS);
  await look(at('2028-01-30T04:00:00Z'));
  for (const day of ['2028-01-30', '2028-01-31', '2028-02-28', '2028-02-29', '2028-03-30', '2028-03-31']) {
    await look(at(`${day}T05:00:00Z`));
  }
  expect((await ordered(db, employer)).map((line) => line.slice(0, 34))).toEqual([
    '2028-01 recurring draft 2028-01-31',
    '2028-02 recurring draft 2028-02-29',
    '2028-03 recurring draft 2028-03-31',
  ]);
});

test('fault 49: the day is that of Belgium: a minute before midnight there nothing is due, at midnight it is', async () => {
  const { db, employer, at } = await openDesk({
    worked: 'this-month',
    dayOfMonth: 1,
    quantityFrom: 'fixed',
    quantity: 1,
    from: '2027-01',
  });
  const look = openSchedule({ orders: '0 0 * * *' });
  await look(at('2026-12-30T22:00:00Z'));
  await look(at('2026-12-30T23:00:00Z'));
  await look(at('2026-12-31T22:59:00Z'));
  expect(await ordered(db, employer)).toEqual([]);
  await look(at('2026-12-31T23:00:00Z'));
  expect(await ordered(db, employer)).toEqual(['2027-01 recurring draft 2027-01-01 first-order']);
});

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

test('fault 51: left in the middle of the month: what payroll says of that month is ordered once, what comes after is not', async () => {
  const { db, employer, person, at } = await openDesk({ from: '2026-11' });
  const staying = await inventBeneficiary(db, employer, { products: [meal] });
  await sql`update beneficiary set employment_end = '2026-11-14' where id = ${person.id}`.execute(db);
  const gone = await inventBeneficiary(db, employer, { products: [meal] });
  await deactivate(db, gone, 'status');
  for (const one of [person, staying, gone]) await grant(db, one, '2026-11', 9, 800);
  const look = openSchedule({ leavers: '0 1 * * *', ...ORDERS });
  await look(at('2026-12-04T23:30:00Z'));
  for (const moment of ['2026-12-05T00:00:00Z', '2026-12-05T05:00:00Z', '2026-12-06T05:00:00Z']) await look(at(moment));
  for (const one of [person, staying, gone]) await grant(db, one, '2026-12', 9, 800);
  await look(at('2027-01-05T05:00:00Z'));
  expect(await liveLines(db, employer)).toEqual([
    '2026-11 recurring #1: 2026-11 9×800',
    '2026-11 recurring #2: 2026-11 9×800',
    '2026-12 recurring #2: 2026-12 9×800',
  ]);
});

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

test('slots that were done long ago are forgotten, and what is left still tells what is done', async () => {
  const { db, at } = await openDesk({});
  await sql`insert into job_slot (job, slot, done_at) values
    ('orders', '2025-10-01T06:00', now() - interval '401 days'), ('orders', '2026-12-04T06:00', now())`.execute(db);
  await openSchedule(ORDERS)(at('2026-12-05T05:00:00Z'));
  const left = await sql<{ slot: string }>`select slot from job_slot where done_at is not null order by 1`.execute(db);
  expect(left.rows.map(({ slot }) => slot)).toEqual(['2026-12-04T06:00', '2026-12-05T06:00']);
});

test('a schedule for a job that is none, or by something that is no cron expression, is told with what is allowed', () => {
  expect(scheduleFaults({ orders: '0 6 * * *', pull: '* * * * * *' })).toEqual([]);
  expect(scheduleFaults({ ordres: '0 6 * * *', leavers: 'daily' })).toEqual([
    expect.stringMatching(/"schedule\.ordres" is no job; allowed: pull, .*orders/),
    'navette.yaml: "schedule.leavers" is "daily"; expected a cron expression.',
  ]);
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
