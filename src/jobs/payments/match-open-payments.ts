/** The job `payments`: every bank entry that is still open is matched again with the invoices as they stand now. */

import type { Db } from '../../load/database.ts';
import { withdrawReminders } from '../../load/notices/reminders.ts';
import type { OrderKey } from '../../load/orders/order-locks.ts';
import {
  lockNamedInvoices,
  lockPayments,
  type NamedInvoice,
  type OpenEntry,
  readOpenEntries,
} from '../../load/payments/open-payments.ts';
import {
  type EntryMoney,
  markInvoicesOpen,
  markInvoicesPaid,
  sumEntries,
  writeDecisions,
} from '../../load/payments/payments.ts';
import { waitsForPerson } from '../../load/payments/waiting-entries.ts';
import type { Log } from '../../log.ts';
import type { Cents, Day } from '../../model.ts';
import { communicationsOf, matchPayments } from '../../transform/payments/match-payments.ts';
import type { MatchReason, MatchStatus } from '../../transform/payments/matching.ts';
import type { JobContext } from '../context.ts';

/** Invoices are in euro. */
export const CURRENCY = 'EUR';

/** What became of the entries that were open. */
export interface Matched {
  readonly entries: readonly { readonly id: number; readonly status: MatchStatus; readonly why: MatchReason }[];
  readonly invoicesPaid: readonly NamedInvoice[];
  readonly ordersPaid: readonly OrderKey[];
  readonly ordersReopened: readonly OrderKey[];
  /** what the entries amount to */
  readonly money: readonly EntryMoney[];
  /** invoices whose payment was taken back after their order was released */
  readonly takenBack: readonly NamedInvoice[];
}

/**
 * Matches all open entries in the caller's transaction; `today` is the day on which an order becomes paid. What is paid or
 * taken back may change what other entries mean, so that they are looked at until nothing changes: a further run has
 * nothing left to do.
 */
export async function matchOpenEntries(db: Db, today: Day): Promise<Matched> {
  await lockPayments(db);
  const entries = new Map<number, Matched['entries'][number]>();
  const rounds: Round[] = [];
  let round: Round;
  do {
    round = await matchOnce(db, today);
    for (const entry of round.entries) entries.set(entry.id, entry);
    rounds.push(round);
  } while (round.invoicesPaid.length > 0 || round.invoicesReopened > 0);
  return {
    entries: [...entries.values()],
    invoicesPaid: rounds.flatMap(({ invoicesPaid }) => invoicesPaid),
    ordersPaid: rounds.flatMap(({ ordersPaid }) => ordersPaid),
    ordersReopened: rounds.flatMap(({ ordersReopened }) => ordersReopened),
    money: await sumEntries(db, [...entries.keys()]),
    takenBack: rounds.flatMap(({ takenBack }) => takenBack),
  };
}

type Round = Omit<Matched, 'money'> & { readonly invoicesReopened: number };

/** @param last a reversal that is decided after them, because a person said what it names */
export async function matchOnce(db: Db, today: Day, last: readonly OpenEntry[] = []): Promise<Round> {
  const open = [...(await readOpenEntries(db)), ...last];
  const invoices = await lockNamedInvoices(db, [...new Set(open.flatMap(communicationsOf))]);
  const byId = new Map(invoices.map((invoice) => [invoice.id, invoice]));
  const named = (ids: Iterable<number>) => [...new Set(ids)].flatMap((id) => byId.get(id) ?? []);
  const result = matchPayments({ entries: open, invoices, currency: CURRENCY });
  const decisions = result.decisions.map((decision) => ({
    ...decision,
    enterpriseNumber: byId.get(decision.invoiceId ?? 0)?.enterpriseNumber ?? null,
  }));
  await writeDecisions(db, decisions);
  const ordersReopened = await markInvoicesOpen(db, named(result.reopened));
  const invoicesPaid = named(result.paid);
  const ordersPaid = await markInvoicesPaid(db, invoicesPaid, today);
  const employers = new Set(decisions.flatMap(({ enterpriseNumber }) => enterpriseNumber ?? []));
  await withdrawReminders(db, [...employers]);
  const looked = new Set(open.map(({ id }) => id));
  return {
    entries: result.decisions
      .filter(({ entryId }) => looked.has(entryId))
      .map(({ entryId, status, why }) => ({ id: entryId, status, why })),
    invoicesPaid,
    invoicesReopened: result.reopened.length,
    ordersPaid,
    ordersReopened,
    takenBack: named(result.alerts.map(({ invoiceId }) => invoiceId)),
  };
}

/** What of a job's context the payments need. */
export type MatchContext = Pick<JobContext, 'log' | 'today'> & {
  readonly database: Pick<JobContext['database'], 'db'>;
};

/** Matches what is open, once, now. */
export async function matchOpenPayments({ database, log, today }: MatchContext): Promise<Matched> {
  const matched = await database.db.transaction().execute((db) => matchOpenEntries(db, today));
  logMatched(log, matched);
  return matched;
}

/** How many entries have each status; the counts add up to the number of entries. */
export function countByStatus(entries: readonly { readonly status: string }[]): Record<string, number> {
  const counts: Record<string, number> = {};
  for (const { status } of entries) counts[status] = (counts[status] ?? 0) + 1;
  return counts;
}

/** By currency, in cents: the `total` of the entries, and what of it has each status. They add up. */
export function centsByStatus(money: readonly EntryMoney[]): Record<string, Record<string, Cents>> {
  const byCurrency: Record<string, Record<string, Cents>> = {};
  for (const { currency, status, cents } of money) {
    const { total = 0, ...before } = byCurrency[currency] ?? {};
    byCurrency[currency] = { total: total + cents, ...before, [status]: (before[status] ?? 0) + cents };
  }
  return byCurrency;
}

/** One summary line, one for each reason why entries wait for a person, one for each alert. */
export function logMatched(log: Log, matched: Matched, fileId?: number): void {
  const file = fileId === undefined ? {} : { fileId };
  const { entries, invoicesPaid, ordersPaid, takenBack, money } = matched;
  const paid = { invoices: invoicesPaid.length, orders: ordersPaid.length };
  const facts = { entries: entries.length, byStatus: countByStatus(entries), cents: centsByStatus(money) };
  log('payment.matched', { ...file, ...facts, ...paid });
  const waiting = entries.filter(waitsForPerson);
  for (const group of Map.groupBy(waiting, ({ status, why }) => `${status} ${why}`).values()) {
    const [first] = group;
    if (first !== undefined)
      log('payment.open', { ...file, status: first.status, code: first.why, entries: group.length });
  }
  logTakenBack(log, takenBack, file);
}

/** The alerts about payments taken back after the release. */
export function logTakenBack(log: Log, takenBack: Matched['takenBack'], file: { readonly fileId?: number } = {}): void {
  for (const { enterpriseNumber, orderId, number } of takenBack) {
    log('payment.taken_back', { ...file, enterpriseNumber, orderId, invoice: number });
  }
}
