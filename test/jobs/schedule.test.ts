/** The schedule over real orders: twice at once, after downtime, on the last day of a month, and at midnight in Belgium. */
import { sql } from 'kysely';
import { expect, test } from 'vitest';
import type { JobContext } from '../../src/jobs/context.ts';
import { openSchedule, scheduleFaults } from '../../src/jobs/schedule.ts';
import { SCHEDULED_JOBS } from '../../src/jobs/scheduled-jobs.ts';
import { events, MEAL, ORDERS, openScheduleDesks, ordered, orderFirst } from '../support/schedule-desk.ts';
import { deactivate, grant, inventBeneficiary, liveLines } from '../support/small-world.ts';

const openDesk = await openScheduleDesks(8);

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

test('fault 51: left in the middle of the month: what payroll says of that month is ordered once, what comes after is not', async () => {
  const { db, employer, person, at } = await openDesk({ from: '2026-11' });
  const staying = await inventBeneficiary(db, employer, { products: [MEAL] });
  await sql`update beneficiary set employment_end = '2026-11-14' where id = ${person.id}`.execute(db);
  const gone = await inventBeneficiary(db, employer, { products: [MEAL] });
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
