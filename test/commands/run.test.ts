/** The commands around money, as a person types them: from a statement to a released order and a sent notice. */
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, expect, test } from 'vitest';
import { readEnvironment } from '../../src/config/environment.ts';
import { loadConfig } from '../../src/config.ts';
import { openDatabase } from '../../src/load/database.ts';
import { syncReference } from '../../src/load/reference/reference.ts';
import { writeCoda } from '../support/coda.ts';
import { ROOT, runNavette } from '../support/command.ts';
import { cloneDatabase } from '../support/database.ts';
import { inventInvoicedOrder, inventStatement } from '../support/invoiced-orders.ts';

const home = mkdtempSync(join(tmpdir(), 'navette-run-'));
const url = await cloneDatabase();
const database = await openDatabase(url, () => undefined);
await syncReference(database.db, loadConfig(readEnvironment({ NAVETTE_CONFIG: join(ROOT, 'config') })));
afterAll(async () => {
  await database.close();
  rmSync(home, { recursive: true, force: true });
});

const navette = (...given: string[]) => runNavette({ DATABASE_URL: url, NAVETTE_HOME: home }, ...given);

async function json(...given: string[]) {
  const { code, out, err } = await navette(...given, '--json');
  return { code, document: out === '' ? err : JSON.parse(out) };
}

test('a job that does not exist, a wrong month and a wrong day are usage errors', async () => {
  const unknown = await navette('run', 'paymnts');
  expect([unknown.code, unknown.err]).toEqual([
    2,
    'navette: There is no job "paymnts"; allowed: pull, leavers, orders, notices, payments, release, renewals, retention, report.\n',
  ]);
  expect((await navette('run', 'orders', '--period', '2026-13')).code).toBe(2);
  expect((await navette('run', 'release', '--date', '2026-02-30')).code).toBe(2);
  expect((await navette('run', 'release', '--supplement')).code).toBe(2);
  expect((await navette('payments', '--status', 'lost')).code).toBe(2);
  expect((await navette('payments', 'accept', '1', '--invoice', '2026-000001', '--by', 'Mia')).code).toBe(2);
});

test('a statement that is imported pays, the rest is accepted, the order is released, its notices are sent', async () => {
  const order = await inventInvoicedOrder(database.db, { people: 2 });
  const [one, two] = [order.invoices[0]!, order.invoices[1]!];
  const statement = inventStatement([
    { amount: one.total, structuredCommunication: one.communication },
    { amount: two.total - 1, structuredCommunication: two.communication },
    { amount: 1_250, freeText: 'LOYER' },
  ]);
  const path = join(home, 'statement.cod');
  writeFileSync(path, writeCoda(statement), 'latin1');
  const imported = await json('import', path, '--layout', 'bank-coda', '--secretariat', 'bank', '--date', '2026-12-08');
  expect(imported).toMatchObject({ code: 0, document: { status: 'applied', counts: { read: 3, created: 3 } } });

  const payments = await json('payments', '--status', 'partial');
  expect(payments.document).toEqual([
    {
      id: expect.any(Number),
      bookedOn: '2026-12-07',
      amount: two.total - 1,
      currency: 'EUR',
      structuredCommunication: two.communication,
      invoiceNumber: two.number,
      status: 'partial',
    },
  ]);
  const { id } = payments.document[0];
  expect(await json('run', 'payments')).toEqual({
    code: 0,
    document: {
      entries: 2,
      byStatus: { partial: 1, unknown: 1 },
      cents: { EUR: { total: two.total - 1 + 1_250, partial: two.total - 1, unknown: 1_250 } },
      invoicesPaid: [],
      ordersPaid: [],
      reminders: 0,
      expired: [],
    },
  });
  expect((await json('run', 'release', '--date', '2026-12-08')).document).toEqual({ released: [] });
  const accept = ['payments', 'accept', String(id), '--invoice', two.number, '--by', 'Mia', '--why', 'one cent'];
  expect(await json(...accept)).toMatchObject({ code: 0, document: { id, orderId: order.id, orderPaid: true } });
  const again = await navette(...accept);
  expect([again.code, again.err]).toEqual([1, `navette: Bank entry ${id} is accepted already, to the last cent.\n`]);

  const [{ id: rent }] = (await json('payments', '--status', 'unknown')).document;
  const closing = ['payments', 'accept', String(rent), '--by', 'Mia', '--why', 'rent of the flat above'];
  expect(await json(...closing)).toEqual({
    code: 0,
    document: { id: rent, invoiceNumber: null, status: 'accepted', amount: 0 },
  });

  const file = join(home, 'out', 'card-platform', `release-${order.id}.csv`);
  const release = await json('run', 'release', '--date', '2026-12-08');
  expect(release).toEqual({ code: 0, document: { released: [{ orderId: order.id, file, lines: 2 }] } });
  expect(readFileSync(file, 'utf8').split('\n')).toHaveLength(4);
  const notices = await json('run', 'notices', '--date', '2026-12-08');
  expect(notices).toMatchObject({
    code: 0,
    document: { sent: [{ invoice: one.number }, { invoice: two.number }], failed: [] },
  });
  const rest = (await json('run', 'notices')).document;
  expect(rest).toEqual({ sent: [], failed: [], eInvoices: { written: [], failed: [], down: null } });

  const sentAt = (await json('notices')).document.map((notice: { sentAt: string }) => notice.sentAt);
  expect(sentAt).toEqual(['2026-12-08T22:59:59.999Z', '2026-12-08T22:59:59.999Z']);
  const anew = ['notice', 'send', `invoice-${one.number}`, '--by', 'Mia', '--why', 'asked for', '--date', '2026-12-09'];
  expect((await json(...anew)).code).toBe(0);
  expect((await json('notices', '--status', 'queued')).document).toMatchObject([
    { queuedAt: '2026-12-09T22:59:59.999Z' },
  ]);
}, 120_000);
