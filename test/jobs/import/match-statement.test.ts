/** Bank statements in a real database: what pays, what waits for a person, what is taken back. */
import { sql } from 'kysely';
import { expect, test } from 'vitest';
import { FileError } from '../../../src/errors.ts';
import {
  type AppliedStatements,
  applyBankStatements,
  logStatements,
} from '../../../src/jobs/import/match-statement.ts';
import { cancelOrder } from '../../../src/jobs/orders/cancel-order.ts';
import { matchOpenPayments } from '../../../src/jobs/payments/match-open-payments.ts';
import type { Db } from '../../../src/load/database.ts';
import { readPayments } from '../../../src/load/payments/payments.ts';
import type { BankStatement } from '../../../src/model.ts';
import { openTestDatabase } from '../../support/database.ts';
import { checkBooks } from '../../support/invariant.ts';
import { IBAN, inventInvoicedOrder, inventStatement, orderState } from '../../support/invoiced-orders.ts';
import { inventProducts, type Noted, orderDay } from '../../support/small-world.ts';

const { db } = await openTestDatabase();
await inventProducts(db);
let files = 0;

async function apply(...statements: BankStatement[]): Promise<AppliedStatements> {
  const fileId = ++files;
  const applied = await db
    .transaction()
    .execute((trx) => applyBankStatements(trx, { fileId }, () => statements, IBAN, '2026-12-08'));
  if (applied === 'duplicate') throw new Error('this is no copy');
  return applied;
}

async function said(applied: AppliedStatements): Promise<string[]> {
  return applied.matched.entries.map(({ status, why }) => `${status} ${why}`);
}

async function listed(applied: AppliedStatements) {
  const ids = applied.matched.entries.map(({ id }) => id);
  return (await readPayments(db, null)).filter(({ id }) => ids.includes(id));
}

function run(noted: Noted[] = []) {
  return matchOpenPayments(orderDay(db, '2026-12-09', noted));
}

test('the exact amount pays invoice and order, structured or typed', async () => {
  const structured = await inventInvoicedOrder(db);
  const typed = await inventInvoicedOrder(db);
  const [one, two] = [structured.invoices[0]!, typed.invoices[0]!];
  const text = `facture ${two.communication.slice(0, 3)}/${two.communication.slice(3, 7)}/${two.communication.slice(7)} merci`;
  const applied = await apply(
    inventStatement([
      { amount: one.total, structuredCommunication: one.communication },
      { amount: two.total, freeText: text },
    ]),
  );
  expect(await said(applied)).toEqual(['matched exact', 'matched exact']);
  expect(applied.counts).toMatchObject({ read: 2, created: 2, unchanged: 0 });
  expect([await orderState(db, structured), await orderState(db, typed)]).toEqual([
    'paid 2026-12-08',
    'paid 2026-12-08',
  ]);
  expect(await listed(applied)).toEqual([
    {
      id: applied.matched.entries[0]?.id,
      bookedOn: '2026-12-07',
      amount: one.total,
      currency: 'EUR',
      structuredCommunication: one.communication,
      invoiceNumber: one.number,
      status: 'matched',
    },
    expect.objectContaining({ structuredCommunication: null, invoiceNumber: two.number, status: 'matched' }),
  ]);
});

test('partial, over, duplicate, unknown and debits pay nothing, and the states add up to the entries', async () => {
  const order = await inventInvoicedOrder(db);
  const { total, communication } = order.invoices[0]!;
  const applied = await apply(
    inventStatement([
      { amount: total - 1, structuredCommunication: communication },
      { amount: total + 1, structuredCommunication: communication },
      { amount: total, structuredCommunication: '999999999948' },
      { amount: -total },
      { amount: total, structuredCommunication: communication, currency: 'USD' },
    ]),
  );
  expect(await said(applied)).toEqual([
    'partial less-than-due',
    'over more-than-due',
    'unknown no-invoice',
    'ignored no-credit',
    'unknown other-currency',
  ]);
  expect(await orderState(db, order)).toBe('invoiced');
  const paid = await apply(
    inventStatement([
      { amount: total, structuredCommunication: communication },
      { amount: total, structuredCommunication: communication },
    ]),
  );
  expect(await said(paid)).toEqual(['matched exact', 'duplicate already-paid']);
  expect(await orderState(db, order)).toBe('paid 2026-12-08');
  const noted: Noted[] = [];
  logStatements((event, facts = {}) => noted.push({ event, facts }), 7, applied);
  expect(noted[0]).toEqual({
    event: 'payment.matched',
    facts: {
      fileId: 7,
      entries: 5,
      byStatus: { partial: 1, over: 1, unknown: 2, ignored: 1 },
      cents: {
        EUR: { total: 2 * total, ignored: -total, over: total + 1, partial: total - 1, unknown: total },
        USD: { total, unknown: total },
      },
      invoices: 0,
      orders: 0,
    },
  });
  expect(noted.slice(1).map(({ event, facts }) => `${event} ${facts.code} ${facts.entries}`)).toEqual([
    'payment.open less-than-due 1',
    'payment.open more-than-due 1',
    'payment.open no-invoice 1',
    'payment.open other-currency 1',
  ]);
});

test('an order of two invoices is paid with the second, also by parts that add up in two statements', async () => {
  const order = await inventInvoicedOrder(db, { people: 2 });
  const [first, second] = [order.invoices[0]!, order.invoices[1]!];
  await apply(inventStatement([{ amount: first.total, structuredCommunication: first.communication }]));
  expect(await orderState(db, order)).toBe('invoiced');
  const part = await apply(inventStatement([{ amount: 1000, structuredCommunication: second.communication }]));
  expect(await said(part)).toEqual(['partial less-than-due']);
  const rest = await apply(
    inventStatement([{ amount: second.total - 1000, structuredCommunication: second.communication }]),
  );
  expect(await said(rest)).toEqual(['matched exact-sum']);
  expect((await listed(part)).map(({ status }) => status)).toEqual(['matched']);
  expect(rest.matched.ordersPaid).toEqual([{ enterpriseNumber: order.employer, id: order.id }]);
  expect(await orderState(db, order)).toBe('paid 2026-12-08');
});

test('product and card invoices: both are to be paid', async () => {
  const order = await inventInvoicedOrder(db, { card: 'none', cardInvoice: 'separate' });
  expect(order.invoices).toHaveLength(2);
  for (const [index, { total, communication }] of order.invoices.entries()) {
    expect(await orderState(db, order)).toBe('invoiced');
    await apply(inventStatement([{ amount: total, structuredCommunication: communication }]));
    if (index === 1) expect(await orderState(db, order)).toBe('paid 2026-12-08');
  }
});

test('a reversal before the release opens invoice and order again, and a new payment pays again', async () => {
  const order = await inventInvoicedOrder(db);
  const { total, communication, number } = order.invoices[0]!;
  const paid = await apply(inventStatement([{ amount: total, structuredCommunication: communication }]));
  const back = await apply(
    inventStatement([{ amount: -total, structuredCommunication: communication, reversal: true }]),
  );
  expect(await said(back)).toEqual(['reversed takes-back-payment']);
  expect((await listed(paid)).map(({ status }) => status)).toEqual(['reversed']);
  expect(back.matched.ordersReopened).toEqual([{ enterpriseNumber: order.employer, id: order.id }]);
  expect(await orderState(db, order)).toBe('invoiced');
  const again = await apply(inventStatement([{ amount: total, structuredCommunication: communication }]));
  expect(await listed(again)).toEqual([expect.objectContaining({ invoiceNumber: number, status: 'matched' })]);
  expect(await orderState(db, order)).toBe('paid 2026-12-08');
});

test('a reversal after the release raises an alert and changes no order', async () => {
  const order = await inventInvoicedOrder(db);
  const { total, communication, number } = order.invoices[0]!;
  await apply(inventStatement([{ amount: total, structuredCommunication: communication }]));
  await sql`update voucher_order set status = 'released', released_on = '2026-12-08' where id = ${order.id}`.execute(
    db,
  );
  const back = await apply(
    inventStatement([{ amount: -total, structuredCommunication: communication, reversal: true }]),
  );
  expect(await said(back)).toEqual(['reversed takes-back-released']);
  expect(await orderState(db, order)).toBe('released 2026-12-08 2026-12-08');
  const noted: Noted[] = [];
  logStatements((event, facts = {}) => noted.push({ event, facts }), 7, back);
  expect(noted.at(-1)).toEqual({
    event: 'payment.taken_back',
    facts: { fileId: 7, enterpriseNumber: order.employer, orderId: order.id, invoice: number },
  });
});

test('a reversal that names nobody is told to operations', async () => {
  const back = await apply(
    inventStatement([
      { amount: -700, reversal: true },
      { amount: 800, reversal: true },
    ]),
  );
  const noted: Noted[] = [];
  logStatements((event, facts = {}) => noted.push({ event, facts }), 7, back);
  expect(noted.slice(1).map(({ event, facts }) => `${event} ${facts.status} ${facts.code}`)).toEqual([
    'payment.open reversed no-invoice',
    'payment.open reversed returned-debit',
  ]);
});

test('a payment for a cancelled order waits for a person', async () => {
  const order = await inventInvoicedOrder(db);
  const { total, communication } = order.invoices[0]!;
  await cancelOrder(orderDay(db, '2026-12-06'), order.id, { by: 'ops', why: 'test' });
  expect(await said(await apply(inventStatement([{ amount: total, structuredCommunication: communication }])))).toEqual(
    ['unknown invoice-withdrawn'],
  );
});

test('one movement told by CODA and camt counts once, and equal ones in one file count each', async () => {
  const order = await inventInvoicedOrder(db);
  const { total, communication } = order.invoices[0]!;
  const movement = { amount: total / 3, structuredCommunication: communication, bankReference: 'BANK-1' };
  const whole = { amount: total, structuredCommunication: communication, bankReference: 'BANK-2' };
  expect(await said(await apply(inventStatement([movement])))).toEqual(['partial less-than-due']);
  const camt = { format: 'camt053', statementNumber: 'A' } as const;
  const other = await apply(inventStatement([movement, movement, movement, whole], camt));
  expect(await said(other)).toEqual([
    'ignored same-movement',
    'matched exact-sum',
    'matched exact-sum',
    'duplicate already-paid',
  ]);
  expect(await orderState(db, order)).toBe('paid 2026-12-08');
});

test('without a reference a look-alike waits for a person, unless it names another invoice', async () => {
  const [one, two] = [await inventInvoicedOrder(db), await inventInvoicedOrder(db)];
  const movement = (order: typeof one) => ({
    amount: order.invoices[0]!.total,
    structuredCommunication: order.invoices[0]!.communication,
    bankReference: '',
    bookedOn: '2026-12-06',
  });
  await apply(inventStatement([movement(one)]));
  const other = await apply(
    inventStatement([movement(one), movement(two)], { format: 'camt053', statementNumber: 'B' }),
  );
  expect(await said(other)).toEqual(['duplicate look-alike', 'matched exact']);
  expect(await run()).toMatchObject({ invoicesPaid: [] });
  expect((await listed(other)).map(({ status }) => status)).toEqual(['duplicate', 'matched']);
});

test('a known statement is unchanged, the same one twice in a file is a duplicate, other balances are refused', async () => {
  const statement = inventStatement([{ amount: 5 }, { amount: 7 }]);
  const first = await apply(statement, statement);
  expect(first.counts).toMatchObject({ read: 4, created: 2, duplicateInFile: 2 });
  expect((await apply(statement)).counts).toMatchObject({ read: 2, created: 0, unchanged: 2 });
  await expect(apply({ ...statement, closingBalance: 99 })).rejects.toThrow(new FileError('file.totals'));
  const more = [
    ...statement.entries,
    { ...statement.entries[0]!, sequence: 3 },
    { ...statement.entries[0]!, sequence: 4, amount: -5 },
  ];
  await expect(apply({ ...statement, entries: more })).rejects.toThrow(new FileError('file.totals'));
});

test('another account is refused and leaves nothing; copies are a duplicate', async () => {
  const [own, other] = [
    inventStatement([{ amount: 5 }]),
    inventStatement([{ amount: 5 }], { account: 'BE00000000000000' }),
  ];
  const before = await sql<{ count: number }>`select count(*)::int from bank_statement`.execute(db);
  await expect(apply(own, other)).rejects.toThrow(new FileError('file.account'));
  const copy = inventStatement([{ amount: 5 }], { duplicate: true });
  expect(await applyBankStatements(db, { fileId: 1 }, () => [copy], IBAN, '2026-12-08')).toBe('duplicate');
  expect((await sql<{ count: number }>`select count(*)::int from bank_statement`.execute(db)).rows).toEqual(
    before.rows,
  );
});

test('accounts of one IBAN in two currencies have statements of their own', async () => {
  const euros = inventStatement([{ amount: 5 }]);
  const dollars = {
    ...euros,
    currency: 'USD',
    entries: euros.entries.map((entry) => ({ ...entry, currency: 'USD', amount: 7 })),
    closingBalance: 7,
  };
  expect((await apply(euros)).counts.created).toBe(1);
  expect((await apply(dollars)).counts.created).toBe(1);
  expect((await apply(dollars)).counts.unchanged).toBe(1);
});

test('a gap between statement numbers is stored and told', async () => {
  const at = (statementNumber: string) => inventStatement([{ amount: 5 }], { year: 2031, statementNumber });
  expect((await apply(at('004'))).afterGap).toMatchObject([{ statementNumber: '004' }]);
  const after = await apply(at('005'), at('007'));
  const noted: Noted[] = [];
  logStatements((event, facts = {}) => noted.push({ event, facts }), 3, after);
  expect(noted[0]).toEqual({ event: 'statement.gap', facts: { fileId: 3, statementNumber: '007' } });
  expect(after.counts.created).toBe(2);
});

test('statements of one file may stand in any order', async () => {
  const at = (statementNumber: string, year = 2041) => inventStatement([{ amount: 5 }], { year, statementNumber });
  await apply(at('001'));
  expect((await apply(at('004'), at('003'), at('002'))).afterGap).toEqual([]);
  expect((await apply(at('001', 2042), at('006'), at('005'))).afterGap).toEqual([]);
  expect((await apply(at('009'), at('008'))).afterGap).toMatchObject([{ statementNumber: '008' }]);
});

test('each statement is stored before the next one is read, and none stays when a later one is wrong', async () => {
  const stored = async (trx: Db) => {
    const found = await sql<{ count: number }>`select count(*)::int from bank_statement where year = 2051`.execute(trx);
    return found.rows[0]?.count;
  };
  const at = (number: number, balance = 5) =>
    inventStatement([{ amount: 5 }], { year: 2051, statementNumber: `00${number}`, closingBalance: balance });
  const seen: unknown[] = [];
  const applying = db.transaction().execute((trx) => {
    async function* read() {
      for (const statement of [at(1), at(2), at(3), at(1, 6)]) {
        seen.push(await stored(trx));
        yield statement;
      }
    }
    return applyBankStatements(trx, { fileId: 1 }, read, IBAN, '2026-12-08');
  });
  await expect(applying).rejects.toThrow(new FileError('file.totals'));
  expect(seen).toEqual([0, 0, 0, 0, 0, 1, 2, 3]);
  expect(await stored(db)).toBe(0);
});

test('what is open is matched again when its invoice comes; a further run changes nothing', async () => {
  const order = await inventInvoicedOrder(db);
  const { id, total, communication } = order.invoices[0]!;
  await sql`delete from structured_communication where number = ${communication}`.execute(db);
  const early = await apply(inventStatement([{ amount: total, structuredCommunication: communication }]));
  expect(await said(early)).toEqual(['unknown no-invoice']);
  await sql`insert into structured_communication values (${communication}, ${order.employer}, ${id})`.execute(db);
  const noted: Noted[] = [];
  const matched = await run(noted);
  expect(matched.ordersPaid).toEqual([{ enterpriseNumber: order.employer, id: order.id }]);
  expect(await orderState(db, order)).toBe('paid 2026-12-09');
  const summary = noted.find(({ event }) => event === 'payment.matched')?.facts;
  expect(Object.values(summary?.byStatus ?? {}).reduce((sum, count) => sum + count, 0)).toBe(summary?.entries);
  const rows = () => sql`select * from payment order by id`.execute(db).then((found) => found.rows);
  const before = await rows();
  expect(await run()).toMatchObject({ invoicesPaid: [], ordersPaid: [], ordersReopened: [] });
  expect(await rows()).toEqual(before);
});

test('two files at once pay one invoice once', async () => {
  const order = await inventInvoicedOrder(db);
  const { total, communication } = order.invoices[0]!;
  const movement = { amount: total, structuredCommunication: communication, bankReference: 'BOTH' };
  const both = await Promise.all([
    apply(inventStatement([movement])),
    apply(inventStatement([movement], { format: 'camt053', statementNumber: 'C' })),
  ]);
  expect(both.flatMap(({ matched }) => matched.entries.map(({ status }) => status)).sort()).toEqual([
    'ignored',
    'matched',
  ]);
});

test('paid invoices are paid to the cent, and the books agree', async () => {
  const wrong = await sql`
    select i.number from invoice i left join payment p on p.invoice_id = i.id and p.status in ('matched', 'accepted')
     group by i.number, i.status, i.total
    having (i.status = 'paid') <> (coalesce(sum(p.amount), 0) = i.total)`.execute(db);
  expect(wrong.rows).toEqual([]);
  expect(await checkBooks(db)).toEqual([]);
});
