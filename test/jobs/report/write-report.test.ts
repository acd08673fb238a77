/** The report of a month out of a real database: files, refusals, orders and payments are counted, and nobody is named. */
import { readFile, stat } from 'node:fs/promises';
import { join } from 'node:path';
import { sql } from 'kysely';
import { expect, test } from 'vitest';
import { confirmOrder } from '../../../src/jobs/orders/confirm-orders.ts';
import { runOrders } from '../../../src/jobs/orders/run-orders.ts';
import { readMonthReport, writeMonthReport } from '../../../src/jobs/report/write-report.ts';
import { openWorkplace } from '../../support/job-context.ts';
import { grant, inventBeneficiary, inventEmployer, inventProducts, orderDay } from '../../support/small-world.ts';

const counts = {
  read: 10,
  created: 3,
  updated: 2,
  unchanged: 3,
  reactivated: 0,
  rejected: 2,
  duplicateInFile: 0,
  deactivated: 1,
};

test('a month is summed up, written whole, and written anew', async () => {
  const work = await openWorkplace();
  const { db } = work.on('2026-12-10').database;
  await inventProducts(db);
  const employer = await inventEmployer(db, { fees: { service: { percent: '3' } } });
  const person = await inventBeneficiary(db, employer, { products: [{ code: 'meal', faceValue: 800 }] });
  await grant(db, person, '2026-11', 20, 800);
  const day = orderDay(db, '2026-12-05');
  const { orders } = await runOrders(day);
  for (const { id } of orders) await confirmOrder(day, id, { by: 'ops', acknowledge: 'all' });
  await file('2026-11-04', 'archived', counts);
  await file('2026-11-05', 'rejected', null);
  await file('2026-10-05', 'archived', { ...counts, read: 7, rejected: 0 });
  await sql`insert into row_issue (file_id, row_number, column_name, code, severity)
    select id, row, 'email', 'email.invalid', 'error' from drop_file, generate_series(2, 3) row
     where received_on = '2026-11-04'`.execute(db);
  await sql`insert into row_issue (file_id, code, severity)
    select id, 'file.truncated', 'error' from drop_file where received_on = '2026-11-05'`.execute(db);

  const report = await readMonthReport(work.on('2026-12-10'), '2026-11');
  expect(report.senders).toMatchObject([
    {
      code: 'alpha',
      name: 'Secrétariat Alpha',
      files: 2,
      applied: 1,
      rejectedFiles: 1,
      rows: 10,
      rejected: 2,
      deactivated: 1,
    },
  ]);
  expect(report.refusals).toEqual([
    { secretariat: 'alpha', code: 'email.invalid', times: 2 },
    { secretariat: 'alpha', code: 'file.truncated', times: 1 },
  ]);
  // 20 × 8.00 and 3 % of it with 21 % on that: 160.00 + 4.80 + 1.01.
  expect(report.products).toMatchObject([
    {
      code: 'meal',
      orders: 1,
      drafts: 0,
      people: 1,
      vouchers: 20,
      faceValue: 16_000,
      fees: 480,
      vat: 101,
      total: 16_581,
      paid: 0,
    },
  ]);
  expect(report.months.map(({ period, rows, orders: made }) => [period, rows, made]).slice(-2)).toEqual([
    ['2026-10', 7, 0],
    ['2026-11', 10, 1],
  ]);
  expect(report.openInvoices).toEqual([{ age: 'not-due', invoices: 1, total: 16_581 }]);

  const path = await writeMonthReport(work.on('2026-12-10'));
  expect(path).toBe(join(work.home, 'out', 'reports', '2026-11.html'));
  const page = await readFile(path, 'utf8');
  expect(page).toContain('email.invalid');
  expect(page).toMatch(/€\u00a0165\.81/);
  const { rows: people } = await sql<{ word: string }>`
    select unnest(array[last_name, first_name, email, national_register_number, enterprise_number]) as word from beneficiary
     union select name from employer`.execute(db);
  expect(people.map(({ word }) => word).filter((word) => page.includes(word))).toEqual([]);
  await sql`update invoice set status = 'paid'`.execute(db);
  await writeMonthReport(work.on('2026-12-11'));
  expect(await readFile(path, 'utf8')).toContain('100 % of what was ordered');
  expect((await stat(path)).mode & 0o777).toBe(0o600);

  async function file(on: string, status: string, counted: object | null): Promise<void> {
    await sql`insert into drop_file (drop_id, secretariat_code, path, name, size, listed_size, mtime, received_at, received_on, status, counts)
      values ('alpha', 'alpha', '/in/a', 'a', 1, 1, now(), ${`${on}T08:00:00Z`}, ${on}, ${status},
        ${counted === null ? null : JSON.stringify(counted)}::jsonb)`.execute(db);
  }
});
