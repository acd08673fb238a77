/** Money that goes back: what a reversal takes away from the entries and invoices that it is about. */
import { type Account, decide, type Matching, type Part, type Verdict } from './matching.ts';

/**
 * First an entry that pays nothing yet, else the payment of exactly that amount, else all that pays the invoice; with it
 * every invoice that the same entry paid.
 */
export function takeBack(matching: Matching, reversal: Part, account: Account): Verdict {
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
