/** Which bank entries pay which invoices: exact amounts and exact sums, everything else goes to operations. */
import type { Cents, OrderStatus } from '../model.ts';
import { findExactSum } from './exact-sum.ts';
import { findStructuredCommunications } from './structured-communication.ts';

/** An entry that is new, or still open from an earlier statement (`partial over duplicate unknown`). */
export interface EntryToMatch {
  readonly id: number;
  /** signed cents */
  readonly amount: Cents;
  readonly currency: string;
  readonly structuredCommunication: string | null;
  readonly freeText: string;
  readonly reversal: boolean;
  /**
   * Whether an entry of another file, stored before this one, has the same account, amount and booking date:
   * `same-movement` when both have the same bank reference (CODA and camt.053 tell of one movement), `look-alike` when
   * a reference is blank.
   */
  readonly twin: 'none' | 'same-movement' | 'look-alike';
}

/** An invoice that one of the entries names (`communicationsOf`), or one that a person paid with the same entry as such an invoice. */
export interface InvoiceToMatch {
  readonly id: number;
  readonly structuredCommunication: string;
  readonly total: Cents;
  readonly status: 'open' | 'paid' | 'cancelled' | 'credited';
  readonly orderStatus: OrderStatus;
  /**
   * the entries that pay it now, matched or accepted by a person, with their own amounts: a person may have spread one entry
   * over several invoices
   */
  readonly paidBy: readonly { readonly entryId: number; readonly amount: Cents }[];
}

export interface MatchInput {
  /** still open entries first, then the new ones, each in the order of their files */
  readonly entries: readonly EntryToMatch[];
  readonly invoices: readonly InvoiceToMatch[];
  /** of the invoices */
  readonly currency: string;
}

export type MatchStatus = 'matched' | 'partial' | 'over' | 'duplicate' | 'unknown' | 'reversed' | 'ignored';

export type MatchReason =
  | 'exact'
  | 'exact-sum'
  | 'less-than-due'
  | 'more-than-due'
  | 'already-paid'
  | 'look-alike'
  | 'same-movement'
  | 'no-invoice'
  | 'two-communications'
  | 'order-draft'
  | 'invoice-withdrawn'
  | 'other-currency'
  | 'no-credit'
  | 'takes-back-open-entry'
  | 'takes-back-payment'
  | 'takes-back-released'
  | 'returned-debit'
  | 'takes-back-nothing'
  | 'taken-back';

/** `amount` is the entry's own, signed; `invoiceId` is null when the entry names no single invoice. */
export interface PaymentDecision {
  readonly entryId: number;
  readonly invoiceId: number | null;
  readonly amount: Cents;
  readonly status: MatchStatus;
  readonly why: MatchReason;
}

export interface MatchResult {
  /** one for each entry given, and one for each entry of a `paidBy` that changes; each replaces what was said before */
  readonly decisions: readonly PaymentDecision[];
  /** invoices open before and paid now */
  readonly paid: readonly number[];
  /** invoices paid before and open now: their orders go back to `invoiced` */
  readonly reopened: readonly number[];
  /** payments taken back after the order was released */
  readonly alerts: readonly { readonly entryId: number; readonly invoiceId: number }[];
}

interface Part {
  readonly entryId: number;
  readonly amount: Cents;
}

/** An invoice while the entries are gone through. */
interface Account {
  readonly invoice: InvoiceToMatch;
  status: InvoiceToMatch['status'];
  paidBy: readonly Part[];
  /** entries that name this invoice and pay nothing yet */
  open: readonly Part[];
}

interface Matching {
  readonly currency: string;
  readonly accounts: ReadonlyMap<string, Account>;
  readonly decisions: Map<number, PaymentDecision>;
  readonly alerts: { entryId: number; invoiceId: number }[];
}

/** The structured communications that an entry may name: its own, and those typed into its free text. */
export function communicationsOf(entry: Pick<EntryToMatch, 'structuredCommunication' | 'freeText'>): string[] {
  const own = entry.structuredCommunication;
  return [...new Set([...(own === null ? [] : [own]), ...findStructuredCommunications(entry.freeText)])];
}

/**
 * Decides entry by entry, in order. The first entry of exactly the due amount pays; several open entries of one invoice
 * that add up exactly pay together; whatever is not exact is for a person. Debits and reversals never pay. A reversal
 * first takes back an entry that pays nothing yet; else it reopens the paid invoice, whatever its amount, because no
 * order may be released on money that went back; when the order is released already it raises an alert instead.
 */
export function matchPayments({ entries, invoices, currency }: MatchInput): MatchResult {
  const accounts = new Map<string, Account>();
  for (const invoice of invoices) {
    const { structuredCommunication, status, paidBy } = invoice;
    accounts.set(structuredCommunication, { invoice, status, paidBy, open: [] });
  }
  const matching: Matching = { currency, accounts, decisions: new Map(), alerts: [] };
  for (const entry of entries) takeEntry(matching, entry);
  const changed = (from: string, to: string) =>
    [...accounts.values()].filter((a) => a.invoice.status === from && a.status === to).map((a) => a.invoice.id);
  return {
    decisions: [...matching.decisions.values()],
    paid: changed('open', 'paid'),
    reopened: changed('paid', 'open'),
    alerts: matching.alerts,
  };
}

function decide(matching: Matching, part: Part, account: Account | null, status: MatchStatus, why: MatchReason): void {
  const { entryId, amount } = part;
  matching.decisions.set(entryId, { entryId, invoiceId: account?.invoice.id ?? null, amount, status, why });
}

function takeEntry(matching: Matching, entry: EntryToMatch): void {
  const named = namedBy(matching, entry);
  const account = named.length === 1 ? (named[0] ?? null) : null;
  const part = { entryId: entry.id, amount: entry.amount };
  const [status, why] = unfit(matching, entry, named) ?? settle(matching, entry, part, account);
  // What is ignored is no payment of anything: one movement has one payment, however many files tell of it.
  decide(matching, part, status === 'ignored' ? null : account, status, why);
}

type Verdict = readonly [MatchStatus, MatchReason];

/** Entries that touch no invoice, whichever they name. */
function unfit(matching: Matching, entry: EntryToMatch, named: readonly Account[]): Verdict | null {
  const { twin, amount, reversal } = entry;
  if (twin === 'same-movement') return ['ignored', 'same-movement'];
  if (amount <= 0 && !reversal) return ['ignored', 'no-credit'];
  if (twin === 'look-alike') return ['duplicate', 'look-alike'];
  if (amount > 0 && reversal) return ['reversed', 'returned-debit'];
  const undecided = reversal ? 'reversed' : 'unknown';
  if (named.length === 0) return [undecided, 'no-invoice'];
  if (named.length > 1 || namesAnother(matching, entry)) return [undecided, 'two-communications'];
  return entry.currency === matching.currency ? null : [undecided, 'other-currency'];
}

/** A structured communication that is none of ours contradicts whatever is typed beside it. */
function namesAnother({ accounts }: Matching, { structuredCommunication }: EntryToMatch): boolean {
  return structuredCommunication !== null && !accounts.has(structuredCommunication);
}

function settle(matching: Matching, entry: EntryToMatch, part: Part, account: Account | null): Verdict {
  if (account === null) return ['unknown', 'no-invoice'];
  return entry.reversal ? takeBack(matching, part, account) : takeCredit(matching, part, account);
}

/**
 * The invoices an entry names. Of the numbers typed into its text, those of open invoices go before all others: people
 * paste old references. A reversal is about money already received, so that for it all count.
 */
function namedBy({ accounts }: Matching, entry: EntryToMatch): Account[] {
  const own = accounts.get(entry.structuredCommunication ?? '');
  const typed = findStructuredCommunications(entry.freeText).flatMap((number) => accounts.get(number) ?? []);
  const open = entry.reversal ? [] : typed.filter((account) => account.status === 'open');
  return [...new Set([...(own === undefined ? [] : [own]), ...(open.length > 0 ? open : typed)])];
}

function takeCredit(matching: Matching, part: Part, account: Account): Verdict {
  const { total, orderStatus } = account.invoice;
  if (orderStatus === 'draft') return ['unknown', 'order-draft'];
  if (orderStatus === 'cancelled' || account.status === 'cancelled' || account.status === 'credited') {
    return ['unknown', 'invoice-withdrawn'];
  }
  const parts = [...account.open, part];
  const amounts = parts.map(({ amount }) => amount);
  account.open = parts;
  if (account.status === 'paid') return ['duplicate', 'already-paid'];
  const sum = part.amount === total ? [parts.length - 1] : (findExactSum(amounts, total) ?? []);
  const paying = parts.filter((_, index) => sum.includes(index));
  if (paying.length > 0) pay(matching, account, paying);
  if (paying.includes(part)) return paidBy(paying);
  return part.amount < total ? ['partial', 'less-than-due'] : ['over', 'more-than-due'];
}

function paidBy(parts: readonly Part[]): Verdict {
  return ['matched', parts.length === 1 ? 'exact' : 'exact-sum'];
}

function pay(matching: Matching, account: Account, parts: readonly Part[]): void {
  account.status = 'paid';
  account.paidBy = parts;
  account.open = account.open.filter((part) => !parts.includes(part));
  for (const part of parts) decide(matching, part, account, ...paidBy(parts));
}

function takeBack(matching: Matching, reversal: Part, account: Account): Verdict {
  const amount = -reversal.amount;
  const unpaying = account.open.findLast((part) => part.amount === amount);
  if (unpaying !== undefined) {
    account.open = account.open.filter((part) => part !== unpaying);
    decide(matching, unpaying, account, 'reversed', 'taken-back');
    return ['reversed', 'takes-back-open-entry'];
  }
  const one = account.paidBy.findLast((part) => part.amount === amount);
  // Of a withdrawn invoice only what surely went back is no longer to be refunded.
  if (one === undefined && account.status !== 'paid') return ['reversed', 'takes-back-nothing'];
  const lost = (one === undefined ? account.paidBy : [one]).map(({ entryId }) => entryId);
  const touched = [...matching.accounts.values()].filter(({ paidBy }) =>
    paidBy.some((part) => lost.includes(part.entryId)),
  );
  const released = touched.filter(({ invoice }) => invoice.orderStatus === 'released');
  for (const { invoice } of released) matching.alerts.push({ entryId: reversal.entryId, invoiceId: invoice.id });
  if (released.length === touched.length) return ['reversed', 'takes-back-released'];
  for (const part of account.paidBy.filter(({ entryId }) => lost.includes(entryId))) {
    decide(matching, part, account, 'reversed', 'taken-back');
  }
  for (const other of touched.filter((each) => !released.includes(each))) losePayments(matching, other, lost);
  return ['reversed', 'takes-back-payment'];
}

/** When no single entry is what went back, none of them may pay again by itself: a person decides. */
function losePayments(matching: Matching, account: Account, lost: readonly number[]): void {
  const left = account.paidBy.filter(({ entryId }) => !lost.includes(entryId));
  if (account.status !== 'paid') {
    account.paidBy = left;
    return;
  }
  account.status = 'open';
  account.paidBy = [];
  account.open = [...left, ...account.open];
  for (const part of left) decide(matching, part, account, 'partial', 'less-than-due');
}
