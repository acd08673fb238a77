/** One life of the books while it is lived: its employer at the beginning, its model and its days. */

import { addDays, addMonths, periodOf } from '../../../src/transform/values/calendar.ts';
import type { BookDesk } from '../book-desk.ts';
import type { Book, ModelOrder, Standing } from '../book-model/book.ts';
import { ADDRESS } from '../employer-lines.ts';
import { inventPerson } from '../people.ts';
import { portalRow } from '../portal-rows.ts';
import { activateCard } from '../small-world.ts';
import type { Life } from './steps.ts';

export const FIRST_MONTH = '2025-11';

const FIRST_FILE = '2025-11-03T08:00:00Z';

const PRODUCTS = ['eco', 'meal'];
const BY_PAYROLL = PRODUCTS.map((product) => {
  return { id: `${product}-monthly`, product, quantity: { from: 'payroll' as const } };
});

export interface Living {
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

export async function begin(desk: BookDesk, firstPerson: number, life: Life): Promise<Living> {
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

/** The moment of the next file: later than every other, but for one that is days old. */
export function nextMoment(living: Living, daysOld: number): string {
  living.files += 1;
  const second = String(living.files % 60).padStart(2, '0');
  const minute = String(Math.floor(living.files / 60)).padStart(2, '0');
  return `${addDays(living.today, -daysOld)}T08:${minute}:${second}Z`;
}

export function inMonth<T extends object>(
  { today }: Living,
  { monthsAgo, ...each }: T & { readonly monthsAgo: number },
) {
  return { ...each, period: addMonths(periodOf(today), -monthsAgo) };
}
