/** Long jobs tell how far they are: what they do, how many of it, and what is left of the whole. */
import { sql } from 'kysely';
import { expect, test } from 'vitest';
import type { JobContext } from '../../src/jobs/context.ts';
import { runNotices } from '../../src/jobs/notices/run-notices.ts';
import { runOrders } from '../../src/jobs/orders/run-orders.ts';
import { releaseOrders } from '../../src/jobs/payments/release-orders.ts';
import { runRenewals } from '../../src/jobs/people/run-renewals.ts';
import { runRetention } from '../../src/jobs/people/run-retention.ts';
import type { LogFacts } from '../../src/log.ts';
import { reportProgress } from '../../src/progress.ts';
import { inventInvoicedOrders } from '../support/invoiced-orders.ts';
import { openWorkplace } from '../support/job-context.ts';
import { activateCard, grant, inventBeneficiary, inventEmployer, orderDay } from '../support/small-world.ts';

const work = await openWorkplace();
const { db } = work.on('2026-12-05').database;

/** What the log hears of a job while every look at the clock finds it ten seconds later. */
async function told(day: string, job: (context: JobContext) => Promise<unknown>): Promise<string[]> {
  const heard: string[] = [];
  let now = 0;
  const log = (event: string, { step = '', rows, secondsLeft }: LogFacts = {}) => {
    if (event.endsWith('.progress')) heard.push([event, step, rows, secondsLeft].join(' '));
  };
  const progress = reportProgress(log, null, () => (now += 10_000)).open;
  await job({ ...work.on(day), progress });
  return heard;
}

const asOrderContext = (context: JobContext) => ({ ...orderDay(db, context.today), progress: context.progress! });

test('notices and their e-invoices, then the release and its files', async () => {
  await inventInvoicedOrders(db, 2);
  expect(await told('2026-12-05', runNotices)).toEqual([
    'job.progress notices 2 0',
    'job.progress e-invoices 1 10',
    'job.progress e-invoices 2 0',
  ]);
  await sql`update invoice set status = 'paid'`.execute(db);
  await sql`update voucher_order set status = 'paid', paid_on = '2026-12-08'`.execute(db);
  expect(await told('2026-12-09', releaseOrders)).toEqual([
    'job.progress release 1 10',
    'job.progress release 2 0',
    'job.progress release-files 1 10',
    'job.progress release-files 2 0',
  ]);
  expect(await told('2026-12-09', runNotices)).toEqual([]);
});

test('orders, and the confirmation of those that confirm themselves', async () => {
  const person = await inventBeneficiary(
    db,
    await inventEmployer(db, { standingOrders: [{ confirm: 'without-warnings' }] }),
  );
  await grant(db, person, '2026-11', 20, 800);
  await told('2026-12-05', (context) => runOrders(asOrderContext(context)));
  await sql`update voucher_order set status = 'released' where status = 'paid'`.execute(db);
  await sql`delete from order_warning`.execute(db);
  expect(await told('2026-12-06', (context) => runOrders(asOrderContext(context)))).toEqual([
    'job.progress confirm 1 0',
  ]);
});

test('renewals by draft', async () => {
  const employer = await inventEmployer(db);
  const [expiring, other] = [await inventBeneficiary(db, employer), await inventBeneficiary(db, employer)];
  await activateCard(db, expiring, '2027-03-10');
  await grant(db, other, '2026-11', 20, 800);
  await runOrders(orderDay(db, '2026-12-07'));
  expect(await told('2026-12-20', (context) => runRenewals(asOrderContext(context)))).toEqual([
    'job.progress renewals 1 0',
  ]);
});

test('retention by what it removes: history, and people', async () => {
  const person = await inventBeneficiary(db, await inventEmployer(db));
  await sql`
    insert into beneficiary_change (enterprise_number, beneficiary_id, before, after, changed_by, at)
    select ${person.employer}, ${person.id}, null, '{}', 'system', '2010-01-01' from generate_series(1, 5001)`.execute(
    db,
  );
  await sql`
    update beneficiary set status = 'inactive', status_reason = 'status', status_since = '2020-01-01'
     where enterprise_number = ${person.employer} and id = ${person.id}`.execute(db);
  expect(await told('2026-12-05', runRetention)).toEqual([
    'job.progress retention 5000 1',
    'job.progress retention 5001 0',
    'job.progress retention 1 0',
  ]);
});
