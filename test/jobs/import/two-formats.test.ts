/** A day told by CODA and by camt.053: the same payments, whichever is loaded, in either order, or both at once. */
import { sql } from 'kysely';
import { expect, test } from 'vitest';
import { applyBankStatements } from '../../../src/jobs/import/match-statement.ts';
import { type Db, openDatabase } from '../../../src/load/database.ts';
import type { BankStatement } from '../../../src/model.ts';
import { openBankFiles } from '../../support/bank-files.ts';
import { cloneDatabase } from '../../support/database.ts';
import { IBAN, inventInvoicedOrder, inventStatement } from '../../support/invoiced-orders.ts';
import { inventProducts } from '../../support/small-world.ts';

const files = openBankFiles();

/** A world that every order of loading gets a copy of. */
const world = await cloneDatabase();
const orders = await (async () => {
  const database = await openDatabase(world, () => undefined);
  try {
    await inventProducts(database.db);
    const made = [];
    for (let index = 0; index < 8; index++)
      made.push(await inventInvoicedOrder(database.db, { people: index === 0 ? 2 : 1 }));
    return made;
  } finally {
    await database.close();
  }
})();

const DAY = { bookedOn: '2026-12-07', valueOn: '2026-12-07' };
const due = (index: number, which = 0) => orders[index]!.invoices[which]!;
const slashes = (number: string) => `+++${number.slice(0, 3)}/${number.slice(3, 7)}/${number.slice(7)}+++`;

const day = inventStatement(
  [
    { amount: due(0).total, structuredCommunication: due(0).communication },
    { amount: due(0, 1).total - 1000, structuredCommunication: due(0, 1).communication },
    { amount: 1000, freeText: `solde ${slashes(due(0, 1).communication)}` },
    { amount: due(1).total, freeText: `facture ${due(1).communication} merci` },
    { amount: due(2).total - 1, structuredCommunication: due(2).communication },
    { amount: due(3).total + 1, structuredCommunication: due(3).communication },
    { amount: due(4).total, structuredCommunication: due(4).communication },
    { amount: due(4).total, structuredCommunication: due(4).communication },
    { amount: due(5).total * 2, freeText: `${due(5).communication} et ${due(6).communication}` },
    { amount: due(6).total, structuredCommunication: due(6).communication },
    { amount: -due(6).total, structuredCommunication: due(6).communication, reversal: true },
    { amount: 500, freeText: 'CHEQUES-REPAS NOVEMBRE' },
    { amount: 500, freeText: 'CHEQUES-REPAS NOVEMBRE' },
    { amount: -1210, freeText: 'FRAIS DE GESTION' },
    { amount: due(7).total, structuredCommunication: due(7).communication },
  ].map((entry) => ({ ...entry, ...DAY })),
);

async function told(by: 'coda' | 'camt053', batches: boolean): Promise<BankStatement[]> {
  const range = { from: 7, to: 9 };
  const options = batches ? { globalised: [{ ...range, type: '2' as const }], batches: [range] } : {};
  const statements = await files.tell(by, { ...day, format: by }, options);
  expect(statements).toEqual([{ ...day, format: by }]);
  return statements;
}

let loads = 0;
function load(db: Db, statements: readonly BankStatement[]) {
  const fileId = ++loads;
  return db.transaction().execute((trx) => applyBankStatements(trx, { fileId }, () => statements, IBAN, '2026-12-08'));
}

/** What the books say: every invoice and order, and every movement once. */
async function booksAfter(work: (db: Db) => Promise<unknown>) {
  const database = await openDatabase(await cloneDatabase(world), () => undefined);
  try {
    const { db } = database;
    await work(db);
    const lines = async (query: ReturnType<typeof sql<{ line: string }>>) =>
      (await query.execute(db)).rows.map(({ line }) => line);
    return {
      invoices: await lines(sql`select concat_ws(' ', number, status) as line from invoice order by 1`),
      orders: await lines(sql`select concat_ws(' ', id, status, paid_on) as line from voucher_order order by id`),
      movements: await lines(sql`
        select concat_ws(' ', amount, structured_communication, free_text, status, why) as line from bank_entry
         where why <> 'same-movement' order by 1`),
      payments: await lines(sql`
        select concat_ws(' ', i.number, p.amount, p.status, p.why) as line
          from payment p join invoice i on i.id = p.invoice_id order by 1`),
      again: await lines(sql`select count(*)::text as line from bank_entry where why = 'same-movement'`),
    };
  } finally {
    await database.close();
  }
}

test.each([false, true])('the same payments in every order (in batches: %s)', async (batches) => {
  const [coda, camt] = [await told('coda', batches), await told('camt053', batches)];
  const one = await booksAfter((db) => load(db, coda));
  expect(one.orders.filter((line) => line.includes(' paid '))).toHaveLength(4);
  expect(one.movements.map((line) => line.split(' ').at(-2)).sort()).toEqual(
    [
      'matched',
      'matched',
      'matched',
      'matched',
      'matched',
      'matched',
      'partial',
      'over',
      'duplicate',
      'unknown',
      'unknown',
      'unknown',
      'reversed',
      'reversed',
      'ignored',
    ].sort(),
  );
  expect(await booksAfter((db) => load(db, camt))).toEqual(one);
  const both = { ...one, again: [String(day.entries.length)] };
  expect(await booksAfter(async (db) => [await load(db, coda), await load(db, camt)])).toEqual(both);
  expect(await booksAfter(async (db) => [await load(db, camt), await load(db, coda)])).toEqual(both);
  expect(await booksAfter((db) => Promise.all([load(db, coda), load(db, camt)]))).toEqual(both);
  const thrice = async (db: Db) => [
    await load(db, camt),
    await load(db, coda),
    await load(db, coda),
    await load(db, camt),
  ];
  expect(await booksAfter(thrice)).toEqual(both);
});
