/** Lives for the books: what happens to one employer over some months, as random steps, told to the real jobs and to the model alike. */

import fc from 'fast-check';
import { sql } from 'kysely';
import { expect } from 'vitest';
import { RefusedError } from '../../src/errors.ts';
import { cancelOrder } from '../../src/jobs/orders/cancel-order.ts';
import { confirmOrder } from '../../src/jobs/orders/confirm-orders.ts';
import { newOrder } from '../../src/jobs/orders/new-order.ts';
import { writeOffCarry } from '../../src/jobs/orders/settle-carry.ts';
import type { Db } from '../../src/load/database.ts';
import { addDays, addMonths, periodOf } from '../../src/transform/values/calendar.ts';
import type { BookDesk } from './book-desk.ts';
import {
  type Book,
  blend,
  cancel,
  confirm,
  endEmployment,
  entitled,
  increment,
  type ModelOrder,
  orderByHand,
  personOf,
  raise,
  restate,
  runDay,
  type Standing,
  valuesOfMonth,
  writeOff,
} from './book-model.ts';
import { ADDRESS } from './employer-lines.ts';
import { checkBooks } from './invariant.ts';
import { inventPerson } from './people.ts';
import { type PortalRow, portalRow } from './portal-rows.ts';
import { activateCard } from './small-world.ts';

const PEOPLE = 4;
const FIRST_MONTH = '2025-11';
const FIRST_FILE = '2025-11-03T08:00:00Z';
const PRODUCTS = ['eco', 'meal'];
const BY_PAYROLL = PRODUCTS.map((product) => {
  return { id: `${product}-monthly`, product, quantity: { from: 'payroll' as const } };
});
/** `carry write-off` closes the first two when it is told nothing else. */
const WRITTEN_OFF = [
  ['leaver.unordered', 'leaver.residue'],
  ['limit.yearly', 'net-negative', 'no-card'],
] as const;

const who = fc.nat(PEOPLE - 1);
const row = fc.oneof(
  {
    weight: 5,
    arbitrary: fc.record({
      person: who,
      product: fc.constant('meal'),
      monthsAgo: fc.constantFrom(1, 1, 1, 2, 3, 0),
      quantity: fc.integer({ min: 0, max: 23 }),
      value: fc.constantFrom(null, null, 800, 900, 1000),
    }),
  },
  {
    weight: 1,
    arbitrary: fc.record({
      person: who,
      product: fc.constant('eco'),
      monthsAgo: fc.constantFrom(1, 1, 2),
      quantity: fc.integer({ min: 0, max: 3 }),
      value: fc.constantFrom(5000, 7500),
    }),
  },
);

const STEPS = {
  payroll: fc.record({
    does: fc.constant('payroll' as const),
    rows: fc.array(row, { minLength: 1, maxLength: 7 }),
    daysOld: fc.constantFrom(0, 0, 0, 0, 3, 20),
  }),
  run: fc.record({ does: fc.constant('run' as const), days: fc.integer({ min: 0, max: 24 }) }),
  person: fc.record({
    does: fc.constantFrom('leave' as const, 'return' as const, 'move' as const),
    person: who,
  }),
  raise: fc.record({ does: fc.constant('raise' as const), person: who, value: fc.constantFrom(700, 900, 1000) }),
  end: fc.record({
    does: fc.constant('end' as const),
    person: who,
    days: fc.integer({ min: -40, max: 20 }),
    daysOld: fc.constantFrom(0, 0, 3, 20),
  }),
  byHand: fc.record({
    does: fc.constant('order' as const),
    what: fc.oneof(
      fc.record({
        product: fc.constant('meal'),
        quantity: fc.constantFrom(null, 1, 5, 50),
        value: fc.constantFrom(null, null, 800),
      }),
      fc.record({
        product: fc.constant('eco'),
        quantity: fc.constantFrom(1, 2),
        value: fc.constantFrom(2500, 5000),
      }),
    ),
  }),
  signed: fc.record({
    does: fc.constant('signed' as const),
    increments: fc.array(
      fc.record({
        person: who,
        product: fc.constant('meal'),
        monthsAgo: fc.constantFrom(1, 1, 1, 2, 3, 0),
        quantity: fc.constantFrom(-12, -5, -3, -1, 1, 4, 10, 18),
        value: fc.constantFrom(700, 800),
      }),
      { minLength: 1, maxLength: 6 },
    ),
  }),
  blend: fc.record({
    does: fc.constant('blend' as const),
    person: who,
    monthsAgo: fc.constantFrom(0, 0, 0, 1),
    /** vouchers of the month, and those of an earlier one that are taken off them */
    vouchers: fc.integer({ min: 6, max: 22 }),
    givenBack: fc.integer({ min: 1, max: 5 }),
  }),
  writeOff: fc.record({
    does: fc.constant('write-off' as const),
    person: who,
    reasons: fc.constantFrom(...WRITTEN_OFF),
  }),
  decide: fc.record({ does: fc.constantFrom('confirm' as const, 'cancel' as const), which: fc.nat(4) }),
};
type Step = typeof STEPS extends Record<string, fc.Arbitrary<infer T>> ? T : never;

/** Somebody leaves before what was ordered by hand for all is confirmed; their rest is written off, and the order cancelled after all. */
const givenForNothing: fc.Arbitrary<Step[]> = fc
  .record({ order: STEPS.byHand, person: who, cancelled: fc.boolean() })
  .map(({ order, person, cancelled }) => [
    order,
    { does: 'leave', person },
    { does: 'confirm', which: 0 },
    { does: 'write-off', person, reasons: WRITTEN_OFF[0] },
    ...(cancelled ? [{ does: 'cancel', which: 0 } as const] : []),
  ]);
const COUNTED = { product: 'meal', monthsAgo: 1, value: null } as const;
/** A rise, and the correction of the month before it in one printed value. */
const corrected: fc.Arbitrary<Step[]> = fc
  .record({ raise: STEPS.raise, quantity: fc.integer({ min: 3, max: 20 }), blend: STEPS.blend, run: STEPS.run })
  .map(({ raise, quantity, blend, run }) => [
    { does: 'payroll', daysOld: 0, rows: [{ ...COUNTED, person: raise.person, quantity }] },
    raise,
    run,
    { ...blend, person: raise.person, monthsAgo: 0 },
  ]);

const one = (step: fc.Arbitrary<Step>): fc.Arbitrary<Step[]> => step.map((each) => [each]);

export const aLife = fc.record({
  /** cents of eco for everybody, by a standing order beside payroll's */
  amount: fc.constantFrom(null, null, 2500, 5000),
  /** meal vouchers for everybody, by a standing order beside payroll's */
  fixed: fc.constantFrom(null, null, 5, 20),
  /** how payroll counts meal vouchers */
  meal: fc.constantFrom('restated' as const, 'signed' as const),
  late: fc.constantFrom('missed' as const, 'all' as const, 'carry' as const),
  confirm: fc.constantFrom('never' as const, 'without-warnings' as const),
  percent: fc.constantFrom('0', '1.15', '3'),
  cards: fc.array(fc.boolean(), { minLength: PEOPLE, maxLength: PEOPLE }),
  values: fc.array(fc.constantFrom(700, 800), { minLength: PEOPLE, maxLength: PEOPLE }),
  steps: fc
    .array(
      fc.oneof(
        { weight: 6, arbitrary: one(STEPS.payroll) },
        { weight: 5, arbitrary: one(STEPS.run) },
        { weight: 4, arbitrary: one(STEPS.signed) },
        { weight: 2, arbitrary: one(STEPS.person) },
        { weight: 1, arbitrary: one(STEPS.raise) },
        { weight: 1, arbitrary: one(STEPS.end) },
        { weight: 2, arbitrary: one(STEPS.byHand) },
        { weight: 2, arbitrary: one(STEPS.writeOff) },
        { weight: 4, arbitrary: one(STEPS.decide) },
        { weight: 1, arbitrary: one(STEPS.blend) },
        { weight: 1, arbitrary: givenForNothing },
        { weight: 1, arbitrary: corrected },
      ),
      { minLength: 12, maxLength: 28 },
    )
    .map((steps) => steps.flat()),
});
export type Life = typeof aLife extends fc.Arbitrary<infer T> ? T : never;

interface Living {
  readonly desk: BookDesk;
  readonly employer: string;
  readonly firstPerson: number;
  readonly book: Book;
  readonly standing: readonly Standing[];
  readonly meal: Life['meal'];
  /** model orders by id in the database */
  readonly orders: Map<number, ModelOrder>;
  today: string;
  files: number;
}

/** Lives one life and judges the books after every run. */
export async function live(desk: BookDesk, firstPerson: number, life: Life): Promise<void> {
  const living = await begin(desk, firstPerson, life);
  for (const step of life.steps) await take(living, step);
  for (const days of [15, 31]) await take(living, { does: 'run', days });
  await sql`update employer set status = 'inactive' where enterprise_number = ${living.employer}`.execute(desk.db);
}

async function begin(desk: BookDesk, firstPerson: number, life: Life): Promise<Living> {
  const byAmount =
    life.amount === null ? [] : [{ id: 'eco-amount', product: 'eco', quantity: { amount: life.amount } }];
  const byNumber = life.fixed === null ? [] : [{ id: 'meal-fixed', product: 'meal', quantity: { fixed: life.fixed } }];
  const standing = [...byAmount, ...byNumber, ...BY_PAYROLL].toSorted((a, b) => (a.id < b.id ? -1 : 1));
  const employer = await desk.employer({
    mandates: [{ secretariat: 'alpha', from: '2025-01-01', to: null }],
    costCenters: [1, 2].map((number) => ({ number, label: `Center ${number}`, ...ADDRESS, invoiceEmail: null })),
    contracts: PRODUCTS.map((product) => ({
      product,
      from: '2025-01-01',
      to: null,
      fees: { service: { percent: life.percent }, cardProduction: 450 },
    })),
    standingOrders: standing.map(({ id, product, quantity }) => ({
      id,
      product,
      reference: '{period}',
      from: FIRST_MONTH,
      to: null,
      dayOfMonth: 5,
      worked: 'previous-month',
      quantity,
      validityStart: 'order-date',
      late: life.late,
      confirm: life.confirm,
    })),
  });
  const people = life.values.map((value, index) => ({
    hasCard: life.cards[index] === true,
    center: 1,
    status: 'active' as const,
    end: null,
    knownAt: FIRST_FILE,
    endAt: '',
    values: [{ from: null, value }],
  }));
  const rows = life.values.map((value, index) =>
    portalRow(firstPerson + index, { mealFaceValue: `${value / 100},00`, costCenter: '1', secondProduct: 'eco' }),
  );
  await desk.people(employer, rows, {}, { day: '2025-11-03', at: FIRST_FILE });
  for (const [index, person] of people.entries()) {
    const { nationalRegisterNumber: nrn } = inventPerson(firstPerson + index);
    if (person.hasCard) await activateCard(desk.db, { nrn }, '2035-01-01');
  }
  const maps = {
    totals: new Map(),
    added: new Map(),
    written: new Map(),
    slots: new Map(),
    ended: new Map(),
    saidAt: new Map(),
  };
  const book = { late: life.late, people, orders: [], carry: new Map(), splits: new Map(), ...maps };
  const { meal } = life;
  return { desk, employer, firstPerson, book, standing, meal, orders: new Map(), today: '2025-12-01', files: 0 };
}

async function take(living: Living, step: Step): Promise<void> {
  const { desk, book } = living;
  if (step.does === 'run') {
    living.today = addDays(living.today, step.days);
    return run(living);
  }
  if (step.does === 'payroll') return sendPayroll(living, step);
  if ('givenBack' in step) return sendBlend(living, step);
  if ('increments' in step) return sendSigned(living, step);
  if ('reasons' in step) return close(living, step);
  if ('which' in step) return decide(living, step);
  if ('what' in step) return order(living, step);
  if (step.does === 'end') {
    const at = nextMoment(living, step.daysOld);
    const end = addDays(living.today, step.days);
    const payroll = { person: step.person, product: 'eco', period: FIRST_MONTH, quantity: 0, value: 5000 };
    restate(book, [payroll], at);
    endEmployment(book, payroll, end, at, living.today);
    await expectApplied(living, [payroll], at, end, 0);
    return;
  }
  const person = personOf(book, step.person);
  const at = nextMoment(living, 0);
  const row = changedRow(living, person, step);
  if (row === null) return;
  person.knownAt = at;
  const index = living.firstPerson + step.person;
  const silent = { mealProduct: '', mealFaceValue: '' };
  // The same bytes as the people file before it would be a duplicate, whatever payroll has said meanwhile.
  const said = portalRow(index, { ...silent, ...row, extra1: at });
  await desk.people(living.employer, [said], {}, { day: living.today, at });
}

/** What the person becomes in the model, and the row that says so; null where the file would say nothing new. */
function changedRow(
  living: Living,
  person: Book['people'][number],
  step: Exclude<Extract<Step, { person: number }>, { does: 'end' | 'write-off' | 'blend' }>,
): PortalRow | null {
  switch (step.does) {
    case 'leave':
      if (person.status !== 'active') return null;
      person.status = 'status';
      return { status: 'Inactif' };
    case 'return':
      person.status = 'active';
      if (person.end !== null && person.end < living.today) person.end = null;
      return { status: 'Actif' };
    case 'move':
      person.center = 3 - person.center;
      return { costCenter: String(person.center) };
    case 'raise': {
      const month = periodOf(living.today);
      const value = month < '2026-01' ? Math.min(800, step.value) : step.value;
      raise(person, value, month);
      return { mealFaceValue: `${value / 100},00` };
    }
  }
}

/** The moment of the next file: later than every other, but for one that is days old. */
function nextMoment(living: Living, daysOld: number): string {
  living.files += 1;
  const second = String(living.files % 60).padStart(2, '0');
  const minute = String(Math.floor(living.files / 60)).padStart(2, '0');
  return `${addDays(living.today, -daysOld)}T08:${minute}:${second}Z`;
}

async function sendPayroll(living: Living, step: Extract<Step, { does: 'payroll' }>): Promise<void> {
  const spoken = step.rows.filter(({ product }) => product !== 'meal' || living.meal === 'restated');
  if (spoken.length === 0) return;
  const at = nextMoment(living, step.daysOld);
  const rows = spoken.map((each) => inMonth(living, each));
  const rejected = restate(living.book, rows, at);
  await expectApplied(living, rows, at, null, rejected);
}

function inMonth<T extends object>({ today }: Living, { monthsAgo, ...each }: T & { readonly monthsAgo: number }) {
  return { ...each, period: addMonths(periodOf(today), -monthsAgo) };
}

/** One row that prints an average, of the person's values or of invented ones where there was no rise. */
async function sendBlend(living: Living, step: Extract<Step, { givenBack: number }>): Promise<void> {
  if (living.meal !== 'restated') return;
  const { book, firstPerson, employer, today } = living;
  const { period, person, vouchers, givenBack } = inMonth(living, step);
  const values = valuesOfMonth(personOf(book, person), period) ?? { value: 900, earlierValue: 700 };
  const quantity = vouchers - givenBack;
  const total = vouchers * values.value - givenBack * values.earlierValue;
  const at = nextMoment(living, 0);
  const refused = blend(book, { person, product: 'meal', period, quantity, total }, at);
  const line = { name: `X${living.files}`, person: firstPerson + person, period, quantity, total };
  const result = await living.desk.averagePayroll(employer, line, { day: today, at });
  expect(result.counts.rejected).toBe(refused ? 1 : 0);
}

/** Totals and increments of one product cannot stand beside each other. */
async function sendSigned(living: Living, step: Extract<Step, { increments: object }>): Promise<void> {
  if (living.meal !== 'signed') return;
  const at = nextMoment(living, 0);
  const rows = step.increments.map((each) => inMonth(living, each));
  increment(living.book, rows);
  const lines = rows.map((each) => ({ ...each, person: living.firstPerson + each.person }));
  const result = await living.desk.signedPayroll(living.employer, lines, { day: living.today, at });
  expect(result.counts).toMatchObject({ read: rows.length, rejected: 0 });
}

async function close({ desk, employer, firstPerson, book, today }: Living, step: Extract<Step, { reasons: object }>) {
  const { nationalRegisterNumber } = inventPerson(firstPerson + step.person);
  const { rests, closed } = writeOff(book, step.person, step.reasons);
  const chosen = { enterpriseNumber: employer, productCode: null, nationalRegisterNumber, period: null };
  const written = writeOffCarry(desk.context(today), chosen, step.reasons, { by: 'ops', why: 'test' });
  if (rests === 0) return expect(written).rejects.toThrow('no such rest');
  if (closed === 0) return expect(written).rejects.toThrow('Nothing of this is open any more');
  expect(await written).toHaveLength(closed);
}

async function expectApplied(
  living: Living,
  rows: Parameters<typeof restate>[1],
  at: string,
  end: string | null,
  rejected: number,
): Promise<void> {
  const lines = rows.map((each) => ({ ...each, person: living.firstPerson + each.person, end }));
  const result = await living.desk.payroll(living.employer, lines, { day: living.today, at });
  // A file without a good row is rejected whole, and the same file again right after itself is a duplicate.
  if (result.status !== 'duplicate') expect(result.counts.rejected).toBe(rejected);
}

async function decide(living: Living, { does, which }: Extract<Step, { which: number }>): Promise<void> {
  const { desk, book, orders } = living;
  const asked = [...orders].filter(
    ([, { status }]) => status === 'draft' || (does === 'cancel' && status !== 'cancelled'),
  );
  const found = asked.at(-1 - which);
  if (found === undefined) return;
  const [id, order] = found;
  if (does === 'confirm') {
    await confirmOrder(desk.context(living.today), id, { by: 'ops', acknowledge: 'all' });
    confirm(book, order);
  } else {
    await cancelOrder(desk.context(living.today), id, { by: 'ops', why: 'test' });
    cancel(book, order);
  }
}

async function order({ desk, employer, book, orders, today }: Living, { what }: Extract<Step, { what: object }>) {
  const { product, quantity, value } = what;
  // A face value without a quantity means nothing.
  const asked = { product, quantity, value: quantity === null ? null : value };
  const expected = orderByHand(book, asked, periodOf(today));
  const made = newOrder(desk.context(today), {
    enterpriseNumber: employer,
    productCode: product,
    reference: 'by hand',
    validityStart: today,
    quantity,
    faceValue: asked.value,
  });
  if (expected === null) return expect(made).rejects.toThrow(new RefusedError('There is nothing to order.'));
  orders.set((await made).id, expected);
}

async function run(living: Living): Promise<void> {
  const { desk, employer, book, orders, today } = living;
  await desk.run(today);
  const made = runDay(book, today, living.standing, FIRST_MONTH);
  const stored = await readStored(desk.db, employer);
  const fresh = stored.filter(({ id }) => !orders.has(id));
  const name = (each: Pick<ModelOrder, 'product' | 'period' | 'kind'>) => `${each.product} ${each.period} ${each.kind}`;
  expect(fresh.map(name)).toEqual(made.map(name));
  for (const [index, { id }] of fresh.entries()) {
    const order = made[index];
    if (order !== undefined) orders.set(id, order);
  }
  // Which drafts a warning holds is not the model's business.
  for (const { id, status } of stored) {
    const order = orders.get(id);
    if (order?.status === 'draft' && status !== 'draft') confirm(book, order);
  }
  await judge(living, stored);
}

interface StoredOrder extends Pick<ModelOrder, 'product' | 'period' | 'kind' | 'status'> {
  readonly id: number;
  readonly lines: readonly string[];
  readonly invoiced: readonly string[];
}

async function readStored(db: Db, employer: string): Promise<StoredOrder[]> {
  const found = await sql<StoredOrder>`
    select o.id, o.product_code as product, o.run_period as period, o.kind, o.status,
           array(select concat_ws(' ', b.position, l.period, l.face_value, l.quantity, l.cost_center) from order_line l
                   join (${positions(employer)}) b on b.id = l.beneficiary_id
                  where l.enterprise_number = o.enterprise_number and l.order_id = o.id order by 1) as lines,
           array(select concat_ws(' ', i.cost_center, i.face_value_total) from invoice i
                  where i.enterprise_number = o.enterprise_number and i.order_id = o.id and i.kind = 'order' order by 1) as invoiced
      from voucher_order o where o.enterprise_number = ${employer} order by o.id`.execute(db);
  return found.rows;
}

/** People count from 0 in the order in which their employer's first file named them. */
function positions(employer: string) {
  return sql`select id, row_number() over (order by id) - 1 as position from beneficiary where enterprise_number = ${employer}`;
}

/** The stored books are the model's books, and keep every promise. */
async function judge({ desk, employer, book, orders }: Living, stored: readonly StoredOrder[]): Promise<void> {
  const told = (map: ReadonlyMap<string, unknown>) => [...map].map(([key, value]) => `${key}: ${value}`).sort();
  const granted = await sql<{ line: string }>`
    select concat_ws(' ', b.position, product_code, period, face_value) || ': ' || quantity as line
      from entitlement e join (${positions(employer)}) b on b.id = e.beneficiary_id
     where enterprise_number = ${employer} and quantity <> 0`.execute(desk.db);
  expect(granted.rows.map(({ line }) => line).sort()).toEqual(told(withoutZeros(entitled(book))));
  const written = await sql<{ line: string }>`
    select concat_ws(' ', b.position, product_code, period, face_value) || ': ' || sum(before - after) as line
      from entitlement_change c join (${positions(employer)}) b on b.id = c.beneficiary_id
     where enterprise_number = ${employer} and kind = 'written-off'
     group by b.position, product_code, period, face_value having sum(before - after) <> 0`.execute(desk.db);
  expect(written.rows.map(({ line }) => line).sort()).toEqual(told(withoutZeros(book.written)));
  for (const { id, status, lines, invoiced } of stored) {
    const order = orders.get(id);
    expect(status).toBe(order?.status);
    const own = (order?.lines ?? []).map((line) => [line.person, line.period, line.value, line.quantity, line.center]);
    expect([...lines].sort()).toEqual(own.map((line) => line.join(' ')).sort());
    if (status === 'invoiced') expect(invoiced).toEqual(faceValues(order));
  }
  const carried = await sql<{ line: string }>`
    select concat_ws(' ', b.position, product_code, period, face_value) || ': ' || quantity || ' ' || reason as line
      from carry c join (${positions(employer)}) b on b.id = c.beneficiary_id where enterprise_number = ${employer}`.execute(
    desk.db,
  );
  const carry = new Map([...book.carry].map(([key, { quantity, reason }]) => [key, `${quantity} ${reason}`]));
  expect(carried.rows.map(({ line }) => line).sort()).toEqual(told(carry));
  expect(await checkBooks(desk.db)).toEqual([]);
}

function withoutZeros(quantities: ReadonlyMap<string, number>): Map<string, number> {
  return new Map([...quantities].filter(([, quantity]) => quantity !== 0));
}

function faceValues(order: ModelOrder | undefined): string[] {
  const centers = Map.groupBy(order?.lines ?? [], ({ center }) => center);
  return [...centers]
    .map(([center, lines]) => `${center} ${lines.reduce((sum, line) => sum + line.quantity * line.value, 0)}`)
    .sort();
}
