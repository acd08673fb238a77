/** Which bank entries pay which invoices: exact amounts and exact sums, everything else goes to operations. */
import { findExactSum } from '../values/exact-sum.ts';
import { findStructuredCommunications } from '../values/structured-communication.ts';
import {
  type Account,
  decide,
  type EntryToMatch,
  type MatchInput,
  type Matching,
  type MatchResult,
  type Part,
  type Verdict,
} from './matching.ts';
import { takeBack } from './take-back-payments.ts';

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

function takeEntry(matching: Matching, entry: EntryToMatch): void {
  const named = namedBy(matching, entry);
  const [account = null] = named.length === 1 ? named : [];
  const part = { entryId: entry.id, amount: entry.amount };
  const [status, why] = unfit(matching, entry, named) ?? settle(matching, entry, part, account);
  // What is ignored is no payment of anything: one movement has one payment, however many files tell of it.
  decide(matching, part, status === 'ignored' ? null : account, status, why);
}

/** Entries that touch no invoice, whichever they name. */
function unfit(matching: Matching, entry: EntryToMatch, named: readonly Account[]): Verdict | null {
  const { twin, amount, reversal } = entry;
  if (twin === 'same-movement') return ['ignored', 'same-movement'];
  if (amount === 0 || (amount < 0 && !reversal)) return ['ignored', 'no-credit'];
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
