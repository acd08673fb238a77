/** Lives for the books: what happens to one employer over some months, told to the real jobs and to the model alike. */

import { sql } from 'kysely';
import { expect } from 'vitest';
import { RefusedError } from '../../../src/errors.ts';
import { cancelOrder } from '../../../src/jobs/orders/cancel-order.ts';
import { confirmOrder } from '../../../src/jobs/orders/confirm-orders.ts';
import { newOrder } from '../../../src/jobs/orders/new-order.ts';
import { writeOffCarry } from '../../../src/jobs/orders/settle-carry.ts';
import { addDays, periodOf } from '../../../src/transform/values/calendar.ts';
import type { BookDesk } from '../book-desk.ts';
import { type ModelOrder, personOf } from '../book-model/book.ts';
import { cancel, confirm, orderByHand, writeOff } from '../book-model/decisions.ts';
import { endEmployment, restate } from '../book-model/payroll.ts';
import { runDay } from '../book-model/run-day.ts';
import { inventPerson } from '../people.ts';
import { portalRow } from '../portal-rows.ts';
import { judge, readStored } from './judge.ts';
import { begin, FIRST_MONTH, type Living, nextMoment } from './living.ts';
import { changedRow, expectApplied, sendBlend, sendPayroll, sendSigned } from './send-files.ts';
import type { Life, Step } from './steps.ts';

/** Lives one life and judges the books after every run. */
export async function live(desk: BookDesk, firstPerson: number, life: Life): Promise<void> {
  const living = await begin(desk, firstPerson, life);
  for (const step of life.steps) await take(living, step);
  for (const days of [15, 31]) await take(living, { does: 'run', days });
  await sql`update employer set status = 'inactive' where enterprise_number = ${living.employer}`.execute(desk.db);
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

async function close({ desk, employer, firstPerson, book, today }: Living, step: Extract<Step, { reasons: object }>) {
  const { nationalRegisterNumber } = inventPerson(firstPerson + step.person);
  const { rests, closed } = writeOff(book, step.person, step.reasons);
  const chosen = { enterpriseNumber: employer, productCode: null, nationalRegisterNumber, period: null };
  const written = writeOffCarry(desk.context(today), chosen, step.reasons, { by: 'ops', why: 'test' });
  if (rests === 0) return expect(written).rejects.toThrow('no such rest');
  if (closed === 0) return expect(written).rejects.toThrow('Nothing of this is open any more');
  expect(await written).toHaveLength(closed);
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
