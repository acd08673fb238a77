/** Batches of one run: side by side where they may be, and with the books of a single one. */
import { sql } from 'kysely';
import { afterAll, expect, test } from 'vitest';
import { runInTurn } from '../../../src/jobs/orders/run-in-turn.ts';
import { runOrders } from '../../../src/jobs/orders/run-orders.ts';
import { openDatabase } from '../../../src/load/database.ts';
import { cloneDatabase } from '../../support/database.ts';
import { checkBooks } from '../../support/invariant.ts';
import {
  grant,
  type Invented,
  inventBeneficiary,
  inventEmployer,
  inventProducts,
  orderDay,
} from '../../support/small-world.ts';

const closing: (() => Promise<void>)[] = [];
afterAll(() => Promise.all(closing.map((close) => close())));

async function open(url: string) {
  const database = await openDatabase(url, () => undefined);
  closing.push(database.close);
  return database.db;
}

test('a batch begins when the one before holds its locks and the one before that is done, and ends in its turn', async () => {
  const told: string[] = [];
  const holds = [Promise.withResolvers<void>(), Promise.withResolvers<void>(), Promise.withResolvers<void>()];
  const run = runInTurn([0, 1, 2], async (batch, turn) => {
    told.push(`${batch} begins`);
    if (batch === 0) await holds[0]?.promise;
    turn.locked();
    await turn.comes;
    if (batch === 0) await holds[1]?.promise;
    told.push(`${batch} ends`);
  });
  await Promise.resolve();
  expect(told).toEqual(['0 begins']);
  holds[0]?.resolve();
  for (let tick = 0; tick < 20; tick++) await Promise.resolve();
  expect(told).toEqual(['0 begins', '1 begins']);
  holds[1]?.resolve();
  expect(await run).toEqual({ committed: 3, error: null });
  expect(told).toEqual(['0 begins', '1 begins', '0 ends', '1 ends', '2 begins', '2 ends']);
});

test('when one fails, the next gives up by its turn and no other begins', async () => {
  const broken = new Error('broken');
  const told: string[] = [];
  const { committed, error } = await runInTurn(['good', 'bad', 'next', 'never'], async (batch, turn) => {
    turn.locked();
    await turn.comes;
    if (batch === 'bad') throw broken;
    told.push(batch);
  });
  expect([committed, error, told]).toEqual([1, broken, ['good']]);
});

/** Nine employers that share people without a card; the fees of the fifth fit no order, drafts of every third wait. */
async function inventWorld(url: string): Promise<void> {
  const db = await open(url);
  await inventProducts(db);
  const employers: string[] = [];
  for (let index = 0; index < 9; index++) {
    const confirm = index % 3 === 2 ? 'never' : 'without-warnings';
    const employer = await inventEmployer(db, {
      fees: { cardProduction: 450, service: { percent: '3' } },
      standingOrders: [{ from: '2026-10', confirm }],
    });
    employers.push(employer);
    const person = await inventBeneficiary(db, employer);
    for (const period of ['2026-10', '2026-11']) await grant(db, person, period, 20, 800);
  }
  await runOrders(orderDay(db, '2026-11-05'));
  await sql`update order_warning set acknowledged_by = 'ops', acknowledged_at = '2026-11-05'`.execute(db);
  await runOrders(orderDay(db, '2026-11-05'));
  let shared: Invented | undefined;
  for (const [index, employer] of employers.entries()) {
    // Each of them works for three employers in a row.
    const of = index % 3 === 0 ? undefined : shared;
    const person: Invented = await inventBeneficiary(db, employer, of === undefined ? { card: 'none' } : { of });
    shared = person;
    await grant(db, person, '2026-11', 5, 800);
  }
  await sql`
    update contract set fees = '{"service": {"tiers": [{"upTo": 1000, "percent": "3"}]}}'
     where enterprise_number = ${employers[4]}`.execute(db);
}

/** What is confirmed, and the vouchers of drafts: a draft that waits may name a card that another order gets. */
async function booksOf(url: string, employersAtOnce: number) {
  const db = await open(url);
  const { parked } = await runOrders(orderDay(db, '2026-12-05'), { employersAtOnce });
  expect(await checkBooks(db)).toEqual([]);
  const lines = await sql<{ line: string }>`
    select concat_ws(' ', o.enterprise_number, run_period, o.status, o.face_value_total, i.total, i.number,
                     (select string_agg(concat_ws('/', national_register_number, action, c.status), ' ' order by 1)
                        from order_card k left join card c using (national_register_number, sequence)
                       where k.enterprise_number = o.enterprise_number and k.order_id = o.id and o.status <> 'draft')) as line
      from voucher_order o left join invoice i on i.order_id = o.id order by 1`.execute(db);
  return { parked, lines: lines.rows.map(({ line }) => line) };
}

test('many batches give the books of one, shared cards and a broken employer included', async () => {
  const world = await cloneDatabase();
  await inventWorld(world);
  await Promise.all(closing.splice(0).map((close) => close()));
  const one = await booksOf(await cloneDatabase(world), 100);
  expect(one.parked).toMatchObject([{ reason: 'contract.fees' }]);
  expect(one.lines.filter((line) => line.includes('/new/ordered'))).toHaveLength(3);
  for (const atOnce of [1, 2, 3]) {
    await Promise.all(closing.splice(0).map((close) => close()));
    expect(await booksOf(await cloneDatabase(world), atOnce)).toEqual(one);
  }
});
