/** The month's report as values: what the page shows, month beside month, before it looks like anything. */
import type { Cents, Period } from '../../model.ts';
import { addMonths } from '../values/calendar.ts';

/** How many months stand beside each other. */
const MONTHS_SHOWN = 6;

export interface RowsOf {
  readonly files: number;
  readonly rows: number;
  readonly created: number;
  readonly updated: number;
  readonly unchanged: number;
  readonly reactivated: number;
  readonly rejected: number;
  readonly duplicates: number;
  readonly deactivated: number;
}

export interface Sender extends RowsOf {
  readonly period: Period;
  readonly code: string;
  readonly name: string | null;
  readonly applied: number;
  readonly held: number;
  readonly rejectedFiles: number;
  readonly copies: number;
  /** rows read and not refused, of files that were not applied */
  readonly notApplied: number;
  /** rejected rows whose reasons are no longer kept */
  readonly withoutReason: number;
}

export interface Refused {
  readonly secretariat: string;
  readonly code: string;
  readonly times: number;
}

export interface ProductOrders {
  readonly period: Period;
  readonly code: string;
  readonly orders: number;
  readonly drafts: number;
  readonly people: number;
  readonly vouchers: number;
  readonly faceValue: Cents;
  readonly fees: Cents;
  readonly vat: Cents;
  readonly total: Cents;
  readonly paid: Cents;
  /** of `paid`, what went back after the release and is not settled */
  readonly takenBack: Cents;
}

export interface MonthReport {
  readonly period: Period;
  readonly issuer: string;
  /** as people read it, with its zone */
  readonly writtenAt: string;
  readonly senders: readonly Sender[];
  readonly refusals: readonly Refused[];
  readonly products: readonly (ProductOrders & { readonly name: string })[];
  /** oldest first; the last one is `period` */
  readonly months: readonly MonthSum[];
  readonly openInvoices: readonly { readonly age: string; readonly invoices: number; readonly total: Cents }[];
  readonly entriesToDecide: readonly EntriesToDecide[];
}

export interface EntriesToDecide {
  readonly status: string;
  readonly currency: string;
  readonly entries: number;
  /** in hundredths of the currency */
  readonly amount: Cents;
}

export interface MonthSum extends RowsOf {
  readonly period: Period;
  readonly orders: number;
  readonly vouchers: number;
  readonly fees: Cents;
  readonly total: Cents;
  readonly paid: Cents;
  /** of `paid`, what went back after the release and is not settled */
  readonly takenBack: Cents;
}

/** The first month that stands beside `period`. */
export function firstMonthShown(period: Period): Period {
  return addMonths(period, 1 - MONTHS_SHOWN);
}

/** Sums by month, a month without anything included. */
export function sumMonths(
  period: Period,
  senders: readonly Sender[],
  products: readonly ProductOrders[],
): readonly MonthSum[] {
  return Array.from({ length: MONTHS_SHOWN }, (_, index) => {
    const month = addMonths(firstMonthShown(period), index);
    const came = senders.filter((sender) => sender.period === month);
    const ordered = products.filter((product) => product.period === month);
    const sum = <T>(rows: readonly T[], of: (row: T) => number): number => rows.reduce((all, row) => all + of(row), 0);
    return {
      period: month,
      files: sum(came, (row) => row.files),
      rows: sum(came, (row) => row.rows),
      created: sum(came, (row) => row.created),
      updated: sum(came, (row) => row.updated),
      unchanged: sum(came, (row) => row.unchanged),
      reactivated: sum(came, (row) => row.reactivated),
      rejected: sum(came, (row) => row.rejected),
      duplicates: sum(came, (row) => row.duplicates),
      deactivated: sum(came, (row) => row.deactivated),
      orders: sum(ordered, (row) => row.orders),
      vouchers: sum(ordered, (row) => row.vouchers),
      fees: sum(ordered, (row) => row.fees),
      total: sum(ordered, (row) => row.total),
      paid: sum(ordered, (row) => row.paid),
      takenBack: sum(ordered, (row) => row.takenBack),
    };
  });
}
