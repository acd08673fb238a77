/** The matching of payments in values: entries and invoices that come in, decisions that go out, and where it stands in between. */
import type { Cents, OrderStatus } from '../../model.ts';

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

export interface Part {
  readonly entryId: number;
  readonly amount: Cents;
}

/** An invoice while the entries are gone through. */
export interface Account {
  readonly invoice: InvoiceToMatch;
  status: InvoiceToMatch['status'];
  paidBy: readonly Part[];
  /** entries that name this invoice and pay nothing yet */
  open: readonly Part[];
}

export interface Matching {
  readonly currency: string;
  readonly accounts: ReadonlyMap<string, Account>;
  readonly decisions: Map<number, PaymentDecision>;
  readonly alerts: { entryId: number; invoiceId: number }[];
}

/** What becomes of one entry. */
export type Verdict = readonly [MatchStatus, MatchReason];

export function decide(
  matching: Matching,
  part: Part,
  account: Account | null,
  status: MatchStatus,
  why: MatchReason,
): void {
  const { entryId, amount } = part;
  matching.decisions.set(entryId, { entryId, invoiceId: account?.invoice.id ?? null, amount, status, why });
}
