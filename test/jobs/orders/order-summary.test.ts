/** What a person is shown before saying yes: the summary of an order, the carry, and an order by hand. */
import { sql } from 'kysely';
import { expect, test } from 'vitest';
import { ConfigError, RefusedError } from '../../../src/errors.ts';
import { confirmOrder } from '../../../src/jobs/orders/confirm-orders.ts';
import { newOrder } from '../../../src/jobs/orders/new-order.ts';
import { runOrders } from '../../../src/jobs/orders/run-orders.ts';
import { summariseOrder } from '../../../src/jobs/orders/summarise-order.ts';
import { readNotices } from '../../../src/load/notices/notice-list.ts';
import { readCarry } from '../../../src/load/orders/carry.ts';
import { readOrders } from '../../../src/load/orders/orders.ts';
import { openTestDatabase } from '../../support/database.ts';
import { checkBooks } from '../../support/invariant.ts';
import {
  grant,
  inventBeneficiary,
  inventEmployer,
  inventProducts,
  liveLines,
  orderDay,
} from '../../support/small-world.ts';

const { db } = await openTestDatabase();
await inventProducts(db);
const TODAY = orderDay(db, '2026-12-05');

test('the summary says the same of a draft and of its invoices, and leaves out costs that do not apply', async () => {
  const employer = await inventEmployer(db, { fees: { service: { percent: '3' }, cardDelivery: 300 } });
  const fresh = await inventBeneficiary(db, employer, { card: 'none' });
  const other = await inventBeneficiary(db, employer);
  await grant(db, fresh, '2026-11', 20, 800);
  await grant(db, other, '2026-11', 10, 700);
  await grant(db, other, '2026-11', 1, 800);
  const [order] = (await runOrders(TODAY)).orders;
  const draft = await summariseOrder(TODAY, order?.id ?? 0);
  const costs = [
    { kind: 'faceValue', amount: 23_800 },
    { kind: 'service', amount: 714 },
    { kind: 'cardDelivery', amount: 300 },
    { kind: 'vat', amount: 213 },
  ];
  expect(draft.costs).toEqual(costs);
  expect(draft.head).toMatchObject({
    reference: 'Order 2026-11',
    validityStart: '2026-12-05',
    total: 25_027,
    status: 'draft',
  });
  expect(
    draft.beneficiaries.map(({ beneficiaryId, amount, card, lines }) => [beneficiaryId, amount, card, lines.length]),
  ).toEqual(
    expect.arrayContaining([
      [fresh.id, 16_000, 'new', 1],
      [other.id, 7800, null, 2],
    ]),
  );
  expect(draft.warnings).toMatchObject([{ code: 'first-order', acknowledgedBy: null }]);
  await confirmOrder(TODAY, order?.id ?? 0, { by: 'ops', acknowledge: ['first-order'] });
  const invoiced = await summariseOrder(TODAY, order?.id ?? 0);
  expect(invoiced.costs).toEqual(costs);
  expect(invoiced.warnings).toMatchObject([{ acknowledgedBy: 'ops' }]);
  expect(invoiced.invoices).toMatchObject([{ number: '2026-000001', total: 25_027, status: 'open' }]);
  expect(await readNotices(db, 'queued')).toMatchObject([
    { messageKey: 'invoice-2026-000001', invoiceNumber: '2026-000001' },
  ]);
  expect(await readNotices(db, 'failed')).toEqual([]);
  expect((await readOrders(db, { status: 'invoiced' })).map(({ id }) => id)).toEqual([order?.id]);
  expect(await readOrders(db, { status: 'paid' })).toEqual([]);
  await expect(summariseOrder(TODAY, 987_654)).rejects.toThrow(RefusedError);
});

test('carry: what the last run left, and what no run has looked at', async () => {
  const employer = await inventEmployer(db);
  const person = await inventBeneficiary(db, employer);
  await grant(db, person, '2026-11', 20, 800);
  await runOrders(TODAY);
  await grant(db, person, '2026-11', 18, 800);
  await grant(db, person, '2026-12', 1, 800);
  const rows = async () =>
    (await readCarry(db, employer)).map((row) => [row.period, row.quantity, row.reason, row.orderId]);
  expect(await rows()).toEqual([
    ['2026-11', -2, 'not-yet-run', null],
    ['2026-12', 1, 'not-yet-run', null],
  ]);
  await runOrders(orderDay(db, '2026-12-06'));
  expect(await rows()).toEqual([
    ['2026-11', -2, 'late', null],
    ['2026-12', 1, 'not-yet-run', null],
  ]);
  await runOrders(orderDay(db, '2027-01-05'));
  expect(await rows()).toEqual([
    ['2026-11', -2, 'net-negative', null],
    ['2026-12', 1, 'net-negative', null],
  ]);
  expect((await readCarry(db, null)).length).toBeGreaterThanOrEqual(2);
});

test('by hand: so many for everybody who has the product, on top of what is open', async () => {
  const employer = await inventEmployer(db, { standingOrders: [{ from: '2027-06' }] });
  const meal = (faceValue: number) => ({ products: [{ code: 'meal', faceValue }] });
  const one = await inventBeneficiary(db, employer, meal(700));
  await inventBeneficiary(db, employer, meal(800));
  await inventBeneficiary(db, employer);
  await grant(db, one, '2026-11', 2, 700);
  const order = {
    enterpriseNumber: employer,
    productCode: 'meal',
    reference: 'Extra',
    validityStart: '2026-12-15',
    quantity: 5,
    faceValue: null,
  };
  const { id } = await newOrder(TODAY, order);
  expect((await summariseOrder(TODAY, id)).head).toMatchObject({
    kind: 'manual',
    reference: 'Extra',
    total: 2 * 700 + 5 * 700 + 5 * 800,
  });
  expect(await liveLines(db, employer)).toEqual([
    '2026-12 manual #1: 2026-11 2×700',
    '2026-12 manual #1: 2026-12 5×700',
    '2026-12 manual #2: 2026-12 5×800',
  ]);
  expect(await checkBooks(db)).toEqual([]);
  await expect(newOrder(TODAY, { ...order, quantity: null })).rejects.toThrow('There is nothing to order.');
  await newOrder(TODAY, { ...order, faceValue: 700 });
  const changes = await sql<{ before: number; after: number }>`
    select before, after from entitlement_change where enterprise_number = ${employer} order by id`.execute(db);
  expect(changes.rows).toEqual([
    { before: 0, after: 5 },
    { before: 0, after: 5 },
    { before: 5, after: 10 },
    { before: 0, after: 5 },
  ]);
  expect(await checkBooks(db)).toEqual([]);
  await expect(newOrder(TODAY, { ...order, faceValue: 1001 })).rejects.toThrow('limit of 1000 cents');
  await expect(newOrder(TODAY, { ...order, productCode: 'eco', faceValue: 700 })).rejects.toThrow('no contract');
  await expect(newOrder(TODAY, { ...order, productCode: 'cheese' })).rejects.toThrow(
    'There is no product "cheese"; allowed: eco, gift, meal.',
  );
  await expect(newOrder(TODAY, { ...order, enterpriseNumber: '0000000097' })).rejects.toThrow('There is no employer');
});

test('by hand: an amount needs a face value, and whoever is above the limit is counted', async () => {
  const employer = await inventEmployer(db, {
    standingOrders: [{ from: '2027-06' }, { id: 'eco', product: 'eco', from: '2027-06' }],
  });
  const holds = (faceValue: number) => ({
    products: [
      { code: 'meal', faceValue },
      { code: 'eco', faceValue: null },
    ],
  });
  const order = {
    enterpriseNumber: employer,
    reference: 'x',
    validityStart: '2026-12-15',
    quantity: 1,
    faceValue: null,
  };
  await inventBeneficiary(db, employer, holds(1100));
  await expect(newOrder(TODAY, { ...order, productCode: 'meal' })).rejects.toThrow('of everybody is above the limit');
  await inventBeneficiary(db, employer, holds(900));
  expect(await newOrder(TODAY, { ...order, productCode: 'meal' })).toMatchObject({ refusedPeople: 1 });
  await expect(newOrder(TODAY, { ...order, productCode: 'eco' })).rejects.toThrow(
    new ConfigError('--face-value is needed: eco is an amount.'),
  );
  const { id } = await newOrder(TODAY, { ...order, productCode: 'eco', faceValue: 5000 });
  expect((await summariseOrder(TODAY, id)).head).toMatchObject({ total: 10_000 });
  expect(await checkBooks(db)).toEqual([]);
});
