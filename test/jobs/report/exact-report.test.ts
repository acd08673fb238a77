/** The report of a month says what happened: only applied files changed anything, only paid invoices are paid, every refusal has its reason. */
import { sql } from 'kysely';
import { expect, test } from 'vitest';
import { applyBankStatements } from '../../../src/jobs/import/match-statement.ts';
import { closeWithoutInvoice } from '../../../src/jobs/payments/close-entry.ts';
import { runRetention } from '../../../src/jobs/people/run-retention.ts';
import { readMonthReport } from '../../../src/jobs/report/write-report.ts';
import { readHealth } from '../../../src/load/health.ts';
import type { BankEntry } from '../../../src/model.ts';
import { monthPage } from '../../../src/transform/report/month-page.ts';
import { IBAN, inventInvoicedOrder, inventStatement } from '../../support/invoiced-orders.ts';
import { openWorkplace } from '../../support/job-context.ts';
import { inventProducts, orderDay } from '../../support/small-world.ts';

const work = await openWorkplace();
const { db } = work.on('2026-12-10').database;
await inventProducts(db);
const COUNTS = { read: 10, created: 3, updated: 2, unchanged: 3, reactivated: 0, rejected: 2, duplicateInFile: 0 };

const report = (period: string) => readMonthReport(work.on('2026-12-10'), period);

/** A file received on a day, and its id. */
async function receiveFile(on: string, status: string, counts: object | null): Promise<number> {
  const found = await sql<{ id: number }>`
    insert into drop_file (drop_id, secretariat_code, path, name, size, listed_size, mtime, received_at, received_on, status, counts, sha256)
    values ('alpha', 'alpha', '/in/a', 'a', 1, 1, now(), ${`${on}T08:00:00Z`}, ${on}, ${status},
            ${counts === null ? null : JSON.stringify(counts)}::jsonb, md5(random()::text))
    returning id`.execute(db);
  return found.rows[0]?.id ?? 0;
}

/** So many columns of so many rows of the file, the first data row being 2. */
async function refuseRows(file: number, rows: number, columns: readonly string[]): Promise<void> {
  await sql`
    insert into row_issue (file_id, row_number, column_name, code, severity)
    select ${file}, row, column_name, 'date.invalid', 'error'
      from generate_series(2, ${rows}::int + 1) row, unnest(${columns}::text[]) column_name`.execute(db);
}

async function decide(file: number, decision: string | null): Promise<void> {
  await sql`
    insert into held_plan (file_id, plan_hash, counts, reasons, employers, expires_at, decision)
    values (${file}, md5(random()::text), '{}', '[]', '{}', now(), ${decision})`.execute(db);
}

async function receiveMoney(...entries: readonly Partial<BankEntry>[]): Promise<readonly number[]> {
  const statement = inventStatement(entries);
  const applied = await db
    .transaction()
    .execute((trx) => applyBankStatements(trx, { fileId: 1 }, () => [statement], IBAN, '2026-12-08'));
  if (applied === 'duplicate') throw new Error('this is no copy');
  return applied.matched.entries.map(({ id }) => id);
}

test('what was held, discarded, superseded or parked changed nothing; its rows were read and not applied', async () => {
  await receiveFile('2026-08-03', 'archived', { ...COUNTS, deactivated: 1 });
  await receiveFile('2026-08-04', 'applied', { ...COUNTS, deactivated: 0 });
  const mass = { read: 300, created: 5, updated: 200, unchanged: 80, reactivated: 4, rejected: 10, duplicateInFile: 1 };
  for (const status of ['held', 'rejected', 'superseded', 'parked', 'duplicate']) {
    await receiveFile('2026-08-05', status, { ...mass, deactivated: 200 });
  }
  const { senders, months } = await report('2026-08');
  expect(senders).toMatchObject([
    {
      ...{ files: 7, applied: 2, held: 1, rejectedFiles: 2, copies: 2, rows: 1520, rejected: 54, notApplied: 1450 },
      ...{ created: 6, updated: 4, unchanged: 6, reactivated: 0, duplicates: 0, deactivated: 1 },
    },
  ]);
  expect(months.at(-1)).toMatchObject({ rows: 1520, created: 6, deactivated: 1 });
  const page = monthPage(await report('2026-08'));
  expect(page).toMatch(/6 new, 4 changed, 6 as before, 54 refused, 1.450 not applied; 1 person deactivated/);
  expect(page).not.toMatch(/1.001|\b1001\b/);
});

test('a row is refused once however many of its columns are wrong; what nobody let in or what failed has its reason', async () => {
  const file = await receiveFile('2026-09-03', 'archived', { ...COUNTS, deactivated: 0 });
  await refuseRows(file, 2, ['birthDate', 'pinCity', 'cardCity']);
  for (const decision of ['void', 'discarded'])
    await decide(await receiveFile('2026-09-04', 'rejected', COUNTS), decision);
  const twice = await receiveFile('2026-09-05', 'rejected', COUNTS);
  await decide(twice, 'void');
  await decide(twice, 'expired');
  const approved = await receiveFile('2026-09-06', 'archived', { ...COUNTS, rejected: 0 });
  await decide(approved, 'discarded');
  await decide(approved, 'approved');
  await receiveFile('2026-09-07', 'parked', null);
  const { refusals } = await report('2026-09');
  expect(refusals.map(({ code, times }) => `${code} ${times}`)).toEqual([
    'date.invalid 2',
    'file.parked 1',
    'plan.discarded 1',
    'plan.expired 1',
  ]);
});

test('reasons that are no longer kept are said to be gone', async () => {
  const file = await receiveFile('2024-05-03', 'archived', { ...COUNTS, deactivated: 0 });
  await refuseRows(file, 2, ['birthDate']);
  expect((await report('2024-05')).refusals).toMatchObject([{ code: 'date.invalid', times: 2 }]);
  await runRetention(work.on('2026-12-10'));
  const after = await report('2024-05');
  expect(after.refusals).toEqual([]);
  expect(after.senders).toMatchObject([{ rejected: 2, withoutReason: 2 }]);
  const page = monthPage(after);
  expect(page).not.toContain('Nothing was refused.');
  expect(page).toContain('2 refused rows');
});

test('paid is what was paid, invoice by invoice; what went back after the release is told until it is settled', async () => {
  const [part, whole] = [await inventInvoicedOrder(db, { people: 2 }), await inventInvoicedOrder(db)];
  const [one, other] = [part.invoices[0]!, whole.invoices[0]!];
  const money = async () => {
    const { products, months } = await report('2026-11');
    const sums = products.map(({ code, paid, takenBack }) => [code, paid, takenBack]);
    return [...sums, [months.at(-1)?.paid, months.at(-1)?.takenBack]];
  };
  await receiveMoney({ amount: one.total, structuredCommunication: one.communication });
  expect(await money()).toEqual([
    ['meal', one.total, 0],
    [one.total, 0],
  ]);
  await receiveMoney({ amount: other.total, structuredCommunication: other.communication });
  await sql`update voucher_order set status = 'released', released_on = '2026-12-09' where id = ${whole.id}`.execute(
    db,
  );
  const [back = 0] = await receiveMoney({
    amount: -other.total,
    structuredCommunication: other.communication,
    reversal: true,
  });
  const paid = one.total + other.total;
  expect(await money()).toEqual([
    ['meal', paid, other.total],
    [paid, other.total],
  ]);
  await closeWithoutInvoice(orderDay(db, '2026-12-10'), back, { by: 'Mia', why: 'paid again' });
  expect(await money()).toEqual([
    ['meal', paid, 0],
    [paid, 0],
  ]);
});

test('the entries that wait are those that status counts, each currency by itself and in both directions', async () => {
  const { openBankEntries: before } = await readHealth(db, '2026-12-10');
  expect(before).toBe(0);
  await receiveMoney(
    { amount: 500, freeText: 'RENT' },
    { amount: 200, freeText: 'RETURN', reversal: true },
    { amount: -700, freeText: 'COSTS' },
    { amount: 900, currency: 'USD' },
    { amount: -300, freeText: 'RETURN', reversal: true },
    { amount: -100, currency: 'USD', reversal: true },
  );
  const { entriesToDecide } = await report('2026-11');
  expect(entriesToDecide).toEqual([
    { status: 'reversed', currency: 'EUR', entries: 1, amount: -300 },
    { status: 'reversed', currency: 'EUR', entries: 1, amount: 200 },
    { status: 'reversed', currency: 'USD', entries: 1, amount: -100 },
    { status: 'unknown', currency: 'EUR', entries: 1, amount: 500 },
    { status: 'unknown', currency: 'USD', entries: 1, amount: 900 },
  ]);
  const { openBankEntries } = await readHealth(db, '2026-12-10');
  expect(entriesToDecide.reduce((sum, { entries }) => sum + entries, 0)).toBe(openBankEntries);
});
