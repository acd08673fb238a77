/** A desk for tests of the books: files of payroll and people through the real import, orders through the real jobs. */
import { sql } from 'kysely';
import type { ImportResult } from '../../src/jobs/import/import-file.ts';
import { confirmOrder } from '../../src/jobs/orders/confirm-orders.ts';
import type { OrderContext } from '../../src/jobs/orders/order-context.ts';
import { type RunOrdersResult, runOrders } from '../../src/jobs/orders/run-orders.ts';
import { inventPerson } from './people.ts';
import { openPeopleDesk, type PeopleChange, type PeopleDesk } from './people-desk.ts';

/** One line of a payroll file; `value` in cents, null = the file does not say it. */
export interface PayrollLine {
  readonly person: number;
  readonly period: string;
  readonly quantity: number;
  readonly value?: number | null;
  readonly product?: string;
  /** last day of the employment */
  readonly end?: string | null;
}

export interface BookDesk extends PeopleDesk {
  readonly payroll: (
    employer: string,
    lines: readonly PayrollLine[],
    when: { readonly day: string; readonly at?: string },
  ) => Promise<ImportResult>;
  /** the same as increments, which always say their value */
  readonly signedPayroll: (
    employer: string,
    lines: readonly (PayrollLine & { readonly value: number })[],
    when: { readonly day: string; readonly at?: string },
  ) => Promise<ImportResult>;
  /** one row of a month that prints total by quantity as its value; a name tells files of the same row apart */
  readonly averagePayroll: (
    employer: string,
    row: PayrollLine & { readonly name: string; readonly total: number },
    when: { readonly day: string; readonly at?: string },
  ) => Promise<ImportResult>;
  readonly context: (day: string) => OrderContext;
  /** runs what is due on the day for everybody */
  readonly run: (day: string) => Promise<RunOrdersResult>;
  /** runs, and confirms all drafts of the employer by hand */
  readonly runAndConfirm: (employer: string, day: string) => Promise<void>;
  readonly invoices: (employer: string) => Promise<string[]>;
}

const eurosOf = (cents: number): string => `${Math.floor(cents / 100)},${String(cents % 100).padStart(2, '0')}`;

function payrollCsv(employer: string, lines: readonly PayrollLine[]): string {
  const rows = lines.map(({ person, period, quantity, value = null, product = 'meal', end = null }) =>
    [
      employer,
      inventPerson(person).nationalRegisterNumber,
      period,
      product,
      quantity,
      value === null ? '' : eurosOf(value),
      end ?? '',
    ].join(';'),
  );
  return `BCE;NISS;period;product;quantity;faceValue;employmentEnd\n${rows.join('\n')}\n`;
}

/** `sequence` tells files of the same lines apart: increments that came once are a duplicate ever after. */
function signedLines(
  employer: string,
  lines: readonly (PayrollLine & { readonly value: number })[],
  sequence: number,
): string {
  const rows = lines.flatMap(({ person, period, quantity, value, product = 'meal' }) => [
    `003${period.replace('-', '')}`,
    `006${employer}${inventPerson(person).nationalRegisterNumber}`,
    `009${product.padEnd(8)}${quantity < 0 ? '-' : '+'}${digits(Math.abs(quantity), 5)}${digits(value, 5)}`,
  ]);
  return `000NAVPTG${digits(sequence, 5)}20261205\n${rows.join('\n')}\n999${digits(rows.length + 1, 7)}\n`;
}

const digits = (number: number, length: number): string => String(number).padStart(length, '0');

export async function openBookDesk(firstEmployer: number, change?: PeopleChange): Promise<BookDesk> {
  const desk = await openPeopleDesk(firstEmployer, change);
  const { db } = desk;
  let signedFiles = 0;
  const context = (day: string): OrderContext => {
    const { database, log, config, today } = desk.work.on(day);
    return { database, log, config: config.navette, today };
  };
  return {
    ...desk,
    context,
    payroll: (employer, lines, when) => desk.give(payrollCsv(employer, lines), { layout: 'payroll-generic' }, when),
    signedPayroll: (employer, lines, when) => {
      signedFiles += 1;
      return desk.give(signedLines(employer, lines, signedFiles), { layout: 'payroll-fixed-signed' }, when);
    },
    averagePayroll: (employer, { name, person, period, quantity, total }, when) =>
      desk.give(
        `Name;NISS;Value;Quantity;Total\n${name};${inventPerson(person).nationalRegisterNumber};${eurosOf(Math.round(total / quantity))};${quantity};${eurosOf(total)}\n`,
        { layout: 'payroll-odoo-meal-vouchers', set: { enterpriseNumber: employer } },
        { ...when, name: `${period.replace('-', '_')}_MealVoucher.csv` },
      ),
    run: (day) => runOrders(context(day)),
    runAndConfirm: async (employer, day) => {
      await runOrders(context(day));
      const drafts = await sql<{ id: number }>`
        select id from voucher_order where enterprise_number = ${employer} and status = 'draft' order by id`.execute(
        db,
      );
      for (const { id } of drafts.rows) await confirmOrder(context(day), id, { by: 'ops', acknowledge: 'all' });
    },
    invoices: async (employer) => {
      const found = await sql<{ line: string }>`
        select concat_ws(' ', cost_center, face_value_total, fee_total, vat_total, total) as line
          from invoice where enterprise_number = ${employer} order by order_id, cost_center`.execute(db);
      return found.rows.map(({ line }) => line);
    },
  };
}
