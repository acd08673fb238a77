/** Statements and movements that come again, in either format, in any order or with a fault: each counts once. */
import { sql } from 'kysely';
import { expect, test } from 'vitest';
import { FileError } from '../../../src/errors.ts';
import { applyBankStatements, logStatements } from '../../../src/jobs/import/match-statement.ts';
import { matchOpenPayments } from '../../../src/jobs/payments/match-open-payments.ts';
import type { Db } from '../../../src/load/database.ts';
import { openTestDatabase } from '../../support/database.ts';
import { IBAN, inventInvoicedOrder, inventStatement, orderState } from '../../support/invoiced-orders.ts';
import { inventProducts, type Noted, orderDay } from '../../support/small-world.ts';
import { openStatementDesk, said } from '../../support/statement-desk.ts';

const { db } = await openTestDatabase();
await inventProducts(db);
const { apply, listed } = openStatementDesk(db);

function run(noted: Noted[] = []) {
  return matchOpenPayments(orderDay(db, '2026-12-09', noted));
}

test('one movement told by CODA and camt counts once, and equal ones in one file count each', async () => {
  const order = await inventInvoicedOrder(db);
  const { total, communication } = order.invoices[0]!;
  const movement = { amount: total / 3, structuredCommunication: communication, bankReference: 'BANK-1' };
  const whole = { amount: total, structuredCommunication: communication, bankReference: 'BANK-2' };
  expect(said(await apply(inventStatement([movement])))).toEqual(['partial less-than-due']);
  const camt = { format: 'camt053', statementNumber: 'A' } as const;
  const other = await apply(inventStatement([movement, movement, movement, whole], camt));
  expect(said(other)).toEqual([
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
  expect(said(other)).toEqual(['duplicate look-alike', 'matched exact']);
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
