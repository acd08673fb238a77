/** Random invoices and random payers through the real database: every cent has a place, and nobody gets what was not paid. Long because its one proof needs all payers, decisions and judgements. */
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import fc from 'fast-check';
import { sql } from 'kysely';
import { afterAll, expect, test } from 'vitest';
import { RefusedError } from '../../src/errors.ts';
import { applyBankStatements } from '../../src/jobs/import/match-statement.ts';
import { cancelOrder } from '../../src/jobs/orders/cancel-order.ts';
import { acceptPayment } from '../../src/jobs/payments/accept-payment.ts';
import { closeWithoutInvoice } from '../../src/jobs/payments/close-entry.ts';
import { matchOpenPayments } from '../../src/jobs/payments/match-open-payments.ts';
import { releaseOrders } from '../../src/jobs/payments/release-orders.ts';
import type { BankEntry, BankStatement } from '../../src/model.ts';
import { openBankFiles } from '../support/bank-files.ts';
import { openTestDatabase } from '../support/database.ts';
import { fuzzRuns, fuzzTimeout } from '../support/fuzz-runs.ts';
import { checkBooks } from '../support/invariant.ts';
import { IBAN, type InvoicedOrder, inventInvoicedOrders, inventStatement } from '../support/invoiced-orders.ts';
import { inventProducts, orderDay } from '../support/small-world.ts';

const { db } = await openTestDatabase();
await inventProducts(db);
const files = openBankFiles();
const home = mkdtempSync(join(tmpdir(), 'navette-payers-'));
afterAll(() => rmSync(home, { recursive: true, force: true }));

const TODAY = '2026-12-08';
const ORDERS = 5;

const KINDS = [
  'exact',
  'typed',
  'twice',
  'parts',
  'less',
  'more',
  'swapped',
  'somebody',
  'two',
  'returned',
  'returned-late',
  'silent',
  'debit',
  'debit-back',
  'dollars',
  'blank-reference',
] as const;
const payer = fc.record({
  kind: fc.constantFrom(...KINDS),
  of: fc.nat(ORDERS - 1),
  other: fc.nat(ORDERS - 1),
  cents: fc.integer({ min: 1, max: 5_000 }),
});
const statement = fc.record({
  payers: fc.array(payer, { minLength: 1, maxLength: 6 }),
  told: fc.constantFrom<readonly BankStatement['format'][]>(
    ['coda'],
    ['camt053'],
    ['coda', 'camt053'],
    ['camt053', 'coda'],
  ),
  grouped: fc.boolean(),
  after: fc.constantFrom('nothing', 'release', 'match', 'cancel', 'accept', 'close', 'again'),
  which: fc.nat(ORDERS - 1),
});

type Payer = { kind: (typeof KINDS)[number]; of: number; other: number; cents: number };

/** What one payer does: entries, and the numbers that somebody could read in them. */
function entriesOf({ kind, of, other, cents }: Payer, orders: readonly InvoicedOrder[]): Partial<BankEntry>[] {
  const { communication, total } = orders[of]!.invoices[0]!;
  const structuredCommunication = communication;
  const slashes = `+++${communication.slice(0, 3)}/${communication.slice(3, 7)}/${communication.slice(7)}+++`;
  const swapped = communication.replace(/^(.{8})(.)(.)/, '$1$3$2');
  switch (kind) {
    case 'exact':
      return [{ amount: total, structuredCommunication }];
    case 'typed':
      return [{ amount: total, freeText: `facture ${slashes} merci` }];
    case 'twice':
      return [0, 1].map(() => ({ amount: total, structuredCommunication }));
    case 'parts':
      return [
        { amount: Math.min(cents, total - 1), structuredCommunication },
        { amount: total - Math.min(cents, total - 1), freeText: communication },
      ];
    case 'less':
      return [{ amount: Math.max(1, total - cents), structuredCommunication }];
    case 'more':
      return [{ amount: total + cents, structuredCommunication }];
    case 'swapped':
      return [{ amount: total, freeText: swapped }];
    case 'somebody':
      return [{ amount: total, structuredCommunication: orders[other]!.invoices[0]!.communication }];
    case 'two':
      return [{ amount: total, freeText: `${communication} ${orders[other]!.invoices[0]!.communication}` }];
    case 'returned':
      return [
        { amount: total, structuredCommunication },
        { amount: -total, structuredCommunication, reversal: true },
      ];
    case 'returned-late':
      return [{ amount: -total, structuredCommunication, reversal: true }];
    case 'silent':
      return [{ amount: total, freeText: 'CHEQUES-REPAS' }];
    case 'debit':
      return [{ amount: -cents, freeText: communication }];
    case 'debit-back':
      return [{ amount: cents, freeText: 'RETURN', reversal: true }];
    case 'dollars':
      return [{ amount: total, structuredCommunication, currency: 'USD' }];
    case 'blank-reference':
      return [{ amount: total, structuredCommunication, bankReference: '' }];
  }
}

let loads = 0;
function load(statements: readonly BankStatement[]) {
  const fileId = ++loads;
  return db.transaction().execute((trx) => applyBankStatements(trx, { fileId }, () => statements, IBAN, TODAY));
}

let sent = 0;
/** A statement has one currency: what comes in dollars is in a statement of its own. */
function statementsOf(payers: readonly Payer[], orders: readonly InvoicedOrder[]): BankStatement[] {
  const all = payers.flatMap((each) => entriesOf(each, orders));
  return ['EUR', 'USD'].flatMap((currency) => {
    const entries = all.filter((one) => (one.currency ?? 'EUR') === currency);
    if (entries.length === 0) return [];
    // A year has at most 999 numbers in a CODA file.
    sent += 1;
    const year = 2030 + Math.floor(sent / 900);
    const statementNumber = String((sent % 900) + 1).padStart(3, '0');
    return [inventStatement(entries, { currency, year, statementNumber, closingDate: `${year}-12-07` })];
  });
}

async function everyPaymentRow(): Promise<unknown> {
  const found = await sql`
    select (select jsonb_agg(e order by id) from bank_entry e) as entries,
           (select jsonb_agg(s order by id) from bank_statement s) as statements,
           (select jsonb_agg(p order by id) from payment p) as payments,
           (select jsonb_agg(array[number, status] order by id) from invoice) as invoices,
           (select jsonb_agg(array[id::text, status, paid_on::text] order by id) from voucher_order) as orders`.execute(
    db,
  );
  return found.rows;
}

async function broken(query: ReturnType<typeof sql<{ what: string }>>): Promise<string[]> {
  return (await query.execute(db)).rows.map(({ what }) => what);
}

/** What must hold at every moment, from the stored rows alone. */
async function expectSoundPayments(): Promise<void> {
  // Every statement: its entries are the change of its balance, and every cent of them has one status.
  expect(
    await broken(sql`
      select format('statement %s: %s entries, %s balance', s.id, coalesce(sum(e.amount), 0), s.closing_balance - s.opening_balance) as what
        from bank_statement s left join bank_entry e on e.statement_id = s.id
       group by s.id having coalesce(sum(e.amount), 0) <> s.closing_balance - s.opening_balance`),
  ).toEqual([]);
  // Whatever pays names the invoice itself, as structured communication or in its text, or a person said so.
  expect(
    await broken(sql`
      select format('entry %s pays %s', e.id, i.number) as what
        from payment p join bank_entry e on e.id = p.bank_entry_id join invoice i on i.id = p.invoice_id
       where p.status = 'matched' and (e.currency <> 'EUR' or e.amount <= 0 or e.reversal
          or coalesce(e.structured_communication, '') <> i.structured_communication
             and position(i.structured_communication in regexp_replace(e.free_text, '[^0-9 ]', '', 'g')) = 0)`),
  ).toEqual([]);
  // An invoice is paid exactly when matched money adds up to it or a person accepted it.
  expect(
    await broken(sql`
      select format('%s %s: %s of %s', i.number, i.status, coalesce(sum(p.amount), 0), i.total) as what
        from invoice i left join payment p on p.invoice_id = i.id and p.status in ('matched', 'accepted')
       where i.status in ('open', 'paid') group by i.number, i.status, i.total
      having (i.status = 'paid') <> (coalesce(sum(p.amount) filter (where p.status = 'matched'), 0) = i.total
                                     or count(*) filter (where p.status = 'accepted') > 0)`),
  ).toEqual([]);
  // Nobody's order goes on unpaid; no entry pays twice.
  expect(
    await broken(sql`
      select format('order %s %s', o.id, o.status) as what from voucher_order o join invoice i on i.order_id = o.id and i.kind <> 'credit'
       where o.status in ('paid', 'released') and i.status <> 'paid'
       union all
      select format('entry %s', e.id) from bank_entry e join payment p on p.bank_entry_id = e.id and p.status in ('matched', 'accepted')
       group by e.id, e.amount having sum(p.amount) > e.amount`),
  ).toEqual([]);
}

/** Orders as they were before a release: those that it takes must have been paid by then, to the cent. */
async function release(): Promise<void> {
  const paid = await sql<{ id: number }>`
    select o.id from voucher_order o
     where o.status = 'paid' and not exists (
       select from invoice i left join payment p on p.invoice_id = i.id and p.status in ('matched', 'accepted')
        where i.order_id = o.id and i.kind <> 'credit' group by i.id, i.total
       having coalesce(sum(p.amount), 0) <> i.total and count(*) filter (where p.status = 'accepted') = 0)`.execute(db);
  const { released, failed } = await releaseOrders({
    ...orderDay(db, TODAY),
    now: Date.parse(`${TODAY}T08:00:00Z`),
    home,
  });
  expect(failed).toEqual([]);
  expect(released.map(({ orderId }) => orderId).sort()).toEqual(paid.rows.map(({ id }) => id).sort());
}

async function acceptSome(order: InvoicedOrder): Promise<void> {
  const found = await sql<{ id: number }>`
    select id from bank_entry where status in ('partial', 'over', 'unknown') and amount > 0 order by id desc limit 1`.execute(
    db,
  );
  const id = found.rows[0]?.id;
  if (id === undefined) return;
  const given = { invoice: order.invoices[0]!.number, by: 'ops', why: 'test' };
  await acceptPayment(orderDay(db, TODAY), id, given).catch((error: unknown) =>
    expect(error).toBeInstanceOf(RefusedError),
  );
}

/** The oldest entry of this world that waits. */
async function closeOne(since: number): Promise<void> {
  const found = await sql<{ id: number }>`
    select id from bank_entry where id > ${since} and (status in ('partial', 'over', 'duplicate', 'unknown') or why = 'returned-debit')
     order by id limit 1`.execute(db);
  const id = found.rows[0]?.id;
  if (id !== undefined) await closeWithoutInvoice(orderDay(db, TODAY), id, { by: 'ops', why: 'test' });
}

async function lastEntry(): Promise<number> {
  const found = await sql<{ last: number }>`select coalesce(max(id), 0)::bigint as last from bank_entry`.execute(db);
  return found.rows[0]?.last ?? 0;
}

const RUNS = fuzzRuns(10, 0.02);

test(
  'whoever pays what and how, every cent has a place and nothing is released unpaid',
  async () => {
    await fc.assert(
      fc.asyncProperty(fc.array(statement, { minLength: 2, maxLength: 8 }), async (plan) => {
        const orders = await inventInvoicedOrders(db, ORDERS);
        const loaded: (readonly BankStatement[])[] = [];
        const since = await lastEntry();
        for (const { payers, told, grouped, after, which } of plan) {
          for (const one of statementsOf(payers, orders)) {
            for (const format of told) {
              const range = { from: 1, to: Math.min(3, one.entries.length) };
              const oneSign = one.entries.slice(0, 3).every(({ reversal }) => !reversal);
              const options =
                grouped && oneSign ? { globalised: [{ ...range, type: '2' as const }], batches: [range] } : {};
              const statements = await files.tell(format, { ...one, format }, options);
              loaded.push(statements);
              await load(statements);
            }
          }
          if (after === 'release') await release();
          if (after === 'match') await matchOpenPayments(orderDay(db, TODAY));
          if (after === 'accept') await acceptSome(orders[which]!);
          if (after === 'close') await closeOne(since);
          if (after === 'again') await load(loaded.at(-1) ?? []);
          if (after === 'cancel') {
            const cancelled = cancelOrder(orderDay(db, TODAY), orders[which]!.id, { by: 'ops', why: 'test' });
            await cancelled.catch((error: unknown) => expect(error).toBeInstanceOf(RefusedError));
          }
          await expectSoundPayments();
        }
        // An order cancelled after the last statement leaves entries that are still to be looked at again.
        await matchOpenPayments(orderDay(db, TODAY));
        await release();
        await expectSoundPayments();
        const before = await everyPaymentRow();
        for (const statements of loaded) await load(statements);
        expect(await everyPaymentRow()).toEqual(before);
        expect(await checkBooks(db)).toEqual([]);
        // What stays open is no business of the next world.
        await sql`update bank_entry set status = 'ignored' where status in ('partial', 'over', 'duplicate', 'unknown')`.execute(
          db,
        );
        await sql`update payment set status = 'ignored' where status in ('partial', 'over', 'duplicate', 'unknown')`.execute(
          db,
        );
        await sql`update employer set status = 'inactive'`.execute(db);
      }),
      { numRuns: RUNS, endOnFailure: true },
    );
  },
  fuzzTimeout(3_000, RUNS),
);
