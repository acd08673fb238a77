/** A leap year hour by hour, with two workers that are down at bad moments: every slot once, every month ordered once. */
import { sql } from 'kysely';
import { afterAll, describe, expect, test } from 'vitest';
import { brusselsMinute } from '../../src/clock.ts';
import { SCHEDULED_JOBS } from '../../src/jobs/scheduled-jobs.ts';
import { openWorkplace } from '../support/job-context.ts';
import { contextAt, driveSchedule, type Outage } from '../support/schedule-year.ts';
import { inventBeneficiary, inventEmployer } from '../support/small-world.ts';

const HOUR = 3_600_000;
const FROM = '2027-12-30T12:00:00.000Z';
const TO = '2029-01-06T12:00:00.000Z';
const EXPRESSIONS = {
  leavers: '0 1 * * *',
  renewals: '0 2 * * *',
  orders: '0 6 * * *',
  payments: '0 7 1 * *',
};
const both = [0, 1];
const OUTAGES: readonly Outage[] = [
  { workers: [0], from: '2028-01-31T04:00:00.000Z', to: '2028-01-31T09:00:00.000Z' },
  { workers: both, from: '2028-02-28T20:00:00.000Z', to: '2028-03-01T10:00:00.000Z' },
  // The night in which an hour is missing, and the one that has an hour twice: there in part of them, or not at all.
  { workers: both, from: '2028-03-26T00:00:00.000Z', to: '2028-03-26T02:00:00.000Z' },
  { workers: [1], from: '2028-10-28T00:00:00.000Z', to: '2028-10-29T01:00:00.000Z' },
  { workers: [0], from: '2028-10-29T01:00:00.000Z', to: '2028-10-30T00:00:00.000Z' },
  { workers: both, from: '2028-06-30T22:00:00.000Z', to: '2028-07-05T03:00:00.000Z' },
  { workers: both, from: '2028-12-31T20:00:00.000Z', to: '2029-01-02T08:00:00.000Z' },
];

/** The slots that somebody was there for: at each hour with a worker, of each job the last one since the hour before that. */
function slotsToRun(): Record<string, string[]> {
  const expected: Record<string, string[]> = Object.fromEntries(Object.keys(EXPRESSIONS).map((job) => [job, []]));
  const waiting = new Map<string, string>();
  let wallBefore = brusselsMinute(Date.parse(FROM));
  for (let moment = Date.parse(FROM); moment < Date.parse(TO); moment += HOUR) {
    const at = new Date(moment).toISOString();
    const wall = brusselsMinute(moment);
    const passed = (hour: string, day: RegExp = /./) => {
      const slot = `${wall.slice(0, 10)}T${hour}:00`;
      return day.test(slot) && wallBefore < slot && slot <= wall ? slot : null;
    };
    const due: Record<string, string | null> = {
      leavers: passed('01'),
      renewals: passed('02'),
      orders: passed('06'),
      payments: passed('07', /-01T/),
    };
    for (const [job, slot] of Object.entries(due)) if (slot !== null) waiting.set(job, slot);
    if (wall > wallBefore) wallBefore = wall;
    const down = OUTAGES.filter(({ from, to }) => from <= at && at < to).flatMap(({ workers }) => workers);
    if (new Set(down).size === 2) continue;
    for (const [job, slot] of waiting) expected[job]?.push(slot);
    waiting.clear();
  }
  return expected;
}

const ZONES = process.env['LONG'] === '1' ? ['UTC', 'America/New_York', 'Pacific/Auckland'] : ['Pacific/Auckland'];
const zone = process.env['TZ'];
afterAll(() => {
  process.env['TZ'] = zone;
});

describe.each(ZONES)('a process in %s', async (here) => {
  const place = await openWorkplace();
  test('a year with outages: every slot is run once, none by two workers, and every month is ordered once', async () => {
    process.env['TZ'] = here;
    const { database } = place.on('2027-12-30');
    const { db } = database;
    const employer = await inventEmployer(db, {
      standingOrders: [
        { id: 'last-day', from: '2028-01', worked: 'this-month', dayOfMonth: 31, quantityFrom: 'fixed', quantity: 2 },
        {
          id: 'gift',
          product: 'gift',
          from: '2028-01',
          months: [12],
          worked: 'this-month',
          dayOfMonth: 29,
          quantityFrom: 'amount',
          quantity: 3000,
        },
      ],
    });
    const meal = { code: 'meal', faceValue: 800 };
    await inventBeneficiary(db, employer, { products: [meal, { code: 'gift', faceValue: null }] });
    const nothing = async () => undefined;
    const ran = await driveSchedule({
      expressions: EXPRESSIONS,
      jobs: { ...SCHEDULED_JOBS, leavers: nothing, renewals: nothing, payments: nothing },
      contextAt: contextAt(place.on('2027-12-30')),
      from: FROM,
      to: TO,
      workers: 2,
      outages: OUTAGES,
    });

    const done = (job: string) => ran.filter((one) => one.event === 'job.done' && one.job === job);
    for (const [job, slots] of Object.entries(slotsToRun())) {
      expect(
        done(job)
          .map(({ slot }) => slot)
          .sort(),
        job,
      ).toEqual(slots);
    }
    expect(done('renewals').map(({ slot }) => slot)).toContain('2028-03-26T02:00');
    expect(new Set(ran.filter(({ event }) => event === 'job.done').map(({ worker }) => worker)).size).toBe(2);
    expect(ran.filter(({ event }) => event === 'job.failed')).toEqual([]);

    // Due on the last day of every month, 29 February while nobody was there included.
    const orders = await sql<{ order: string }>`
      select standing_order_id || ' ' || run_period || ' on ' || ordered_on as order from voucher_order
       where enterprise_number = ${employer} order by standing_order_id desc, run_period`.execute(db);
    const lastDays = [
      '01-31',
      '03-01',
      '03-31',
      '04-30',
      '05-31',
      '06-30',
      '07-31',
      '08-31',
      '09-30',
      '10-31',
      '11-30',
    ];
    expect(orders.rows.map(({ order }) => order)).toEqual([
      ...lastDays.map((day, month) => `last-day 2028-${String(month + 1).padStart(2, '0')} on 2028-${day}`),
      'last-day 2028-12 on 2028-12-31',
      'gift 2028-12 on 2028-12-29',
    ]);
  }, 120_000);
});
