/** The files of a life of the books, told to the real import and to the model alike. */

import { expect } from 'vitest';
import { periodOf } from '../../../src/transform/values/calendar.ts';
import { type Book, personOf } from '../book-model/book.ts';
import { blend, increment, raise, restate, valuesOfMonth } from '../book-model/payroll.ts';
import type { PortalRow } from '../portal-rows.ts';
import { inMonth, type Living, nextMoment } from './living.ts';
import type { Step } from './steps.ts';

/** What the person becomes in the model, and the row that says so; null where the file would say nothing new. */
export function changedRow(
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

export async function sendPayroll(living: Living, step: Extract<Step, { does: 'payroll' }>): Promise<void> {
  const spoken = step.rows.filter(({ product }) => product !== 'meal' || living.meal === 'restated');
  if (spoken.length === 0) return;
  const at = nextMoment(living, step.daysOld);
  const rows = spoken.map((each) => inMonth(living, each));
  const rejected = restate(living.book, rows, at);
  await expectApplied(living, rows, at, null, rejected);
}

/** One row that prints an average, of the person's values or of invented ones where there was no rise. */
export async function sendBlend(living: Living, step: Extract<Step, { givenBack: number }>): Promise<void> {
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
export async function sendSigned(living: Living, step: Extract<Step, { increments: object }>): Promise<void> {
  if (living.meal !== 'signed') return;
  const at = nextMoment(living, 0);
  const rows = step.increments.map((each) => inMonth(living, each));
  increment(living.book, rows);
  const lines = rows.map((each) => ({ ...each, person: living.firstPerson + each.person }));
  const result = await living.desk.signedPayroll(living.employer, lines, { day: living.today, at });
  expect(result.counts).toMatchObject({ read: rows.length, rejected: 0 });
}

export async function expectApplied(
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
