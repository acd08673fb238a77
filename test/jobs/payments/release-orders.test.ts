/** Releases in a real database and a real folder. */
import { mkdtempSync, readdirSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { sql } from 'kysely';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { RetryableError } from '../../../src/errors.ts';
import { decideRelease, type Releases, releaseOrders } from '../../../src/jobs/payments/release-orders.ts';
import { openTestDatabase } from '../../support/database.ts';
import { type InvoicedOrder, inventInvoicedOrder, orderState } from '../../support/invoiced-orders.ts';
import {
  activateCard,
  deactivate,
  inventBeneficiary,
  inventProducts,
  type Noted,
  orderDay,
} from '../../support/small-world.ts';

const { db } = await openTestDatabase();
await inventProducts(db);
let home: string;
beforeEach(() => {
  home = mkdtempSync(join(tmpdir(), 'navette-release-'));
});
afterEach(() => rmSync(home, { recursive: true, force: true }));

function release(today: string, noted: Noted[] = []): Promise<Releases> {
  return releaseOrders({ ...orderDay(db, today, noted), now: Date.parse(`${today}T09:00:00Z`), home });
}

async function pay({ id }: InvoicedOrder): Promise<void> {
  await sql`update invoice set status = 'paid' where order_id = ${id}`.execute(db);
  await sql`update voucher_order set status = 'paid', paid_on = '2026-12-08' where id = ${id}`.execute(db);
}

function fileOf({ id }: InvoicedOrder): string {
  return join(home, 'out', 'card-platform', `release-${id}.csv`);
}

async function cardsOf(nrn: string): Promise<string[]> {
  const found = await sql<{ line: string }>`
    select concat_ws(' ', sequence, status, produced_on, expires_on) as line
      from card where national_register_number = ${nrn} order by sequence`.execute(db);
  return found.rows.map(({ line }) => line);
}

async function queueOf({ id }: InvoicedOrder) {
  const found = await sql<{ name: string; status: string; content: string | null }>`
    select name, status, content from outgoing_file where order_id = ${id}`.execute(db);
  return found.rows;
}

test('a paid order becomes one file; periods are summed, cards become active', async () => {
  const order = await inventInvoicedOrder(db, { people: 2, card: 'none' });
  const [one, two] = [order.people[0]!, order.people[1]!];
  expect(one.nrn < two.nrn).toBe(true);
  const extra: [number, string, number, number][] = [
    [one.id, '2026-10', 800, -2],
    [one.id, '2026-09', 700, 3],
    [two.id, '2026-10', 700, 1],
    [two.id, '2026-09', 700, -1],
  ];
  for (const [who, period, faceValue, quantity] of extra) {
    await sql`insert into order_line values (${order.employer}, ${order.id}, ${who}, ${period}, ${faceValue}, ${quantity}, 0)`.execute(
      db,
    );
  }
  await pay(order);
  await deactivate(db, two, 'status');
  const noted: Noted[] = [];
  expect(await release('2026-12-09', noted)).toEqual({
    released: [{ orderId: order.id, file: fileOf(order), lines: 3 }],
    failed: [],
  });
  expect(readFileSync(fileOf(order), 'utf8')).toBe(
    [
      'orderId;nationalRegisterNumber;cardAction;product;validFrom;validTo;faceValueCents;quantity',
      `${order.id};${one.nrn};new;meal;2026-12-09;2027-12-08;700;3`,
      `${order.id};${one.nrn};none;meal;2026-12-09;2027-12-08;800;18`,
      `${order.id};${two.nrn};new;meal;2026-12-09;2027-12-08;800;20`,
      '',
    ].join('\n'),
  );
  expect(statSync(fileOf(order)).mode & 0o777).toBe(0o600);
  expect(statSync(join(home, 'out', 'card-platform')).mode & 0o777).toBe(0o700);
  expect(await cardsOf(one.nrn)).toEqual(['1 active 2026-12-09 2031-12-09']);
  expect(await orderState(db, order)).toBe('released 2026-12-08 2026-12-09');
  expect(await queueOf(order)).toEqual([{ name: `release-${order.id}.csv`, status: 'sent', content: null }]);
  expect(noted).toEqual([
    {
      event: 'order.released',
      facts: { enterpriseNumber: order.employer, orderId: order.id, lines: 3, file: `release-${order.id}.csv` },
    },
  ]);
  rmSync(fileOf(order));
  expect(await release('2026-12-10')).toEqual({ released: [], failed: [] });
  expect(readdirSync(join(home, 'out', 'card-platform'))).toEqual([]);
});

test('an unpaid order waits for its money, a paid one for its validity start', async () => {
  const [unpaid, early] = [await inventInvoicedOrder(db), await inventInvoicedOrder(db)];
  await pay(early);
  await sql`update voucher_order set validity_start = '2027-01-01' where id = ${early.id}`.execute(db);
  expect((await release('2026-12-31')).released).toEqual([]);
  const { released } = await release('2027-01-01');
  expect(released.map(({ orderId }) => orderId)).toEqual([early.id]);
  expect(readFileSync(fileOf(early), 'utf8')).toContain(';2027-01-01;2027-12-31;800;20');
  expect(await orderState(db, unpaid)).toBe('invoiced');
});

test('a renewed card takes the place of the one before', async () => {
  const order = await inventInvoicedOrder(db);
  const { nrn } = order.people[0]!;
  await activateCard(db, { nrn }, '2027-01-31');
  await sql`insert into card values (${nrn}, 2, 'ordered')`.execute(db);
  await sql`insert into order_card values (${order.employer}, ${order.id}, ${nrn}, 2, 'renewal', null, 1)`.execute(db);
  const other = await inventBeneficiary(db, order.employer);
  await pay(order);
  await release('2026-12-09');
  expect(await cardsOf(nrn)).toEqual(['1 replaced 2025-12-31 2027-01-31', '2 active 2026-12-09 2031-12-09']);
  expect(await cardsOf(other.nrn)).toEqual(['1 active 2025-12-31 2030-12-31']);
  expect(readFileSync(fileOf(order), 'utf8')).toContain(`${nrn};renewal;meal;`);
});

test('killed before the file was written, a later day writes the very bytes that were decided', async () => {
  const order = await inventInvoicedOrder(db);
  await pay(order);
  const key = { enterpriseNumber: order.employer, id: order.id };
  await db.transaction().execute((trx) => decideRelease(trx, key, '2026-12-09'));
  const [queued] = await queueOf(order);
  await sql`update product set validity = '{"months": 1}' where code = 'meal'`.execute(db);
  const { released } = await release('2026-12-15');
  await sql`update product set validity = '{"months": 12}' where code = 'meal'`.execute(db);
  expect(released).toEqual([{ orderId: order.id, file: fileOf(order), lines: 1 }]);
  expect(readFileSync(fileOf(order), 'utf8')).toBe(queued?.content);
  expect(queued?.content).toContain(';2026-12-09;2027-12-08;');
  expect(await orderState(db, order)).toBe('released 2026-12-08 2026-12-09');
});

test('killed after the file was written, the next run writes the same name and bytes', async () => {
  const order = await inventInvoicedOrder(db);
  await pay(order);
  const key = { enterpriseNumber: order.employer, id: order.id };
  await db.transaction().execute((trx) => decideRelease(trx, key, '2026-12-09'));
  const kept = await sql<{ content: string }>`select content from outgoing_file where order_id = ${order.id}`.execute(
    db,
  );
  await release('2026-12-09');
  const bytes = readFileSync(fileOf(order));
  await sql`update outgoing_file set status = 'queued', content = ${kept.rows[0]?.content} where order_id = ${order.id}`.execute(
    db,
  );
  await release('2026-12-20');
  expect(readFileSync(fileOf(order)).equals(bytes)).toBe(true);
  expect(readdirSync(join(home, 'out', 'card-platform'))).toEqual([`release-${order.id}.csv`]);
});

test('a decision that is rolled back leaves the order paid', async () => {
  const order = await inventInvoicedOrder(db, { card: 'none' });
  await pay(order);
  const key = { enterpriseNumber: order.employer, id: order.id };
  const killed = db.transaction().execute(async (trx) => {
    await decideRelease(trx, key, '2026-12-09');
    throw new Error('killed');
  });
  await expect(killed).rejects.toThrow('killed');
  expect([await orderState(db, order), await queueOf(order)]).toEqual(['paid 2026-12-08', []]);
  expect(await cardsOf(order.people[0]!.nrn)).toEqual(['1 ordered']);
  const both = await Promise.all([release('2026-12-09'), release('2026-12-09')]);
  expect(both.flatMap(({ released }) => released).map(({ orderId }) => orderId)).toEqual([order.id]);
});

test('a folder that takes nothing leaves the files queued for the next run', async () => {
  const order = await inventInvoicedOrder(db);
  await pay(order);
  writeFileSync(join(home, 'out'), 'in the way');
  const noted: Noted[] = [];
  await expect(release('2026-12-09', noted)).rejects.toThrow(RetryableError);
  expect(noted.map(({ event, facts }) => `${event} ${facts.reason}`)).toEqual([
    expect.stringMatching(/^order\.release_failed (EEXIST|ENOTDIR)$/),
  ]);
  rmSync(join(home, 'out'));
  expect((await release('2026-12-10')).released).toMatchObject([{ orderId: order.id }]);
});

test('one order that cannot be released stops no other', async () => {
  const [broken, sound] = [await inventInvoicedOrder(db), await inventInvoicedOrder(db)];
  await pay(broken);
  await pay(sound);
  await sql`insert into outgoing_file (drop_id, name, kind, status) values ('card-platform', ${`release-${broken.id}.csv`}, 'release', 'sent')`.execute(
    db,
  );
  expect(await release('2026-12-09')).toMatchObject({
    released: [{ orderId: sound.id }],
    failed: [{ orderId: broken.id, reason: '23505' }],
  });
  expect(await orderState(db, broken)).toBe('paid 2026-12-08');
  await sql`update voucher_order set validity_start = '2099-01-01' where id = ${broken.id}`.execute(db);
});

test('an order on which nothing is to be paid is released without money', async () => {
  const order = await inventInvoicedOrder(db);
  await sql`delete from invoice where order_id = ${order.id}`.execute(db);
  expect((await release('2026-12-09')).released.map(({ orderId }) => orderId)).toEqual([order.id]);
  expect(await orderState(db, order)).toBe('released 2026-12-09 2026-12-09');
});

test('what another run released meanwhile, or a reversal took back, is not decided again', async () => {
  const [released, reopened] = [await inventInvoicedOrder(db), await inventInvoicedOrder(db)];
  for (const order of [released, reopened]) await pay(order);
  await release('2026-12-09');
  await sql`update voucher_order set status = 'invoiced', paid_on = null where id = ${reopened.id}`.execute(db);
  for (const { employer, id } of [released, reopened]) {
    await db.transaction().execute((trx) => decideRelease(trx, { enterpriseNumber: employer, id }, '2026-12-10'));
  }
  expect(await queueOf(released)).toHaveLength(1);
  expect(await orderState(db, released)).toBe('released 2026-12-08 2026-12-09');
  expect(await orderState(db, reopened)).toMatch(/^invoiced/);
});
